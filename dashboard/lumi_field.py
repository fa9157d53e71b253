"""Lumisections as people type them, "62-127, 130"; the address of the page holds them so."""

import re

import streamlit as st

from dashboard.literal import literal
from dashboard.session import from_address, to_address
from models.lumis import EMPTY, BadLumisections, LumiRange, LumiSet

LS = "ls"
_RANGE = re.compile(r"\s*(\d{1,9})\s*(?:[-–]\s*(\d{1,9})\s*)?")


def read_lumis(text: str) -> LumiSet:
    """The lumisections that are typed; none of an empty text.

    >>> str(read_lumis("62-127, 130"))
    '62–127, 130'

    Raises
    ------
    BadLumisections
        If a part is no range, with the part.
    """
    return LumiSet.of([_range(part) for part in text.split(",")]) if text.strip() else EMPTY


def typed_lumis(lumis: LumiSet) -> str:
    """As they are typed.

    >>> typed_lumis(read_lumis("130,62 – 127"))
    '62-127, 130'
    """
    return ", ".join(f"{r.first}-{r.last}" if r.last != r.first else f"{r.first}" for r in lumis.ranges)


def chosen_lumis() -> LumiSet:
    """The lumisections that the address holds; none, if it holds none that can be read."""
    try:
        return read_lumis(from_address(LS))
    except BadLumisections:
        return EMPTY


def lumi_field(key: str, chosen: LumiSet) -> None:
    """Draw the field in which the chosen lumisections stand, and in which they can be typed."""
    own = f"{key}-typed"
    refused = _refused(own, chosen)
    st.text_input(
        "Lumisections", key=own, placeholder="Drag over the strip, or type: 62-127, 130", on_change=_chosen, args=(own,)
    )
    if refused:
        st.error(literal(refused), icon=":material/edit_off:")


def _refused(own: str, chosen: LumiSet) -> str | None:
    """What is wrong with what is typed; what can be read gives way to what was chosen by hand since."""
    try:
        if read_lumis(st.session_state.get(own, "")) == chosen:
            return None
    except BadLumisections as error:
        if not chosen:
            return str(error)
    st.session_state[own] = typed_lumis(chosen)
    return None


def _chosen(own: str) -> None:
    try:
        to_address(**{LS: typed_lumis(read_lumis(st.session_state[own])) or None})
    except BadLumisections:
        to_address(**{LS: None})


def _range(part: str) -> LumiRange:
    if not (found := _RANGE.fullmatch(part)):
        raise BadLumisections(f"{part.strip()!r} is no range of lumisections: type them as 62-127, 130.")
    first, last = int(found[1]), int(found[2] or found[1])
    return LumiRange(first, last)
