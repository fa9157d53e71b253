"""Where lumisections land: what the rules of a component, as they are in force, give the newest runs."""

from collections import Counter
from html import escape

import streamlit as st

from backend.configuration import Side
from backend.errors import RegistryError
from dashboard import look
from dashboard.classifiers.data import landed_on, newest_runs
from dashboard.classifiers.drawn import bar, chip
from models.vocabulary import Status

RUNS = 500
_BAR = 206


def landing_card(component: str) -> None:
    """Draw the shares of each status; ``component`` is such as *tracker-strip online*."""
    column, _, side = component.partition(" ")
    if side != Side.ONLINE:
        return
    try:
        counts = counts_landed(column, RUNS)
    except RegistryError as error:
        st.html(f'<div class="cl-none">{escape(str(error))}</div>')
        return
    total = sum(counts.values())
    if not total:
        return
    order = look.draw_order()
    shares = sorted(counts.items(), key=lambda item: order.index(look.token_of(item[0])), reverse=True)
    legend = "".join(f"<span>{chip(status)} {count / total:.2%}</span>" for status, count in shares)
    st.html(
        '<div class="cl-landing"><span class="rr-label">Where a lumisection lands</span>'
        f'{bar(counts, _BAR)}<div class="cl-legend">{legend}</div>'
        f'<span class="rr-label">last {RUNS:,} runs, rules in force</span></div>'
    )


@st.cache_data(ttl=60, show_spinner=False)
def counts_landed(column: str, runs: int) -> dict[Status, int]:
    """How many lumisections of the newest runs the rules in force give each status."""
    counts: Counter[Status] = Counter()
    for of_run in landed_on(column, (), newest_runs(runs)).values():
        counts.update(of_run)
    return dict(counts)
