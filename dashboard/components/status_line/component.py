"""The status line as a Streamlit component: sources in, nothing out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import streamlit as st

from dashboard import look

_ASSETS = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Source:
    """A source of the registry: its name, when it was last heard of, and how that is to be taken."""

    name: str
    heard_at: datetime | None
    tone: Literal["ok", "silent"]


def status_line(sources: Sequence[Source], *, key: str) -> None:
    """Draw the status line. Ages count on in the browser; nothing is asked of the server for it."""
    heard = [
        {"name": s.name, "at": None if s.heard_at is None else s.heard_at.timestamp() * 1000, "tone": s.tone}
        for s in sources
    ]
    _LINE(data={"sources": heard}, key=key)


_LINE = st.components.v2.component(
    "run_registry.status_line",
    html='<div class="line"></div>',
    css=look.css_variables(":host") + (_ASSETS / "line.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "line.js").read_text(encoding="utf-8"),
)
