"""The head of the Run page: which run, its neighbours, what it is at a glance, and the ways to look at it."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from backend.queries import RunFacts
from dashboard.facts import duration, luminosity, moment
from dashboard.links import links_of_run
from dashboard.literal import literal
from models.vocabulary import SECONDS_PER_LUMI


def run_head(facts: RunFacts, tabs: Sequence[str], neighbours: tuple[int | None, int | None]) -> str:
    """Draw the head; gives the chosen tab."""
    earlier, later = neighbours
    with st.container(key="run-head", horizontal=True, vertical_alignment="center"):
        _step("‹", earlier, "The run before", key="run-earlier")
        st.html(f'<span class="rr-title" role="heading" aria-level="1">Run {facts.run_number}</span>', width="content")
        _step("›", later, "The next run", key="run-later")
        st.html(_glance(facts), width="content")
        st.space("stretch")
        tab = st.segmented_control(
            "View",
            list(tabs),
            key="tab",
            default=tabs[0],
            required=True,
            bind="query-params",
            label_visibility="collapsed",
        )
        with st.popover("OMS · DQM GUI · HDQM", key="run-links"):
            for label, address in links_of_run(facts.run_number):
                st.link_button(label, address)
    return str(tab)


def ask_for_a_run(sentence: str = "") -> None:
    """What the page shows without a run: the way to one."""
    if sentence:
        st.warning(literal(sentence))
    with st.container(key="run-ask", horizontal=True, vertical_alignment="center"):
        st.html('<span class="rr-title" role="heading" aria-level="1">Run</span>', width="content")
        typed = st.text_input("Run number", key="run-asked", placeholder="324980", width=160)
        st.caption("Type its number, or double-click a run on Online.")
        if typed and typed.strip().isdecimal():
            st.query_params["run"] = typed.strip()
            st.rerun()


def _step(sign: str, run_number: int | None, help_: str, *, key: str) -> None:
    if st.button(sign, key=key, type="tertiary", help=help_, disabled=run_number is None):
        st.query_params.from_dict({"run": str(run_number)})
        st.rerun()


def _glance(facts: RunFacts) -> str:
    a = facts.attributes
    pills = f'<span class="rr-pill">{escape(str(a["run_class"] or "no class yet"))}</span> '
    pills += f'<span class="rr-pill">{escape(str(a["state"] or "no state"))}</span>'
    if facts.is_running:
        pills += ' <span class="rr-pill live">● LIVE</span>'
    if facts.proposed_by is not None:
        pills += ' <span class="rr-pill warn">▲ OMS changed it after sign-off</span>'
    lumisections = len(facts.known)
    said = (
        f"fill {a['fill_number'] or '—'} · {moment(a['start_time'])} UTC · "
        f"{duration(lumisections * SECONDS_PER_LUMI)} · {lumisections:,} LS · "
        f"<b>{luminosity(a['recorded_per_pb'])}</b> recorded"
    )
    return f'<div class="rr-glance">{pills}<span>{said}</span></div>'
