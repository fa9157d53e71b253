"""The history of a run as a time line: who did what when, latest first."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from backend.queries import HistoryEntry
from dashboard.strip_sheets import as_of_marks
from models.vocabulary import Origin

_MOST = 40
_MOST_LINES = 4
_LONGEST_WHY = 140


def timeline(history: Iterable[HistoryEntry]) -> None:
    """Draw the acts; a full dot is a person, an open one a rule or OMS."""
    entries = list(history)
    people = {mark.change_set for mark in as_of_marks(entries) if mark.by_person}
    items = "".join(_item(entry, entry.change_set in people) for entry in entries[:_MOST])
    more = f'<div class="rr-label">and {len(entries) - _MOST} before</div>' if len(entries) > _MOST else ""
    st.html(f'<ol class="rr-timeline">{items}</ol>{more}')


def _item(entry: HistoryEntry, by_person: bool) -> str:
    undone = ' <span class="rr-pill">undone</span>' if entry.is_undone else ""
    lines = _lines(entry)
    said = "".join(f"<div>{escape(line)}</div>" for line in lines[:_MOST_LINES])
    if len(lines) > _MOST_LINES:
        said += f'<div class="rr-label">and {len(lines) - _MOST_LINES:,} more</div>'
    kind = "person" if by_person else "rule"
    return (
        f'<li class="{kind}{" undone" if entry.is_undone else ""}"><b>{escape(entry.by)}</b> '
        f'<span class="rr-label">{entry.at:%d %b %Y %H:%M} UTC · change set {entry.change_set}</span>{undone}'
        f'<div title="{escape(entry.why)}">{escape(_short(entry.why))}</div>{said}</li>'
    )


def _short(why: str) -> str:
    return why if len(why) <= _LONGEST_WHY else f"{why[:_LONGEST_WHY].rstrip('; ,')} …"


def _lines(entry: HistoryEntry) -> list[str]:
    """What the act said, where that is more than its reason: people's flags, and what became of attributes."""
    lines = [
        f"{', '.join(r.columns)} {r.range} → {getattr(r.value, 'word', r.value)}"
        for r in entry.ranges
        if r.origin is Origin.PERSON
    ]
    for said in entry.attributes:
        if said.origin is Origin.PERSON:
            lines += [f"{name} → {value}" for name, value in said.said.items()]
    return lines
