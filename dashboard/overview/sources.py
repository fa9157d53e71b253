"""What the backend last did, and whether a source is silent: OMS, the DQM GUI, and the jobs of the worker."""

from datetime import timedelta
from html import escape

import streamlit as st

from backend.queries import Health, JobTick
from backend.queries.health import PEOPLE, is_silent
from backend.settings import settings
from dashboard.overview.data import backend_now
from dashboard.overview.words import ago, heading, link

_CALLED = {
    "oms": "OMS",
    "oms-sweep": "OMS, by number",
    "dqm-gui": "DQM GUI",
    "housekeeping": "Housekeeping",
    "self-check": "Self-check",
}


def sources_card() -> None:
    """Draw it; a silent source and a failed job are said in words, with the last that was heard."""
    found = backend_now()
    ticks = {tick.job: tick for tick in found.jobs if tick.job != PEOPLE}
    rows = [
        _row(_CALLED.get(job, job), tick, found, is_silent=_silent(job, tick, found)) for job, tick in ticks.items()
    ]
    silent = sum(_silent(job, tick, found) for job, tick in ticks.items())
    pill = f'<span class="rr-pill warn">{silent} silent</span>' if silent else ""
    body = "".join(rows) or '<div class="ov-quiet">No worker has done anything here yet: is one running?</div>'
    ways = pill or link("settings", "Jobs", tab="Jobs and tasks")
    st.html(f'<div class="ov-card">{heading("Sources and jobs", at_end=ways)}{body}</div>')


def _silent(job: str, tick: JobTick, found: Health) -> bool:
    heard = next((s for s in found.sources if s.source == _CALLED.get(job)), None)
    if heard is not None:
        return heard.is_silent
    every = {
        "dqm-gui": settings().dqm_gui_every_seconds,
        "oms-sweep": settings().sweep_every_seconds,
        "housekeeping": settings().housekeeping_every_seconds,
        "self-check": settings().self_check_every_seconds,
    }.get(job)
    return every is not None and is_silent(tick.succeeded_at, timedelta(seconds=every), found.now)


def _row(name: str, tick: JobTick, found: Health, *, is_silent: bool) -> str:
    heard = ago(tick.succeeded_at, found.now)
    said = f"silent, last heard {heard}" if is_silent else heard
    if tick.outcome == "failed":
        said = f"failed, last well {heard}"
    tone = "bad" if tick.outcome == "failed" else "warn" if is_silent else "ok"
    return (
        f'<div class="ov-source {tone}"><i></i><b>{escape(name)}</b><em>{escape(said)}</em>'
        f'<span title="{escape(tick.sentence or "")}">{escape(tick.sentence or tick.outcome)}</span></div>'
    )
