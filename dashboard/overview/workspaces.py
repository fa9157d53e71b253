"""How far every workspace is with the cycle that is due next, or where there is none with the last days."""

from html import escape

import streamlit as st

from backend.configuration import GLOBAL
from backend.queries.cycles import CycleFacts, CycleProgress
from dashboard.overview.data import DAYS, Year, of_days, pending, states_of
from dashboard.overview.words import heading, link
from models.vocabulary import DatasetState


def workspaces_card(workspace: str, year: Year | None) -> None:
    """Draw it; one's own desk is marked."""
    cycle = next(iter(pending(GLOBAL)), None)
    title, beside, counts = _of_cycle(cycle) if cycle is not None else _of_days(year)
    rows = "".join(_row(name, count, workspace, cycle) for name, count in counts)
    legend = "".join(f'<span><i class="{css}"></i>{name}</span>' for css, name in _LEGEND)
    none = '<div class="ov-quiet">No dataset has appeared yet.</div>'
    st.html(
        f'<div class="ov-card">{heading(title, at_end=beside)}<div class="ov-spaces">{rows or none}</div>'
        f'<div class="ov-legend">{legend}</div></div>'
    )


Counts = tuple[int, int, int, int]
"""Completed, signed off, open, waiting."""
_DONE, _SAID, _OPEN, _WAITS = (
    DatasetState.COMPLETED.value,
    DatasetState.SIGNOFF.value,
    DatasetState.OPEN.value,
    DatasetState.WAITING.value,
)
_LEGEND = (("done", "completed"), ("said", "signed off"), ("open", "open"), ("waiting", "waiting"))


def _of_cycle(cycle: CycleFacts) -> tuple[str, str, list[tuple[str, Counts]]]:
    counts = [(name, _counts(progress)) for name, progress in cycle.progress.items() if progress.of]
    return f"Certification, {cycle.name}", f"{len(cycle.datasets):,} datasets", _best_first(counts)


def _of_days(year: Year | None) -> tuple[str, str, list[tuple[str, Counts]]]:
    runs = () if year is None else tuple(of_days(year.taken, year.until)["run_number"])
    found = states_of(runs)
    counts = [
        (name, (of.get(_DONE, 0), of.get(_SAID, 0), of.get(_OPEN, 0), of.get(_WAITS, 0))) for name, of in found.items()
    ]
    most = max((sum(of) for _, of in counts), default=0)
    return f"Certification, {DAYS} days", f"{most:,} datasets", _best_first([one for one in counts if sum(one[1])])


def _counts(progress: CycleProgress) -> Counts:
    return progress.completed, progress.signoff, progress.open, progress.waiting


def _best_first(counts: list[tuple[str, Counts]]) -> list[tuple[str, Counts]]:
    return sorted(counts, key=lambda one: (one[0] == GLOBAL, -one[1][0] / sum(one[1]), one[0]))


def _row(name: str, counts: Counts, workspace: str, cycle: CycleFacts | None) -> str:
    whole = sum(counts)
    parts = zip(_LEGEND, counts, strict=True)
    bars = "".join(f'<b class="{css}" style="width:{n / whole:.2%}"></b>' for (css, _), n in parts if n)
    said = ", ".join(f"{n:,} {word}" for (_, word), n in zip(_LEGEND, counts, strict=True))
    page, query = ("cycles", {"cycle": str(cycle.id)}) if cycle is not None else ("offline", {})
    return link(
        page,
        f'<span>{escape(name)}</span><i title="{said}" role="img" aria-label="{said}">{bars}</i>'
        f"<em>{counts[0] / whole:.0%}</em>",
        css="ov-space me" if name == workspace else "ov-space",
        workspace=name,
        **query,
    )
