"""My queue: what waits for whoever sits at this desk, each with the way to the page where it is done."""

from datetime import UTC, datetime
from html import escape

import streamlit as st

from backend.queries import RUNS, Filter, format_filter
from backend.queries.cycles import CycleFacts
from dashboard.overview.data import CHANGED, TO_SIGN_OFF, Waiting, datasets_at, pending, waiting
from dashboard.overview.words import heading, left, link

_MOST_CYCLES = 3


def queue_card(workspace: str) -> None:
    """Draw it."""
    signing, changed, datasets = waiting(TO_SIGN_OFF), waiting(CHANGED), datasets_at(workspace)
    items = [
        _item(signing.figures.runs, "runs to sign off", _runs(signing), way=("online", "Open", _asked(TO_SIGN_OFF))),
        _item(
            datasets.open,
            f"datasets open in {workspace}",
            f"of {datasets.runs:,} runs; {datasets.completed:,} are completed",
            way=("offline", "Certify", {"workspace": workspace}),
        ),
        _item(
            datasets.waiting,
            f"datasets waiting in {workspace}",
            "not in the DQM GUI yet, or not opened",
            way=("offline", "Look", {"workspace": workspace, "list": "waiting"}),
        ),
        _item(
            changed.figures.runs,
            "runs changed by OMS after sign-off",
            _runs(changed),
            way=("online", "Look", _asked(CHANGED)),
            is_warning=True,
        ),
    ]
    st.html(f'<div class="ov-card">{heading("My queue", workspace)}{"".join(items)}{_cycles(workspace)}</div>')


def _item(count: int, what: str, beside: str, *, way: tuple[str, str, dict[str, str]], is_warning: bool = False) -> str:
    """So much of what waits; ``way`` is the page, what one does there, and what it is asked."""
    page, act, query = way
    tone = "none" if not count else "warn" if is_warning else ""
    button = link(page, escape(act), css="ov-button", **query) if count else ""
    said = beside if count else "nothing waits"
    return (
        f'<div class="ov-item {tone}"><b>{count:,}</b><div><strong>{escape(what)}</strong>'
        f'<span title="{escape(said)}">{escape(said)}</span></div>{button}</div>'
    )


def _runs(found: Waiting) -> str:
    more = found.figures.runs - len(found.last)
    return ", ".join(map(str, found.last)) + (f" and {more:,} more" if more > 0 else "")


def _asked(asked: Filter) -> dict[str, str]:
    return {"filter": format_filter(asked, RUNS)}


def _cycles(workspace: str) -> str:
    found = pending(workspace)
    if not found:
        return f'<div class="ov-quiet">No cycle waits for {escape(workspace)}.</div>'
    more = len(found) - _MOST_CYCLES
    said = "".join(_cycle(cycle, workspace, datetime.now(UTC)) for cycle in found[:_MOST_CYCLES])
    others = link("cycles", f"and {more} more", workspace=workspace) if more > 0 else ""
    return f'<div class="ov-cycles">{said}{others}</div>'


def _cycle(cycle: CycleFacts, workspace: str, now: datetime) -> str:
    progress = cycle.progress[workspace]
    share = progress.completed / progress.of if progress.of else 1.0
    due, is_near = left(cycle.deadline, now)
    name = link("cycles", escape(cycle.name), workspace=workspace, cycle=str(cycle.id))
    return (
        f'<div class="ov-cycle"><div><b>{name}</b><span class="{"warn" if is_near else ""}">{escape(due)}</span></div>'
        f'<div class="ov-bar"><i style="width:{share:.1%}"></i></div>'
        f"<div><span>{progress.completed:,} of {progress.of:,} datasets in {escape(workspace)}</span>"
        f"<span>{share:.0%}</span></div></div>"
    )
