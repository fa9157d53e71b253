"""The runs that were chosen in the figure: their values, and the way to exactly these runs on Online."""

from html import escape

import polars as pl
import streamlit as st

from backend.queries import RUNS, Condition, Operator, format_filter
from dashboard.explore.asked import POINTS, Asked
from dashboard.explore.plot import Chosen, is_counted
from dashboard.golden.figure import csv_button
from dashboard.overview.words import link
from dashboard.session import to_address
from models.vocabulary import SECONDS_PER_LUMI

MOST = 500
"""So many runs fit into an address that every server takes."""
_LISTED = 60


def selected_card(asked: Asked, data: pl.DataFrame, chosen: Chosen) -> None:
    """Draw it; while nothing is chosen it says how one chooses."""
    if not chosen.runs:
        st.html(f'<div class="ov-quiet">{_how(asked, data)}</div>')
        return
    rows = data.filter(pl.col("run_number").is_in(chosen.runs))
    with st.container(key="explore-chosen-head", horizontal=True, vertical_alignment="center"):
        st.html(f'<div class="ov-head"><h2>{len(chosen.runs):,} runs chosen</h2></div>', width="content")
        st.space("stretch")
        if chosen.area is not None:
            closer = chosen.area.written(y=asked.y, x=asked.x)
            st.button("Look closer", key="explore-closer", on_click=to_address, kwargs={"within": closer})
        csv_button(rows, key="explore-chosen-csv", name="runs-chosen")
        st.html(_way(chosen.runs), width="content")
    st.html(_table(asked, rows.head(_LISTED), rows.height))


def filter_of(runs: tuple[int, ...]) -> str:
    """The filter that lets exactly these runs through."""
    return format_filter(Condition("run_number", Operator.IN, runs), RUNS)


def _how(asked: Asked, data: pl.DataFrame) -> str:
    """How one chooses in this figure."""
    if asked.plot != POINTS:
        return "Click a bar to choose its runs."
    if is_counted(asked, data):
        return "Drag a box to choose the runs in it and to look closer; click a point that lies alone to open its run."
    return "Click a point to open its run; drag a box or a lasso to choose several."


def _way(runs: tuple[int, ...]) -> str:
    """The link to these runs, or why there is none."""
    if len(runs) > MOST:
        return f'<span class="rr-label">Only {MOST} fit into an address: choose fewer, or filter</span>'
    return link("online", f"Show these {len(runs):,} on Online", css="rr-way", filter=filter_of(runs))


def _table(asked: Asked, rows: pl.DataFrame, of: int) -> str:
    cells = "".join(
        f'<tr><td class="n"><a href="run?run={row["run_number"]}" target="_self">{row["run_number"]}</a></td>'
        f'<td>{escape(row["run_class"] or "—")}</td><td class="r">{row["fill_number"] or "—"}</td>'
        f'<td class="r">{row["lumisections"]:,}</td><td class="r">{_hours(row["lumisections"])}</td>'
        f'<td class="r">{_value(row["y"])}</td></tr>'
        for row in rows.iter_rows(named=True)
    )
    heads = '<th>Run</th><th>Class</th><th class="r">Fill</th><th class="r">LS</th><th class="r">Length</th>'
    more = f'<div class="ov-foot">the first {rows.height} of {of:,}</div>' if of > rows.height else ""
    return f'<table class="gj-table"><tr>{heads}<th class="r">{escape(asked.y.label)}</th></tr>{cells}</table>{more}'


def _hours(lumisections: int) -> str:
    minutes = round(lumisections * SECONDS_PER_LUMI / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _value(value: object) -> str:
    return "—" if value is None else f"{value:,.5g}" if isinstance(value, float) else escape(str(value))
