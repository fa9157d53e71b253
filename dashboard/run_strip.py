"""The strip of the Run page with what belongs to it: datasets, range, what may be flagged, what was said."""

import streamlit as st

from backend.configuration import GLOBAL, Side
from backend.queries import RunFacts
from backend.record import DatasetKey
from dashboard.bits_form import bits_form
from dashboard.components.lumi_strip import event_of, lumi_strip
from dashboard.data import components_of, history, luminosity, strip
from dashboard.flag_form import flag_form
from dashboard.lumi_field import chosen_lumis, typed_lumis
from dashboard.range_card import range_card
from dashboard.session import from_address, to_address
from dashboard.strip_sheets import as_of_marks, bit_rows, component_rows, notes_of
from dashboard.timeline import timeline
from models.lumis import EMPTY, LumiSet
from models.vocabulary import ONLINE


def strip_tab(facts: RunFacts) -> None:
    """Draw the strip, the card of the range, the form that flags it, and the time line."""
    key = f"strip-{facts.run_number}"
    said = event_of(key)
    as_of = said.as_of if said else as_of_in_address()
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
                rows=component_rows(strips, components_of(Side.OFFLINE, GLOBAL), index),
                bits=bit_rows(strips[-1], index),
                notes=notes,
                lane_names=tuple(names),
                recorded_per_pb=recorded,
                start=facts.attributes["start_time"],
                selected=selected,
                ticked=st.session_state.get(f"{key}-ticked", frozenset()),
                as_of_marks=as_of_marks(past),
                as_of=as_of,
                key=key,
            )
        st.session_state[f"{key}-ticked"] = event.ticked
        if event.range != selected:  # the hand chose another one, or let go of it
            chosen = LumiSet.of([event.range]) if event.range else EMPTY
        to_address(ls=typed_lumis(chosen) or None, as_of=str(event.as_of) if event.as_of else None)
        with st.container(key="run-side", width=344):
            range_card(key, chosen, strips[-1], lumi)
            if chosen and as_of is None:
                with st.container(key="flag-form"):
                    datasets = [DatasetKey(facts.run_number, name) for name in names]
                    known = {dataset: of.known for dataset, of in zip(datasets, strips, strict=True)}
                    flag_form(known, chosen, ticked=event.ticked, seen=facts.change_set)
                    bits_form(datasets[-1], strips[-1], chosen, seen=facts.change_set)
            timeline(past)


def datasets_compared(facts: RunFacts) -> tuple[str, ...]:
    """The one or two datasets that the strip compares, upper and lower; the lower one is flagged, or both."""
    names = [d.name for d in facts.datasets if not d.is_hidden]
    if len(names) == 1:
        return (ONLINE,)
    chosen = st.multiselect(
        "Datasets, upper and lower",
        names,
        default=names[:1],
        max_selections=2,
        key="datasets",
        bind="query-params",
    )
    return tuple(chosen) or (ONLINE,)


def as_of_in_address() -> int | None:
    """The change set that the address looks back to; none is now."""
    said = from_address("as_of")
    return int(said) if said.isdecimal() else None
