"""The strip of the Run page with what belongs to it: datasets, range, what may be flagged, what was said."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from backend.configuration import GLOBAL, Side
from backend.queries import RunFacts
from backend.record import DatasetKey
from dashboard.bits_form import bits_form
from dashboard.components.lumi_strip import StripEvent, lumi_strip
from dashboard.data import components_of, history, luminosity, strip
from dashboard.flag_form import flag_form
from dashboard.lumi_field import chosen_lumis, typed_lumis
from dashboard.permits import own_desks
from dashboard.range_card import range_card
from dashboard.session import from_address, to_address
from dashboard.strip_sheets import as_of_marks, bit_rows, component_rows, notes_of, prescale_rows
from dashboard.timeline import timeline
from models.lumis import LumiSet
from models.vocabulary import ONLINE

_DATASETS = "datasets"
_OF_RUN, _KEPT = "datasets-of-run", "datasets-kept"
"""Of which run the datasets were chosen, and which: what one compares in one run, one compares in the next."""


def strip_tab(facts: RunFacts) -> None:
    """Draw the strip, the card of the range, the form that flags it, and the time line."""
    key = f"strip-{facts.run_number}"
    as_of = as_of_in_address()
    names = datasets_compared(facts)
    strips = [strip(facts.run_number, name, as_of) for name in names]
    past = history(facts.run_number)
    notes, index = notes_of(strips)
    lumi = luminosity(facts.run_number)
    chosen = chosen_lumis()
    selected = chosen.ranges[0] if len(chosen.ranges) == 1 else None
    recorded = [lumi.recorded_per_pb.get(n) for n in range(1, max(lumi.recorded_per_pb, default=0) + 1)]
    with st.container(key="run-main", horizontal=True, gap="small"):
        with st.container(key="run-strip"):
            event = lumi_strip(
                known=strips[0].known,
                rows=component_rows(strips, components_of(Side.OFFLINE, GLOBAL), index, own=own_desks()),
                bits=bit_rows(strips[-1], index),
                prescales=prescale_rows(strips[-1]),
                notes=notes,
                lane_names=tuple(names),
                recorded_per_pb=recorded,
                start=facts.attributes["start_time"],
                selected=selected,
                ticked=st.session_state.get(f"{key}-ticked", frozenset()),
                as_of_marks=as_of_marks(past),
                as_of=as_of,
                key=key,
                on_act=partial(_remember, key),
            )
        st.session_state[f"{key}-drawn"] = event.range
        with st.container(key="run-side", width=344):
            range_card(key, chosen, strips[-1], lumi)
            if chosen and as_of is None:
                with st.container(key="flag-form"):
                    datasets = [DatasetKey(facts.run_number, name) for name in names]
                    known = {dataset: of.known for dataset, of in zip(datasets, strips, strict=True)}
                    flag_form(known, chosen, ticked=event.ticked, seen=facts.change_set)
                    bits_form(datasets[-1], strips[-1], chosen, seen=facts.change_set)
            timeline(past)


def _remember(key: str, said: StripEvent) -> None:
    """Keep what the hand did: ticks in the visit, the rest in the address; a typed range stays while the hand did not
    choose another one, or let go of it."""
    st.session_state[f"{key}-ticked"] = said.ticked
    if said.range != st.session_state.get(f"{key}-drawn"):
        to_address(ls=typed_lumis(LumiSet.of([said.range])) if said.range else None)
    to_address(as_of=str(said.as_of) if said.as_of else None)


def datasets_compared(facts: RunFacts) -> tuple[str, ...]:
    """The one or two datasets that the strip compares, upper and lower; the lower one is flagged, or both."""
    names = [d.name for d in facts.datasets if not d.is_hidden]
    if len(names) == 1:
        return (ONLINE,)
    if st.session_state.get(_OF_RUN) != facts.run_number and _DATASETS not in st.query_params:
        st.session_state[_DATASETS] = _alike(st.session_state.get(_KEPT, ()), names) or names[:1]
    st.session_state[_OF_RUN] = facts.run_number
    chosen = st.multiselect(
        "Datasets, upper and lower",
        names,
        default=None if _DATASETS in st.session_state else names[:1],
        max_selections=2,
        key=_DATASETS,
        bind="query-params",
    )
    st.session_state[_KEPT] = tuple(chosen)
    return tuple(chosen) or (ONLINE,)


def _alike(kept: Sequence[str], names: Sequence[str]) -> list[str]:
    """The datasets of a run that are what one looked at in another: ``/Express/…`` again, whatever the era."""
    kinds = [name.split("/")[1:2] for name in kept]
    found = (next((name for name in names if name.split("/")[1:2] == kind), None) for kind in kinds)
    return [name for name in dict.fromkeys(found) if name is not None]


def as_of_in_address() -> int | None:
    """The change set that the address looks back to; none is now."""
    said = from_address("as_of")
    return int(said) if said.isdecimal() else None
