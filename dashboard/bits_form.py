"""To override DCS bits of an offline dataset in some lumisections: true or false, with a comment, or as OMS says."""

from dataclasses import replace

import streamlit as st

from backend.access import Action
from backend.certify.bits import give_back_bits, set_bits
from backend.certify.places import Place
from backend.certify.sayable import SHORTEST_COMMENT
from backend.queries import Strip
from backend.record import DatasetKey
from dashboard.doing import do
from dashboard.literal import literal
from dashboard.permits import permit, permitted_button
from models.lumis import LumiSet
from models.vocabulary import ONLINE, Bit, ColumnKind

_WORDS = {Bit.TRUE: "true", Bit.FALSE: "false"}


def bits_form(dataset: DatasetKey, strip: Strip, chosen: LumiSet, *, seen: int) -> None:
    """Draw the form; of the online dataset the bits are as OMS says, so there is none."""
    if dataset.name == ONLINE:
        return
    with st.expander("DCS bits", key="bits"):
        names = [c.column.name for c in strip.columns if c.column.kind is ColumnKind.BIT]
        bits = st.multiselect("Bits", names, key="bits-names", format_func=lambda name: name.removesuffix("_ready"))
        st.segmented_control(
            "Value", list(_WORDS), format_func=_WORDS.__getitem__, key="bits-value", default=Bit.TRUE, required=True
        )
        comment = st.text_input("Comment", key="bits-comment", placeholder="why OMS is wrong, in the Log and the JSON")
        where = strip.known & chosen
        place = Place(dataset, tuple(bits), where)
        allowed = permit(Action.DCS_BITS)
        given = allowed.and_if(bool(bits), "Choose one or more bits.")
        is_told = len(comment.strip()) >= SHORTEST_COMMENT
        with st.container(key="bits-buttons", horizontal=True):
            permitted_button(
                f"Set in {len(where):,} LS",
                given.and_if(is_told, f"A DCS bit needs a comment of {SHORTEST_COMMENT} characters or more."),
                key="bits-set",
                type="primary",
                on_click=_set,
                args=(place, seen),
            )
            permitted_button("As OMS says", given, key="bits-give-back", on_click=_give_back, args=(place, seen))
        if allowed.reason:
            st.caption(literal(allowed.reason))


def _as_chosen(place: Place) -> Place:
    """With the bits that are chosen now, which may be others than when the button was drawn."""
    return replace(place, components=tuple(st.session_state["bits-names"]))


def _set(place: Place, seen: int) -> None:
    place, value = _as_chosen(place), st.session_state["bits-value"] is Bit.TRUE
    comment = str(st.session_state["bits-comment"])
    told = f"{', '.join(place.components)} {place.where} → {str(value).lower()}"
    if do(told, lambda session, who: set_bits(session, who, [place], value, comment=comment, seen=seen)):
        st.session_state["bits-comment"] = ""


def _give_back(place: Place, seen: int) -> None:
    place = _as_chosen(place)
    told = f"{', '.join(place.components)} {place.where} as OMS says again"
    do(told, lambda session, who: give_back_bits(session, who, [place], seen=seen))
