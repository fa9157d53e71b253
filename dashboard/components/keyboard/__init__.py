"""The keys that work on every page: ``/`` to the filter (or the jump box), ``?`` to the list of keys."""

from pathlib import Path

import streamlit as st

from dashboard import look

_ASSETS = Path(__file__).parent
KEYS = {
    "/": "to the filter; to the jump box where a page has none",
    "?": "this list",
    "↑ ↓": "move in the grid",
    "← →": "move in the grid and in the heat map",
    "Space": "tick the row",
    "Enter": "open the run",
    "U": "undo what was just done",
    ", .": "the change before, the next one, on the strip",
    "drag (Explore)": "choose the points in a box or a lasso",
    "drag · Shift+drag": "select a range of lumisections · zoom into it",
    "Esc": "clear the selection, close this list",
}
"""Key → what it does."""


def keyboard() -> None:
    """Listen for the keys of every page. Letters act only while no field has the focus."""
    _KEYBOARD(data={"keys": KEYS}, key="keyboard")


_KEYBOARD = st.components.v2.component(
    "run_registry.keyboard",
    html='<div class="keys" role="dialog" aria-label="Keys" hidden></div>',
    css=look.css_variables(":host") + (_ASSETS / "keyboard.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "keyboard.js").read_text(encoding="utf-8"),
)
