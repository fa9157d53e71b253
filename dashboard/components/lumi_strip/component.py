"""The lumisection strip in a page: a Streamlit component that follows its container's width and both themes.

The caller owns selection, ticks and "as of": it passes what is in force and keeps what the event says. Zoom, folding
and hover belong to the browser alone.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import streamlit as st

from dashboard import look
from dashboard.components.lumi_strip.wire import Strip, encode, in_force, read_act
from dashboard.components.lumi_strip.words import AsOfMark, StripBitRow, StripEvent, StripNote, StripPrescale, StripRow
from models.lumis import LumiRange, LumiSet


def lumi_strip(
    *,
    known: LumiSet,
    rows: Sequence[StripRow],
    bits: Sequence[StripBitRow] = (),
    notes: Sequence[StripNote] = (),
    lane_names: Sequence[str] = (),
    golden: LumiSet | None = None,
    prescales: Sequence[StripPrescale] = (),
    recorded_per_pb: Sequence[float | None] = (),
    start: datetime | None = None,
    selected: LumiRange | None = None,
    ticked: frozenset[str] = frozenset(),
    as_of_marks: Sequence[AsOfMark] = (),
    as_of: int | None = None,
    fold_good: bool = True,
    key: str,
    on_act: Callable[[StripEvent], None] | None = None,
) -> StripEvent:
    """Draw the strip of one run and say what is selected, ticked and looked at after the reader's last act.

    Parameters
    ----------
    known
        The lumisections that OMS knows; everything else is a gap and counts nowhere.
    rows, bits
        Components and DCS bits from top to bottom. A lumisection without a word is drawn as *no value*.
    notes
        Who and why, by the index that segments carry.
    lane_names
        What the card calls the lanes, upper first (``("Express", "PromptReco v2")``).
    golden
        What is in the golden JSON; ``None`` draws no band.
    prescales
        Under which column of the prescale table the lumisections were taken; without any no row is drawn.
    recorded_per_pb
        Recorded luminosity of lumisection 1, 2, …; ``None`` where it is not known, which is not zero.
    start
        When lumisection 1 began; ``None`` draws no time axis.
    selected, ticked, as_of
        What the page holds to be in force; an act of the reader in this script run goes before it.
    as_of_marks
        The change sets that touched this run, oldest first; without any the line is not drawn.
    fold_good
        Put components that are GOOD throughout behind one line ("7 more, GOOD throughout").
    on_act
        Called with the act before the script runs again: what it keeps is kept even if a quicker second act stops that.
    """
    strip = Strip(
        known=known,
        rows=rows,
        bits=bits,
        notes=notes,
        lane_names=lane_names,
        golden=golden,
        prescales=prescales,
        recorded_per_pb=recorded_per_pb,
        start=start,
        selected=selected,
        ticked=ticked,
        as_of_marks=as_of_marks,
        as_of=as_of,
        fold_good=fold_good,
    )
    event = in_force(strip, event_of(key))
    shown = replace(strip, selected=event.range, ticked=event.ticked, as_of=event.as_of)
    _STRIP(data={**encode(shown), "heard": _last_heard(key)}, key=key, on_act_change=partial(_heard, key, on_act))
    return event


def event_of(key: str) -> StripEvent | None:
    """What the reader has just done on the strip with this key, for a page that fetches "as of" before it draws."""
    return read_act(_act(key))


def _act(key: str) -> object:
    return (st.session_state.get(key) or {}).get("act")


def _last_heard(key: str) -> int:
    """The number of the latest act that came; until its own latest comes back the browser keeps what it painted."""
    own_key = f"{key}-heard"
    match _act(key):
        case {"number": int(number)}:
            st.session_state[own_key] = number
    return int(st.session_state.get(own_key, 0))


def _heard(key: str, on_act: Callable[[StripEvent], None] | None) -> None:
    """Streamlit delivers an act only where a callback is registered. That it came is kept here, too: a quicker second
    act may stop the script before it draws the strip, which would then keep what it painted."""
    _last_heard(key)
    if on_act is not None and (event := event_of(key)) is not None:
        on_act(event)


def _script(*parts: str) -> str:
    return "\n".join(Path(__file__).with_name(part).read_text(encoding="utf-8") for part in parts)


def _constants() -> str:
    """What the scripts take from the tokens: the sizes, and the order in which statuses are painted, worst last."""
    order = [token.lower() for token in reversed(look.draw_order())]
    return f"const SIZE = {json.dumps(look.tokens()['size'])};\nconst PAINT_ORDER = {json.dumps(order)};\n"


_STRIP = st.components.v2.component(
    "run_registry.lumi_strip",
    html='<div class="strip"></div>',
    css=look.css_variables(":host") + _script("strip.css"),
    js=_constants()
    + _script(
        "lumis.js", "scale.js", "parts.js", "rows.js", "prescales.js", "luminosity.js", "card.js", "brush.js",
        "keys.js", "as_of.js", "strip.js",
    ),
)  # fmt: skip
