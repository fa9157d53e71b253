"""How far every offline workspace is with the cycle that is due next, or with all its datasets where there is none."""

from html import escape

import streamlit as st

from backend.configuration import GLOBAL, Side
from backend.queries.cycles import CycleFacts, CycleProgress
from dashboard.data import desks
from dashboard.overview.data import datasets_at, pending
from dashboard.overview.words import heading, link


def workspaces_card(workspace: str) -> None:
    """Draw it; one's own desk is marked."""
    cycle = next(iter(pending(GLOBAL)), None)
    title, beside, counts = _of_cycle(cycle) if cycle is not None else _of_all()
    rows = "".join(_row(name, count, workspace, cycle) for name, count in counts)
    legend = "".join(f'<span><i class="{css}"></i>{name}</span>' for css, name in _LEGEND)
    none = '<div class="ov-quiet">No dataset has appeared yet.</div>'
    st.html(
        f'<div class="ov-card">{heading(title, at_end=beside)}<div class="ov-spaces">{rows or none}</div>'
        f'<div class="ov-legend">{legend}</div></div>'
    )


Counts = tuple[int, int, int, int]
"""Completed, signed off, open, waiting."""
_LEGEND = (("done", "completed"), ("said", "signed off"), ("open", "open"), ("waiting", "waiting"))


def _of_cycle(cycle: CycleFacts) -> tuple[str, str, list[tuple[str, Counts]]]:
    counts = [(name, _counts(progress)) for name, progress in cycle.progress.items() if progress.of]
    return f"Certification, {cycle.name}", f"{len(cycle.datasets):,} datasets", _best_first(counts)


def _of_all() -> tuple[str, str, list[tuple[str, Counts]]]:
    found = [(desk.workspace, datasets_at(desk.workspace)) for desk in desks(Side.OFFLINE)]
    counts = [(name, (of.completed, of.signoff, of.open, of.waiting)) for name, of in found]
    most = max((of.datasets for _, of in found), default=0)
    return "Certification", f"{most:,} datasets", _best_first([one for one in counts if sum(one[1])])


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
