"""Run: one run from every side; where in the run, who said so, and what OMS knows of it."""

import streamlit as st

from backend.errors import NotFound
from backend.queries import RunFacts
from dashboard.data import facts_of_run, neighbours, strip
from dashboard.facts import facts_html, facts_of, oms_facts
from dashboard.inspector import links_html
from dashboard.ranges import ranges_table
from dashboard.run_acts import run_acts
from dashboard.run_head import ask_for_a_run, run_head
from dashboard.run_history import history_tab
from dashboard.run_proposal import proposal_card
from dashboard.run_strip import as_of_in_address, datasets_compared, strip_tab
from dashboard.session import from_address
from dashboard.why import why_tab

TABS = ("Strip", "Ranges", "Why", "Facts", "History")


def run() -> None:
    """The page, top to bottom: which run, what may be done with it, and the chosen look at it."""
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
    run_acts(facts.run_number, facts.attributes, seen=facts.change_set)
    with st.container(key="run-proposed"):
        proposal_card(facts.run_number)
    match tab:
        case "Strip":
            strip_tab(facts)
        case "Ranges":
            ranges_table(strip(facts.run_number, datasets_compared(facts)[0], as_of_in_address()))
        case "Why":
            why_tab(facts.run_number)
        case "Facts":
            _facts(facts)
        case "History":
            history_tab(facts)


def _facts(facts: RunFacts) -> None:
    with st.container(key="facts", horizontal=True):
        st.html(facts_html(facts_of(facts.attributes, facts.oms, lumisections=len(facts.known))), width=420)
        st.html(facts_html(oms_facts(facts.oms)), width=620)
    st.html(links_html(facts.run_number))


run()
