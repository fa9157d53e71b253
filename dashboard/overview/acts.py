"""The last acts of all, in one line each."""

from html import escape

import streamlit as st

from backend.queries.log import LogEntry
from dashboard.overview.data import last_acts
from dashboard.overview.words import heading, link

_MOST = 6


def acts_card() -> None:
    """Draw it; each act leads to the Log."""
    lines = "".join(map(_line, last_acts(_MOST).entries))
    said = lines or '<div class="ov-quiet">Nobody has done anything yet.</div>'
    st.html(
        f'<div class="ov-card">{heading("Lately", at_end=link("log", "Log"))}<div class="ov-acts">{said}</div></div>'
    )


def _line(entry: LogEntry) -> str:
    what = entry.why or next(iter(entry.told.lines), entry.kind.value)
    said = f"<span>{entry.at:%H:%M}</span> <b>{escape(entry.by)}</b> {escape(what)}"
    return f'<div title="{escape(f"{entry.at:%d %b %Y %H:%M} UTC · {entry.by}: {what}")}">' + (
        link("log", said, act=str(entry.change_set)) + "</div>"
    )
