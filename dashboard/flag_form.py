"""To flag a block: ticked components × a range, with status, cause and comment; what it would do is said before."""

from functools import partial

import streamlit as st

from backend.certify.flags import Flag, flag_lumisections, give_back
from backend.certify.flags_preview import FlagsPreview, preview_flags
from backend.certify.places import Place
from backend.certify.sayable import SHORTEST_COMMENT
from backend.configuration import causes
from backend.errors import RegistryError
from backend.record import DatasetKey
from dashboard.data import reading
from dashboard.doing import do
from dashboard.session import actor
from models.lumis import LumiRange, LumiSet
from models.vocabulary import SAYABLE, Status


def flag_form(dataset: DatasetKey, known: LumiSet, chosen: LumiRange, *, ticked: frozenset[str], seen: int) -> None:
    """Draw the form for the ticked components (``tracker-strip``) over the chosen range of a dataset."""
    components = tuple(sorted(ticked))
    st.html(f'<div class="rr-label">{", ".join(components) or "Tick components in the strip to flag them."}</div>')
    if not components:
        return
    status = st.segmented_control(
        "Status", SAYABLE, format_func=lambda s: s.word, key="flag-status", default=Status.BAD, required=True
    )
    offered = _causes(components)
    cause = st.selectbox("Cause", ["", *offered], key="flag-cause") if offered else ""
    comment = st.text_area("Comment, shown in the grid; needed for BAD", key="flag-comment", height=68).strip()
    where = known & LumiSet.span(chosen.first, chosen.last)
    flag = Flag(Place(dataset, components, where), Status(status), cause or None, comment or None)
    if status == Status.BAD and len(comment) < SHORTEST_COMMENT:
        st.caption(f"BAD needs a comment of {SHORTEST_COMMENT} characters or more.")
        return
    _confirm(flag, seen=seen)


def _confirm(flag: Flag, *, seen: int) -> None:
    try:
        with reading() as session:
            preview = preview_flags(session, actor(), [flag])
    except RegistryError as error:
        st.button("Set flags", key="flag-set", disabled=True, help=str(error))
        st.caption(str(error))
        return
    st.html(f'<div class="rr-preview">{_said(preview, flag)}</div>')
    told = f"{', '.join(flag.place.components)} {flag.place.where} → {flag.status.word}"
    with st.container(key="flag-buttons", horizontal=True):
        st.button(
            f"Set {preview.flags:,} flags",
            key="flag-set",
            type="primary",
            shortcut="Ctrl+Enter",
            on_click=_set,
            args=(told, flag, seen),
        )
        st.button(
            "Give back to the machine",
            key="flag-give-back",
            type="tertiary",
            disabled=not preview.covered,
            help=None if preview.covered else "Nobody said anything there.",
            on_click=partial(
                do,
                f"{', '.join(flag.place.components)} {flag.place.where} given back to the machine",
                lambda session, who: give_back(session, who, [flag.place], seen=seen),
            ),
        )


def _set(told: str, flag: Flag, seen: int) -> None:
    if do(told, lambda session, who: flag_lumisections(session, who, [flag], seen=seen)):
        st.session_state["flag-comment"] = ""


def _said(preview: FlagsPreview, flag: Flag) -> str:
    changes = ", ".join(
        f"{n:,} {'unsaid' if old is None else old.word}" for (old, _), n in sorted(preview.changes.items(), key=str)
    )
    people = sorted({covered.by for covered in preview.covered})
    covers = f"Covers words of {', '.join(people)}." if people else "No person's word is covered."
    return f"<b>{preview.flags:,} flags</b>: {changes} → <b>{flag.status.word}</b> by you. {covers}"


def _causes(components: tuple[str, ...]) -> list[str]:
    with reading() as session:
        by_workspace = [causes(session, c.partition("-")[0]) for c in components]
    return sorted({cause.word for offered in by_workspace for cause in offered})
