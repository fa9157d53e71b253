"""The losses that cost most in the last days, each told once: in the field's colours, with the run that lost most."""

from html import escape

import polars as pl
import streamlit as st

from dashboard import look
from dashboard.overview.data import DAYS, Year, of_days
from dashboard.overview.standing import Answer
from dashboard.overview.words import heading, link

_MOST = 8


def losses_card(year: Year | None, answer: Answer | None) -> None:
    """Draw it."""
    lost, beside = _lost(year, answer)
    head = heading("Losses that cost most", beside, link("golden", "All"))
    if lost is None or not lost.height:
        why = "Nothing was lost." if lost is not None else _why_none(answer)
        st.html(f'<div class="ov-card">{head}<div class="ov-quiet">{escape(why)}</div></div>')
        return
    total = float(lost["recorded_per_pb"].sum())
    shown = lost.head(_MOST)
    reach = float(shown["recorded_per_pb"][0]) or 1.0
    rows = "".join(_row(row, reach) for row in shown.iter_rows(named=True))
    alone = total - float(lost.filter(pl.col("category") == "Mixed")["recorded_per_pb"].sum())
    foot = f"{alone:,.1f} of {total:,.1f} /pb lost belong to one alone"
    st.html(
        f'<div class="ov-card">{head}<div class="ov-losses">{rows}</div><div class="ov-foot">{escape(foot)}</div></div>'
    )


def _lost(year: Year | None, answer: Answer | None) -> tuple[pl.DataFrame | None, str]:
    """What was lost by category in the last days, the most first, and the words for when."""
    if year is None or answer is None or answer.standing is None or not answer.is_whole:
        return None, ""
    since = of_days(year.taken, year.until)
    of_all = answer.standing.lost
    lately = of_all.filter(pl.col("run_number").is_in(since["run_number"].implode()))
    return _by_category(lately), f"/pb, {DAYS} days"


def _by_category(lost: pl.DataFrame) -> pl.DataFrame:
    """``category · recorded_per_pb · lumisections · runs · worst`` (the run that lost most), the greatest first."""
    worst = pl.col("run_number").sort_by("recorded_per_pb", "lumisections").last().alias("worst")
    grouped = lost.group_by("category").agg(
        pl.col("recorded_per_pb", "lumisections").sum(), pl.col("run_number").n_unique().alias("runs"), worst
    )
    return grouped.sort("recorded_per_pb", "lumisections", descending=True)


def _row(row: dict[str, object], reach: float) -> str:
    category, lost, runs = str(row["category"]), float(str(row["recorded_per_pb"])), int(str(row["runs"]))
    run = link("run", str(row["worst"]), run=str(row["worst"]))
    where = f"run {run}" if runs == 1 else f"{runs:,} runs, most in {run}"
    return (
        f'<div class="ov-loss"><span>{escape(category)}</span>'
        f'<i><b style="width:{lost / reach:.1%};background:{look.loss_colour(category)}"></b></i>'
        f"<strong>{lost:,.1f}</strong><em>{where}, {int(str(row['lumisections'])):,} LS</em></div>"
    )


def _why_none(answer: Answer | None) -> str:
    if answer is None:
        return "There is no recipe called golden of which a dataset is asked."
    return answer.why_not or "What was lost is being added up …"
