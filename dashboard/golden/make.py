"""The acts at the top of the page: make a golden JSON, keep one from elsewhere, and the same as Python."""

import json

import streamlit as st

from backend.db import engine
from backend.errors import RegistryError
from backend.golden.making import make
from backend.golden.publishing import bring_back, delete
from backend.golden.uploading import keep_upload
from dashboard.components.act_bar import Done, announce
from dashboard.data import reading
from dashboard.golden.asked import Asked
from dashboard.golden.beside import compare_with
from dashboard.golden.listed import look_at
from dashboard.literal import literal
from dashboard.session import actor, person, to_address
from models.lumi_formats import MAX_BYTES

_REFUSED = "gj-refused"
_MOST_MEGABYTES = MAX_BYTES >> 20


def make_button(asked: Asked) -> None:
    """Make it, in seconds; what is refused is said on the page."""
    is_signed_in = person().is_verified
    st.button(
        "Make JSON",
        key="gj-make",
        type="primary",
        shortcut="Ctrl+Enter",
        disabled=not (asked.is_ready and is_signed_in),
        help=None if is_signed_in else "Sign in to make one: it is kept under your name.",
        on_click=_make,
        args=(asked,),
    )


def refused_banner() -> None:
    """What was refused, until the next act."""
    if (said := st.session_state.pop(_REFUSED, None)) is not None:
        st.error(literal(said), icon=":material/block:")


def upload_popover(beside: int | None = None) -> None:
    """Keep a file or a pasted text; it is compared with the golden JSON that one looks at, if there is one."""
    is_signed_in = person().is_verified
    why_not = None if is_signed_in else "Sign in to keep one: it is kept under your name."
    with (
        st.popover("Upload", key="gj-upload", disabled=not is_signed_in, help=why_not),
        st.form("gj-upload-form", border=False, clear_on_submit=True),
    ):
        st.file_uploader("A JSON, a CMSSW string or CSV", key="gj-upload-file", max_upload_size=_MOST_MEGABYTES)
        st.text_area("or pasted", key="gj-upload-text", height=80, placeholder='{"315252": [[31, 320]]}')
        st.text_input("Label", key="gj-upload-label", max_chars=120)
        st.form_submit_button("Keep it", type="primary", on_click=_keep, args=(beside,))


def python_popover(asked: Asked) -> None:
    """The call of the client that makes the same."""
    with st.popover("As Python", key="gj-python"):
        if asked.rule is None:
            st.info("There is no rule yet.")
            return
        st.code(_python_call(asked), language="python")


def _python_call(asked: Asked) -> str:
    """The program; the client knows a rule and a pattern of dataset names."""
    assert asked.rule is not None
    rule = json.dumps(asked.rule.as_json(), indent=2)
    return (
        "import json\n\nimport runregistry\n\n"
        f'rule = json.loads(r"""\n{rule}\n""")\n'
        "golden_json = runregistry.create_json(\n"
        "    json_logic=rule,\n"
        f"    dataset_name_filter={asked.pattern!r},\n"
        ")\n"
    )


def _make(asked: Asked) -> None:
    by = {"recipe": asked.recipe} if asked.recipe else {"rule": asked.rule.as_json() if asked.rule else None}
    try:
        id_ = make(engine(), actor(), **by, pattern=asked.pattern, options=asked.options)
    except RegistryError as error:
        st.session_state[_REFUSED] = str(error)
        return
    announce(Done(f"Golden JSON {id_} is made and kept", lambda: _taken_back(id_)))
    look_at(id_)


def _keep(beside: int | None) -> None:
    said = st.session_state
    file, pasted = said["gj-upload-file"], said["gj-upload-text"]
    content, name = (file.getvalue(), file.name) if file is not None else (pasted, "")
    if not content:
        said[_REFUSED] = "Choose a file, or paste a text."
        return
    try:
        with reading() as session:
            id_ = keep_upload(session, actor(), content, came_as=name, label=said["gj-upload-label"])
    except RegistryError as error:
        said[_REFUSED] = str(error)
        return
    announce(Done(f"Golden JSON {id_} is kept", lambda: _taken_back(id_)))
    if beside is None:
        look_at(id_)
    else:
        compare_with(beside, id_)


def _taken_back(id_: int) -> Done:
    with reading() as session:
        delete(session, actor(), id_, why=f"undo: golden JSON {id_} is kept", seen=None)
    to_address(json=None)
    return Done(f"Golden JSON {id_} is deleted", lambda: _brought_back(id_))


def _brought_back(id_: int) -> Done:
    with reading() as session:
        bring_back(session, actor(), id_)
    look_at(id_)
    return Done(f"Golden JSON {id_} is there again", lambda: _taken_back(id_))
