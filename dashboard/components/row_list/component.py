"""The row list as a Streamlit component: columns and rows in, the id of the row that was chosen out.

It is the quiet sister of the quality grid, for what has no lumisections: acts, cycles, accepted datasets, tasks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from dashboard import look

Tone = Literal["plain", "quiet", "accent", "warn", "bad"]
Value = str | int | float | bool | datetime | None

_ASSETS = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``name`` is the first word of a row, ``text`` gives way when it is narrow, ``mono`` is a pattern.

    ``share`` is a part of one, drawn as a bar; ``time`` is UTC with the local time on hover; ``mark`` is a narrow
    column with an upright heading. ``width`` in px; none takes what is left.
    """

    label: str
    kind: Literal["name", "text", "mono", "number", "time", "pill", "share", "mark"] = "text"
    width: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell with a tone of its own, and what it says on hover. A tone is never alone: it comes with a word."""

    value: Value
    tone: Tone = "plain"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its id, with a cell per column; a ``quiet`` row is there and plays no part (taken away, undone)."""

    id: str
    cells: Sequence[Value | Mark]
    is_quiet: bool = False


def row_list(
    *,
    columns: Sequence[Column],
    rows: Sequence[Row],
    key: str,
    label: str,
    selected: str | None = None,
    choose: Callable[[str], None] | None = None,
    empty: str = "There is none.",
    height: int | None = None,
    leave_below: int = 0,
) -> None:
    """Draw the list.

    Parameters
    ----------
    selected
        The id of the row that one looks at. What the person has just chosen is painted at once.
    choose
        Called with the id of a row that was chosen, before the page runs again; none: rows are only read.
    height
        In px; none: as high as its rows, and scrolled within the window.
    leave_below
        So many px are left under the list for what stands there.
    """

    def chosen() -> None:
        said = st.session_state.get(key) or {}
        if choose is not None and isinstance(id_ := said.get("chosen"), str):
            choose(id_)

    _LIST(
        data={
            "label": label,
            "columns": [{"label": c.label, "kind": c.kind, "width": c.width, "title": c.title} for c in columns],
            "rows": [{"id": r.id, "quiet": r.is_quiet, "cells": [_cell(c) for c in r.cells]} for r in rows],
            "selected": selected,
            "choosable": choose is not None,
            "empty": empty,
            "height": height,
            "below": leave_below,
        },
        key=key,
        height="content",
        on_chosen_change=chosen,
    )


def _cell(cell: Value | Mark) -> dict[str, Any]:
    mark = cell if isinstance(cell, Mark) else Mark(cell)
    return {"value": _plain(mark.value), "tone": mark.tone, "title": mark.title}


def _plain(value: Value) -> str | int | float | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.timestamp() if isinstance(value, datetime) else value


_LIST = st.components.v2.component(
    "run_registry.row_list",
    html='<div class="list"></div>',
    css=look.css_variables(":host") + (_ASSETS / "list.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "list.js").read_text(encoding="utf-8"),
)
