"""The quality grid in a page: two Streamlit components, one that holds the rows and one that follows the moment.

The rows are a large message that stays equal while no row changes, so Streamlit sends its hash instead. What changes
at every click (selection, ticks, sort, footer, the notes of a hovered cell) is the small second component. It is a
fragment of its own: asking what was said in a cell does not run the page again.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import look
from dashboard.components.quality_grid.sheet import AttributeColumn, Cell, CellNote, GridEvent, GridRow, QualityColumn
from dashboard.components.quality_grid.wire import last_act, note_wire, read_event, said_after, sheet_bytes

Notes = Callable[[str, str], Sequence[CellNote]]
"""What was said in a cell, given the row's id and the quality column's name."""

_ASSETS = Path(__file__).parent


def quality_grid(
    *,
    columns: Sequence[AttributeColumn | QualityColumn],
    rows: Sequence[GridRow],
    key: str,
    selected: str | None = None,
    ticked: frozenset[str] = frozenset(),
    picked: frozenset[Cell] = frozenset(),
    sort: tuple[str, bool] | None = None,
    shown: str = "",
    height: int | None = None,
    hover: Notes | None = None,
    note_action: str | None = None,
    empty: str = "Nothing matches.",
) -> GridEvent:
    """Draw the grid and say what the person did since the last script run.

    Parameters
    ----------
    columns
        Attributes, the frozen ones first, then quality columns in the order in which they stand.
    rows
        As sorted and paged by the server. An unchanged sheet is not sent again.
    selected, ticked, picked, sort
        The current row, the ticked rows, the picked cells and the order, as the page keeps them. What the person has
        just done is painted at once and counts until the page says otherwise.
    shown
        Which rows of how many these are, for the footer: "Rows 1–40 of 412".
    height
        In px; ``None`` fills the window down to its lower edge.
    hover
        Asked for the notes of one cell when the pointer rests on it; runs outside the page's script run, so it opens
        its own session.
    note_action
        The link beside "not significant, no flags"; pressing it is the event ``acted``.
    empty
        What stands in the grid when there is no row.
    """
    with st.container(key=f"{key}-quality-grid", gap=None):
        _GRID(
            data=sheet_bytes(key, columns, rows),
            key=key,
            height="content",
            **{f"on_{done}_change": partial(_came, key) for done in (*_KEPT, *_PASSING)},
        )
        event = event_of(key, columns)
        act = _answer(key)
        _moment(
            key,
            {
                "key": key,
                "act": act,
                "selected": event.selected or selected,
                "ticked": sorted(ticked if event.ticked is None else event.ticked),
                "picked": sorted(picked if event.picked is None else event.picked),
                "sort": event.sort or sort,
                "shown": shown,
                "height": height,
                "action": note_action,
                "empty": empty,
            },
            hover,
        )
    return event


def event_of(key: str, columns: Sequence[AttributeColumn | QualityColumn]) -> GridEvent:
    """What the person did in the grid with this key, for a page that needs to know before it fetches the rows."""
    return read_event(_unanswered(key), [column.name for column in columns])


@st.fragment
def _moment(key: str, moment: Mapping[str, Any], hover: Notes | None) -> None:
    """The small component: the moment, and the notes of the cell that the pointer rests on."""
    own_key = f"{key}-moment"
    asked = (st.session_state.get(own_key) or {}).get("asked")
    _FOLLOWER(
        data={**moment, "asks": hover is not None, "notes": _notes(asked, hover)},
        key=own_key,
        on_asked_change=_noted,
    )


def _notes(asked: object, hover: Notes | None) -> dict[str, Any] | None:
    match asked:
        case {"row": str(row), "column": str(column)} if hover is not None:
            return {"row": row, "column": column, "notes": [note_wire(note) for note in hover(row, column)]}
    return None


_KEPT = ("selected", "ticked", "picked", "sort")
"""What stays done: it waits for a script run that reaches the grid."""

_PASSING = ("opened", "cell", "acted")
"""What is done once, in the script run that it started."""


def _came(key: str) -> None:
    """Streamlit delivers an act only where a callback is registered. What stays done is kept here: a quicker second
    act, or a button, may stop the script before the page has read it."""
    st.session_state[f"{key}-kept"] = {name: said for name, said in _unanswered(key).items() if name in _KEPT}


def _unanswered(key: str) -> dict[str, Any]:
    """What came from the browser and no script run has answered yet, which it says again with every act."""
    answered, state = int(st.session_state.get(f"{key}-act", 0)), st.session_state
    return said_after(answered, state.get(f"{key}-kept") or {}, state.get(key) or {})


def _answer(key: str) -> int:
    """The last act that the server has heard of; the browser keeps what it painted until its own act is reached."""
    latest = max(int(st.session_state.get(f"{key}-act", 0)), last_act(_unanswered(key)))
    st.session_state[f"{key}-act"] = latest
    return latest


def _noted() -> None:
    """Streamlit delivers an event only where a callback is registered; the event itself is read from the result."""


def _script(*parts: str) -> str:
    return "\n".join((_ASSETS / part).read_text(encoding="utf-8") for part in parts)


_GRID = st.components.v2.component(
    "run_registry.quality_grid",
    html='<div class="rr"></div>',
    css=look.css_variables(":host") + _script("grid.css"),
    js=_script(
        "link.js",
        "sheet.js",
        "bar.js",
        "row.js",
        "head.js",
        "card.js",
        "foot.js",
        "hover.js",
        "keys.js",
        "hand.js",
        "grid.js",
    ),
)
_FOLLOWER = st.components.v2.component("run_registry.quality_grid_moment", js=_script("link.js", "moment.js"))
