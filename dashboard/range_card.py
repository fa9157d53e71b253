"""The lumisections one looks at: typed or dragged, how much they are, and what components and bits say in them."""

from html import escape

import streamlit as st

from backend.queries import ColumnStrip, RunLuminosity, Strip
from dashboard.facts import duration
from dashboard.lumi_field import lumi_field
from models.lumis import LumiSet
from models.vocabulary import SECONDS_PER_LUMI, SUBSYSTEM_OF_BIT, Bit, ColumnKind, Status

_MOST = 12


def range_card(key: str, chosen: LumiSet, strip: Strip, luminosity: RunLuminosity) -> None:
    """Draw the field in which they are typed, and what they are; without any, only the field."""
    with st.container(key="range-card"):
        lumi_field(key, chosen)
        if not chosen:
            return
        looked_at = strip.known & chosen
        st.html(
            f'<h2 class="rr-h2">LS {chosen}</h2><div class="rr-label">{_extent(looked_at, luminosity)}</div>'
            f'<dl class="rr-facts">{_rows(strip, looked_at)}</dl>'
        )
        st.code(str(looked_at.as_pairs()), language=None)


def _extent(looked_at: LumiSet, luminosity: RunLuminosity) -> str:
    recorded = [luminosity.recorded_per_pb[n] for n in looked_at if n in luminosity.recorded_per_pb]
    unknown = len(looked_at) - len(recorded)
    said = f"{len(looked_at):,} lumisections · {duration(len(looked_at) * SECONDS_PER_LUMI)} · {sum(recorded):,.2f} /pb"
    return f"{said} · luminosity unknown in {unknown:,}" if unknown else said


def _rows(strip: Strip, looked_at: LumiSet) -> str:
    rows = [_row(column, looked_at) for column in strip.columns]
    said = [row for row in rows if row]
    if not said:
        return "<dt>bits</dt><dd>all true that OMS knows</dd>"
    more = f"<dt></dt><dd>and {len(said) - _MOST} more</dd>" if len(said) > _MOST else ""
    return "".join(said[:_MOST]) + more


def _row(column: ColumnStrip, looked_at: LumiSet) -> str:
    """What is not well in a column: everything but GOOD, and bits that are false."""
    kind, name = column.column.kind, column.column.name
    if kind is ColumnKind.BIT and name not in SUBSYSTEM_OF_BIT:
        return ""
    quiet = Status.GOOD if kind is ColumnKind.FLAG else Bit.TRUE
    found: dict[str, int] = {}
    for said in column.segments:
        if isinstance(said.value, Status | Bit) and said.value is not quiet and said.value is not Bit.NULL:
            word = said.value.word if isinstance(said.value, Status) else "false"
            found[word] = found.get(word, 0) + len(looked_at & LumiSet.of([said.range]))
    text = ", ".join(f"{word} {n:,}" for word, n in found.items() if n)
    label = str(column.column) if kind is ColumnKind.FLAG else name.removesuffix("_ready")
    return f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" if text else ""
