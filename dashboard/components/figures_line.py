"""The line of figures above a table of runs: how many, how much, what waits."""

from datetime import UTC, datetime
from html import escape

import streamlit as st

from backend.queries import Counters
from dashboard.facts import luminosity

_HOURS_WORTH_COUNTING = 100


def figures_line(figures: Counters) -> None:
    """Draw the figures; each has its unit beside it."""
    cells = (
        ("Runs that match", f"{figures.runs:,}", f"of {figures.of_runs:,}"),
        ("Open", f"{figures.open:,}", _oldest(figures.oldest_open)),
        ("Changed after sign-off", f"{figures.changed_after_signoff:,}", "by OMS"),
        ("Lumisections", f"{figures.lumisections:,}", f"{figures.running:,} running"),
        ("Recorded", luminosity(figures.recorded_per_pb), _share(figures)),
    )
    with st.container(key="figures"):
        st.html('<div class="rr-figures">' + "".join(_cell(*cell) for cell in cells) + "</div>")


def _cell(label: str, figure: str, beside: str) -> str:
    return f'<div><div class="rr-label">{escape(label)}</div><b>{escape(figure)}</b><span>{escape(beside)}</span></div>'


def _share(figures: Counters) -> str:
    if not figures.delivered_per_pb:
        return "nothing delivered"
    return f"{figures.recorded_per_pb / figures.delivered_per_pb:.1%} of delivered"


def _oldest(moment: datetime | None) -> str:
    if moment is None:
        return "none waits"
    hours = (datetime.now(UTC) - moment).total_seconds() / 3600
    return f"oldest {hours:.0f} h" if hours < _HOURS_WORTH_COUNTING else f"oldest since {moment:%d %b %Y}"
