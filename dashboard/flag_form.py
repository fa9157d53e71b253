"""To flag a block: ticked components × ranges, with status, cause and comment; what it would do is said before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from html import escape

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
from dashboard.literal import literal
from dashboard.session import person
from models.lumis import LumiSet
from models.vocabulary import ONLINE, SAYABLE, Status

_BOTH = "flag-both-kept"


def flag_form(known: Mapping[DatasetKey, LumiSet], chosen: LumiSet, *, ticked: frozenset[str], seen: int) -> None:
    """Draw the form for the ticked components (``tracker-strip``) in the chosen lumisections.

    Parameters
    ----------
    known
        The lumisections of the datasets of the strip, the upper one first: the last is flagged, or both.
    """
    components = tuple(sorted(ticked))
    st.html(
        f'<div class="rr-label">{escape(", ".join(components)) or "Tick components in the strip to flag them."}</div>'
    )
    if not components:
        return
    status = st.segmented_control(
        "Status", SAYABLE, format_func=lambda s: s.word, key="flag-status", default=Status.BAD, required=True
    )
    offered = _causes(components)
    cause = st.selectbox("Cause", ["", *offered], key="flag-cause") if offered else ""
    comment = st.text_area("Comment, shown in the grid; needed for BAD", key="flag-comment", height=68).strip()
    flags = [
        Flag(Place(dataset, components, where), Status(status), cause or None, comment or None)
        for dataset in _meant(tuple(known))
        if (where := known[dataset] & chosen)
    ]
    if status == Status.BAD and len(comment) < SHORTEST_COMMENT:
        st.caption(f"BAD needs a comment of {SHORTEST_COMMENT} characters or more.")
    elif not flags:
        st.caption("OMS knows none of these lumisections.")
    else:
        _confirm(flags, seen=seen)


def _meant(datasets: tuple[DatasetKey, ...]) -> tuple[DatasetKey, ...]:
    """The lower one, or both of two that are certified; what one chose is kept for the next run."""
    if len(datasets) == 1 or any(dataset.name == ONLINE for dataset in datasets):
        return datasets[-1:]
    kept = st.session_state.get(_BOTH, False)
    is_both = st.checkbox(f"In both datasets, not in {datasets[-1].name} alone", value=kept, key="flag-in-both")
    st.session_state[_BOTH] = is_both
    return datasets if is_both else datasets[-1:]


def _confirm(flags: Sequence[Flag], *, seen: int) -> None:
    try:
        with reading() as session:
            preview = preview_flags(session, person(), flags)
    except RegistryError as error:
        st.button("Set flags", key="flag-set", disabled=True, help=literal(str(error)))
        st.caption(literal(str(error)))
        return
    st.html(f'<div class="rr-preview">{_said(preview, flags[0].status)}</div>')
    place = flags[0].place
    what = f"{', '.join(place.components)} {place.where}" + (" in both datasets" if len(flags) > 1 else "")
    with st.container(key="flag-buttons", horizontal=True):
        st.button(
            f"Set {preview.flags:,} flags",
            key="flag-set",
            type="primary",
            shortcut="Ctrl+Enter",
            on_click=_set,
            args=(what, flags, seen),
        )
        st.button(
            "Give back to the machine",
            key="flag-give-back",
            type="tertiary",
            disabled=not preview.covered,
            help=None if preview.covered else "Nobody said anything there.",
            on_click=partial(
                do,
                f"{what} given back to the machine",
                lambda session, who: give_back(session, who, [flag.place for flag in flags], seen=seen),
            ),
        )


def _set(what: str, flags: Sequence[Flag], seen: int) -> None:
    """Flag as the form says now: it may have been filled in further since the button was drawn."""
    said = st.session_state
    status, cause, comment = Status(said["flag-status"]), said.get("flag-cause"), said["flag-comment"].strip()
    now = [replace(flag, status=status, cause=cause or None, comment=comment or None) for flag in flags]
    if do(f"{what} → {status.word}", lambda session, who: flag_lumisections(session, who, now, seen=seen)):
        st.session_state["flag-comment"] = ""


def _said(preview: FlagsPreview, status: Status) -> str:
    changes = ", ".join(
        f"{n:,} {'unsaid' if old is None else old.word}" for (old, _), n in sorted(preview.changes.items(), key=str)
    )
    people = sorted({covered.by for covered in preview.covered})
    covers = f"Covers words of {', '.join(people)}." if people else "No person's word is covered."
    return f"<b>{preview.flags:,} flags</b>: {changes} → <b>{status.word}</b> by you. {covers}"


def _causes(components: tuple[str, ...]) -> list[str]:
    with reading() as session:
        by_workspace = [causes(session, c.partition("-")[0]) for c in components]
    return sorted({cause.word for offered in by_workspace for cause in offered})
