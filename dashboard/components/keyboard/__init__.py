"""The keys that work on every page: ``/`` to the filter (or the jump box), ``?`` to the list of the page's keys."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from dashboard import look

_ASSETS = Path(__file__).parent
KEYS = {
    "/": "to the filter; to the jump box where a page has none",
    "?": "this list",
    "U": "undo what was just done",
    "Esc": "clear the selection, close this list",
}
"""Key → what it does, on every page."""


def keyboard(of_page: Mapping[str, str]) -> None:
    """Listen for the keys of every page; the list shows those of this page first. Letters act only in no field."""
    _KEYBOARD(data={"keys": {**of_page, **KEYS}}, key="keyboard")


_KEYBOARD = st.components.v2.component(
    "run_registry.keyboard",
    html='<div class="keys" role="dialog" aria-label="Keys" hidden></div>',
    css=look.css_variables(":host") + (_ASSETS / "keyboard.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "keyboard.js").read_text(encoding="utf-8"),
)
