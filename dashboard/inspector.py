"""The run one looks at, beside the grid: its facts with units, and the ways onward."""

from html import escape

import streamlit as st

from backend.queries import RunRow
from dashboard.facts import facts_html, facts_of
from dashboard.links import links_of_run
from dashboard.run_acts import run_acts
from dashboard.why import why_html


def run_inspector(run: RunRow, *, seen: int) -> None:
    """Draw the card of one run; ``seen`` is the change set that the page shows."""
    with st.container(key="inspector", width=344):
        st.html(_head(run))
        with st.container(horizontal=True, key="inspector-acts"):
            if st.button("Open run ↵", type="primary", key="inspector-open"):
                st.switch_page("views/run.py", query_params={"run": str(run.run_number)})
            if st.button("Close", key="inspector-close", type="tertiary"):
                del st.query_params["selected"]
                st.rerun()
        run_acts(run.run_number, run.attributes, seen=seen)
        st.html(facts_html(facts_of(run.attributes, run.oms, lumisections=run.lumisections)))
        st.html(why_html(run.run_number))
        st.html(links_html(run.run_number))


def links_html(run_number: int) -> str:
    """Links to the other systems, opened in a tab of their own."""
    links = (
        f'<a href="{escape(address)}" target="_blank" rel="noopener">{escape(label)}</a>'
        for label, address in links_of_run(run_number)
    )
    return f'<div class="rr-links">{"".join(links)}</div>'


def _head(run: RunRow) -> str:
    fill = run.attributes["fill_number"]
    pills = f'<span class="rr-pill">{escape(str(run.attributes["state"] or "no state"))}</span>'
    if run.is_changed_after_signoff:
        pills += ' <span class="rr-pill warn">▲ OMS changed it</span>'
    return (
        f'<div class="rr-head"><div><span class="rr-label">Run · fill {fill or "—"}</span>'
        f'<div class="rr-big">{run.run_number}</div></div><div>{pills}</div></div>'
    )
