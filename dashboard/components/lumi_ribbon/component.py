"""The lumisection ribbon in a page: ranges in, the chosen lumisection out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard import look
from models.lumis import LumiRange

QUIET, HOLDS = "quiet", "holds"
"""How a stretch looks where nothing is said, and where something holds that has no status of its own."""


@dataclass(frozen=True, slots=True)
class RibbonPiece:
    """A stretch of lumisections; ``look`` is a status token in small letters, or quiet, or holds."""

    range: LumiRange
    look: str
    words: str


def lumi_ribbon(
    *, pieces: Sequence[RibbonPiece], last: int, chosen: int | None, key: str, on_chosen: Callable[[], None]
) -> None:
    """Draw the band from lumisection 1 to ``last`` with a marker at the chosen one, if one is."""
    _RIBBON(
        data={
            "pieces": [[p.range.first, p.range.last, p.look, p.words] for p in pieces],
            "last": max(1, last),
            "chosen": chosen or 0,
        },
        key=key,
        height="content",
        on_chosen_change=on_chosen,
    )


def chosen_in(key: str) -> int | None:
    """The lumisection that was just chosen on the ribbon with this key; none if none was."""
    chosen = (st.session_state.get(key) or {}).get("chosen")
    return chosen if isinstance(chosen, int) else None


_ASSETS = Path(__file__).parent
_RIBBON = st.components.v2.component(
    "run_registry.lumi_ribbon",
    html='<div class="ribbon"></div>',
    css=look.css_variables(":host") + (_ASSETS / "ribbon.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "ribbon.js").read_text(encoding="utf-8"),
)
