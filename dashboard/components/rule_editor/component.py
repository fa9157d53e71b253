"""The rule editor in a page: one component, text in and text out, what was typed since is never overwritten."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

from dashboard import look

Mark = Literal["added", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A fact that completion offers: its name, what kind it is, its unit, what it means, and its value on some run."""

    name: str
    kind: str
    unit: str
    meaning: str
    value: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the editor after a pause, and of which document it is."""

    doc: str
    text: str


def rule_editor(
    *,
    doc: str,
    text: str,
    key: str,
    on_typed: Callable[[], None],
    offers: Sequence[Offer] = (),
    marks: Mapping[int, Mark] | None = None,
    read_only: bool = False,
) -> None:
    """Draw the editor.

    Parameters
    ----------
    doc
        Names what is edited. Another name replaces the text; with the same one, what somebody types goes before.
    on_typed
        Called at every pause, before the page runs again; :func:`typed_in` says what was typed.
    marks
        Line number from 1 → how the line is marked.
    """
    _EDITOR(
        data={
            "doc": doc,
            "text": text,
            "heard": int(st.session_state.get(f"{key}-heard", 0)),
            "facts": [asdict(offer) for offer in offers],
            "marks": {str(line): mark for line, mark in (marks or {}).items()},
            "read_only": read_only,
        },
        key=key,
        height="stretch",
        on_act_change=on_typed,
    )


def typed_in(key: str) -> Typed | None:
    """What was just typed in the editor with this key; none if nothing was."""
    match (st.session_state.get(key) or {}).get("act"):
        case {"doc": str(doc), "number": int(number), "text": str(text)}:
            st.session_state[f"{key}-heard"] = number
            return Typed(doc, text)
    return None


def _script(*parts: str) -> str:
    return "\n".join(Path(__file__).with_name(part).read_text(encoding="utf-8") for part in parts)


_EDITOR = st.components.v2.component(
    "run_registry.rule_editor",
    html='<div class="editor"></div>',
    css=look.css_variables(":host") + _script("editor.css"),
    js=_script("paint.js", "complete.js", "editor.js"),
)
