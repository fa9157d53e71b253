"""Run: one run from every side; where in the run, who said so, and what OMS knows of it."""

import streamlit as st

from backend.configuration import GLOBAL, Side
from backend.errors import NotFound
from backend.queries import RunFacts
from dashboard.components.lumi_strip import StripEvent, event_of, lumi_strip
from dashboard.data import components_of, facts_of_run, history, luminosity, neighbours, strip
from dashboard.facts import facts_html, facts_of, oms_facts
from dashboard.inspector import links_html
from dashboard.range_card import range_card
from dashboard.ranges import ranges_table
from dashboard.run_head import ask_for_a_run, run_head
from dashboard.session import from_address, to_address
from dashboard.strip_sheets import as_of_marks, bit_rows, component_rows, notes_of
from dashboard.timeline import timeline
from models.lumis import BadLumisections, LumiRange
from models.vocabulary import ONLINE

TABS = ("Strip", "Ranges", "Facts", "History")


def run() -> None:
    """The page, top to bottom: which run, its datasets, the strip with the range one looks at, and what was said."""
    asked = from_address("run")
    if not asked.isdecimal():
        ask_for_a_run()
        return
    try:
        facts = facts_of_run(int(asked))
    except NotFound as error:
        ask_for_a_run(str(error))
        return
    tab = run_head(facts, TABS, neighbours(facts.run_number))
    match tab:
        case "Strip":
            _strip(facts)
        case "Ranges":
            ranges_table(strip(facts.run_number, _datasets(facts)[0], _number("as_of")))
        case "Facts":
            _facts(facts)
        case "History":
            timeline(history(facts.run_number))


def _strip(facts: RunFacts) -> None:
    key = f"strip-{facts.run_number}"
    said = event_of(key)
    as_of = said.as_of if said else _number("as_of")
    names = _datasets(facts)
    strips = [strip(facts.run_number, name, as_of) for name in names]
    past = history(facts.run_number)
    notes, index = notes_of(strips)
    lumi = luminosity(facts.run_number)
    recorded = [lumi.recorded_per_pb.get(n) for n in range(1, max(lumi.recorded_per_pb, default=0) + 1)]
    with st.container(key="run-main", horizontal=True, gap="small"):
        with st.container(key="run-strip"):
            event = lumi_strip(
                known=strips[0].known,
                rows=component_rows(strips, components_of(Side.OFFLINE, GLOBAL), index),
                bits=bit_rows(strips[0], index),
                notes=notes,
                lane_names=tuple(names),
                recorded_per_pb=recorded,
                start=facts.attributes["start_time"],
                selected=_range(),
                as_of_marks=as_of_marks(past),
                as_of=as_of,
                key=key,
            )
        _remember(event)
        with st.container(key="run-side", width=344):
            range_card(event.range, strips[0], lumi)
            timeline(past)


def _datasets(facts: RunFacts) -> tuple[str, ...]:
    """The one or two datasets that the strip compares."""
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


def _facts(facts: RunFacts) -> None:
    with st.container(key="facts", horizontal=True):
        st.html(facts_html(facts_of(facts.attributes, facts.oms, lumisections=len(facts.known))), width=420)
        st.html(facts_html(oms_facts(facts.oms)), width=620)
    st.html(links_html(facts.run_number))


def _range() -> LumiRange | None:
    first, _, last = from_address("ls").partition("-")
    try:
        return LumiRange(int(first), int(last or first)) if first else None
    except (ValueError, BadLumisections):
        return None


def _number(name: str) -> int | None:
    said = from_address(name)
    return int(said) if said.isdecimal() else None


def _remember(event: StripEvent) -> None:
    chosen = event.range
    to_address(
        ls=f"{chosen.first}-{chosen.last}" if chosen else None,
        as_of=str(event.as_of) if event.as_of else None,
    )


run()
