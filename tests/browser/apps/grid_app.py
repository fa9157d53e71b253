"""A page with nothing but the quality grid on invented runs; the browser tests drive it and read what it was told.

Query parameters choose the case: ``rows``, ``columns`` (how many), ``only`` (a filter: run numbers from this one up),
``selected``, ``sort``.
"""

import json
from datetime import UTC, datetime, timedelta

import streamlit as st

from dashboard.components.quality_grid import (
    AttributeColumn,
    CellNote,
    GridRow,
    QualityColumn,
    event_of,
    quality_grid,
)
from models.vocabulary import GOLDEN_2018_BITS, Bit, Status

FIRST_RUN = 325175
KEY = "runs"

ATTRIBUTES = (
    AttributeColumn("run", "Run", 58, "link", frozen=True),
    AttributeColumn("class", "Class", 106, "class", frozen=True),
    AttributeColumn("state", "State", 72, "state", frozen=True),
    AttributeColumn("started", "Started", 82, "time", frozen=True),
    AttributeColumn("lumisections", "LS", 44, "number", frozen=True),
)
COMPONENTS = {
    "cms": ("cms",),
    "lumi": ("lumi",),
    "tracker": (
        "pixel",
        "strip",
    ),
    "ecal": (
        "ecal",
        "es",
    ),
    "hcal": (
        "hcal",
        "hb",
        "he",
        "hf",
        "ho0",
        "ho12",
    ),
    "dt": ("dt",),
    "csc": ("csc",),
    "rpc": (
        "rpc",
        "hv",
        "lv",
    ),
    "gem": ("gem",),
    "l1t": (
        "l1t",
        "l1tcalo",
        "l1tmu",
    ),
    "hlt": ("hlt",),
    "ctpps": ("ctpps",),
    "castor": ("castor",),
}


def quality_columns(count: int) -> list[QualityColumn]:
    """The first so many of the components, then of the DCS bits."""
    flags = [
        QualityColumn(f"{group}-{label}", label, group) for group, labels in COMPONENTS.items() for label in labels
    ]
    lowlumi = QualityColumn("dc-lowlumi", "lowlumi", "dc", inverted=True)
    bits = [QualityColumn(f"oms-{bit}", bit.removesuffix("_ready"), "oms", "bit") for bit in GOLDEN_2018_BITS]
    return [*flags, lowlumi, *bits][:count]


def invented_row(number: int, columns: list[QualityColumn]) -> GridRow:
    """A run of which the quality follows from its number."""
    step = FIRST_RUN - number
    known = 2345 if step == 17 else 103 + (step * 397) % 1900
    counts: dict[str, dict[int, int]] = {}
    for at, column in enumerate(columns):
        counts[column.name] = _counts(column, known, mix=step * 31 + at * 17)
    if step == 17:
        counts["tracker-strip"] = {Status.BAD: 1, Status.GOOD: 2344}
    state = "OPEN" if step < 9 or step % 13 == 2 else "SIGNOFF" if step < 19 else "COMPLETED"
    is_significant = step % 11 != 4
    return GridRow(
        id=str(number),
        known=known,
        attributes={
            "run": number,
            "class": "Collisions18" if is_significant else "Commissioning18",
            "state": state,
            "started": datetime(2018, 10, 24, 9, 1, 12, tzinfo=UTC) - timedelta(minutes=211 * step),
            "lumisections": known,
        },
        counts=counts if is_significant else {},
        commented=frozenset({"tracker-strip"} if step % 17 == 0 else {"l1t-l1tcalo"} if step % 7 == 1 else ()),
        is_running=step == 0,
        is_significant=is_significant,
        changed_after_signoff=step in {10, 17},
    )


def _counts(column: QualityColumn, known: int, *, mix: int) -> dict[int, int]:
    if column.kind == "bit":
        return _bit_counts(known, mix=mix)
    if column.inverted:
        return {Status.BAD: known - 40, Status.GOOD: 40} if mix % 5 == 0 else {Status.BAD: known}
    if column.name == "castor-castor":
        return {Status.EXCLUDED: known}
    if column.name == "gem-gem" and mix % 3 == 0:
        return {Status.NOTSET: known}
    lost = _losses(column, known, mix=mix)
    return lost if Status.NO_VALUE_FOUND in lost else {**lost, Status.GOOD: known - sum(lost.values())}


def _bit_counts(known: int, *, mix: int) -> dict[int, int]:
    lost = (mix * 7) % 60 if mix % 9 == 0 else known if mix % 23 == 0 else 0
    return {} if mix % 29 == 0 else {Bit.TRUE: known - lost, Bit.FALSE: lost}


def _losses(column: QualityColumn, known: int, *, mix: int) -> dict[int, int]:
    if mix % 37 == 0:
        return {Status.NO_VALUE_FOUND: known - 3}
    if column.group in {"tracker", "dt", "csc", "rpc"} and mix % 4 == 0:
        return {Status.STANDBY: 38}
    if mix % 19 == 0:
        return {Status.BAD: 36, Status.STANDBY: 20}
    return {Status.NOTSET: 12} if mix % 41 == 0 else {}


def notes(row: str, column: str) -> list[CellNote]:
    """What was said in the cell, as the hover card shows it."""
    st.session_state["asked"] = [*st.session_state.get("asked", []), f"{row} {column}"]
    return [
        CellNote(
            "LS 969–1004", Status.BAD, "HV trip", "TEC+ group 4 <b>power</b> supply trip", "L. Moreau, 20 Oct 23:51"
        ),
        CellNote("LS 1–38", Status.STANDBY, "HV ramp", None, "rule v12"),
    ]


st.set_page_config(page_title="Grid", layout="wide")
asked = st.query_params
quality = quality_columns(int(asked.get("columns", "24")))
event = event_of(KEY)
if event.sort:
    asked["sort"] = f"{event.sort[0]}:{'desc' if event.sort[1] else 'asc'}"
if event.selected:
    asked["selected"] = event.selected
if event.ticked is not None:
    st.session_state["ticked"] = event.ticked
sort_name, _, direction = asked.get("sort", "run:desc").partition(":")

left, right, _ = st.columns([1, 1, 6])
only = left.number_input("From run", value=int(asked.get("only", "0")), key="only")
right.button("Run again")
numbers = [FIRST_RUN - step for step in range(int(asked.get("rows", "40"))) if FIRST_RUN - step >= only]
rows = [invented_row(number, quality) for number in numbers]
if sort_name in {"run", "lumisections"}:
    rows.sort(key=lambda row: row.attributes[sort_name], reverse=direction == "desc")
said = quality_grid(
    columns=[*ATTRIBUTES, *quality],
    rows=rows,
    key=KEY,
    selected=asked.get("selected"),
    ticked=st.session_state.get("ticked", frozenset()),
    sort=(sort_name, direction == "desc"),
    shown=f"Rows 1–{len(rows)} of 412",
    height=int(asked["height"]) if "height" in asked else 640,
    hover=notes,
    note_action="Mark significant",
    empty="No run from this one up.",
)
log = st.session_state.setdefault("log", [])
if any(value is not None for value in (said.selected, said.ticked, said.sort, said.opened, said.cell, said.acted)):
    log.append(
        {
            "selected": said.selected,
            "ticked": None if said.ticked is None else sorted(said.ticked),
            "sort": said.sort,
            "opened": said.opened,
            "cell": said.cell,
            "acted": said.acted,
        }
    )
st.code(json.dumps({"events": log, "ticked": sorted(st.session_state.get("ticked", ()))}), language=None)
