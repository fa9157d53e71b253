"""A page with nothing but the quality grid on invented runs; the browser tests drive it and read what it was told.

Query parameters choose the case: ``rows`` and ``columns`` (how many), ``selected``, ``sort``, ``height`` (px or
``fill``), ``live`` (the page runs again every second), ``dialog`` (in one), ``slow`` (ms before the grid is read, and
may be stopped then).
"""

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import streamlit as st

from dashboard.components.quality_grid import (
    AttributeColumn,
    CellNote,
    GridEvent,
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


def show() -> None:
    """The controls, the grid, and what the grid said, as JSON."""
    asked = st.query_params
    columns = [*ATTRIBUTES, *quality_columns(int(asked.get("columns", "24")))]
    left, right, rest = st.columns([1, 1, 6])
    only = left.number_input("From run", value=0, key="only")
    right.button("Run again")
    time.sleep(int(asked.get("slow", "0")) / 1000)
    rest.empty()
    event = event_of(KEY, columns)
    if event.sort:
        asked["sort"] = f"{event.sort[0]}:{'desc' if event.sort[1] else 'asc'}"
    if event.selected:
        asked["selected"] = event.selected
    for name in ("ticked", "picked"):
        if getattr(event, name) is not None:
            st.session_state[name] = getattr(event, name)
    sort_name, _, direction = asked.get("sort", "run:desc").partition(":")
    rows = sorted_rows(columns, only=only, sort=(sort_name, direction == "desc"))
    said = quality_grid(
        columns=columns,
        rows=rows,
        key=KEY,
        selected=asked.get("selected"),
        ticked=st.session_state.get("ticked", frozenset()),
        picked=st.session_state.get("picked", frozenset()),
        sort=(sort_name, direction == "desc"),
        shown=f"Rows 1–{len(rows)} of 412",
        height=None if asked.get("height") == "fill" else int(asked.get("height", "640")),
        hover=notes,
        note_action="Mark significant",
        empty="No run from this one up.",
    )
    tell(said)


def sorted_rows(columns: list[AttributeColumn | QualityColumn], *, only: int, sort: tuple[str, bool]) -> list[GridRow]:
    """The runs from this one up, as a server would sort them."""
    quality = [column for column in columns if isinstance(column, QualityColumn)]
    numbers = [FIRST_RUN - step for step in range(int(st.query_params.get("rows", "40")))]
    rows = [invented_row(number, quality) for number in numbers if number >= only]
    name, descending = sort
    return sorted(rows, key=lambda row: row.attributes[name], reverse=descending)


def tell(said: GridEvent) -> None:
    """Print every event so far."""
    log = st.session_state.setdefault("log", [])
    if said != GridEvent():
        log.append({name: plain(value) for name, value in asdict(said).items()})
    st.session_state["turns"] = st.session_state.get("turns", 0) + 1
    kept = {name: plain(st.session_state.get(name, ())) for name in ("ticked", "picked")}
    st.code(json.dumps({"events": log, "turns": st.session_state["turns"], **kept}), language=None)


def plain(value: object) -> object:
    """The value as JSON takes it: sets sorted."""
    return sorted(value) if isinstance(value, frozenset) else value


st.set_page_config(page_title="Grid", layout="wide")
if "dialog" in st.query_params:
    st.dialog("Grid", width="large")(show)()
elif "live" in st.query_params:
    st.fragment(show, run_every=1)()
else:
    show()
