"""Luminosities from a file of brilcalc: what it holds is shown before, and a worker records what is new in it."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from backend.access import Action
from backend.errors import RegistryError
from backend.ingest.brilcalc import MAX_BYTES, Brilcalc
from backend.jobs.importing import ImportLuminosity, import_of
from backend.jobs.tasks import ask
from dashboard.components.act_bar import Done, announce
from dashboard.data import reading
from dashboard.doing import refuse
from dashboard.literal import literal
from dashboard.permits import permit
from dashboard.session import actor, to_address

_READ = "luminosity-read"


def import_popover() -> None:
    """Choose a file, see what is in it, and have it imported; the task is in the list, with its progress."""
    given = permit(Action.LUMINOSITY_IMPORT)
    with st.popover(
        "Import luminosities",
        key="luminosity",
        disabled=not given.is_given,
        help=literal(given.reason) or None,
        width=200,
    ):
        file = st.file_uploader(
            "CSV of brilcalc lumi --byls", type=["csv"], key="luminosity-file", max_upload_size=MAX_BYTES >> 20
        )
        if file is None:
            st.caption("The units are read from the file. What is known already is not said twice.")
            return
        try:
            errand, found = _read(file)
        except RegistryError as error:
            st.error(literal(str(error)))
            return
        st.markdown(
            f"**{len(found.runs):,}** runs, **{found.lumisections:,}** lumisections, "
            f"**{found.recorded_per_pb:,.3f} /pb** recorded of {found.delivered_per_pb:,.3f} /pb delivered"
        )
        if found.paths:
            st.warning(f"It is the luminosity of {', '.join(found.paths)} alone, and will stand for that of the run.")
        st.text_input("Why", key="luminosity-why", placeholder="what the log will say", max_chars=300)
        st.button("Import", key="luminosity-import", type="primary", on_click=_import, args=(errand,))


def _read(file: UploadedFile) -> tuple[ImportLuminosity, Brilcalc]:
    """The task for the file and what it holds, read once for each file."""
    kept = st.session_state.get(_READ)
    if kept is None or kept[0] != file.file_id:
        with reading() as session:
            kept = (file.file_id, *import_of(session, actor(), file.getvalue(), name=file.name))
        st.session_state[_READ] = kept
    return kept[1], kept[2]


def _import(errand: ImportLuminosity) -> None:
    said = errand.model_copy(update={"why": str(st.session_state["luminosity-why"]).strip()})
    try:
        with reading() as session:
            number = ask(session, said.kind, said.model_dump(mode="json"), by=actor().name)
    except RegistryError as error:
        refuse(str(error))
        return
    st.session_state.pop(_READ, None)
    to_address(task=str(number))
    announce(Done(f"Task {number}: the import of {errand.name} was asked for"))
