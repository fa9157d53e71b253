"""Luminosity delivered, recorded, DCS-good and certified: by day, by fill, or as it grew over the year."""

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from backend.golden.progress import Along
from dashboard import look
from dashboard.figures.luminosity import cumulative_figure
from dashboard.figures.steps import STEP_NAMES, by_day, by_fill, steps_figure
from dashboard.golden.figure import csv_button, draw
from dashboard.overview.data import DAYS, Year, of_days
from dashboard.overview.standing import Answer

_DAYS, _FILLS, _YEAR = f"{DAYS} days", "Fills", "Year"
_MOST_FILLS = 24
_HEIGHT = 300


def luminosity_card(year: Year | None, steps: pl.DataFrame | None, answer: Answer | None) -> None:
    """Draw it; the choice lives in the address."""
    with st.container(key="ov-luminosity-head", horizontal=True, vertical_alignment="center"):
        st.html('<div class="ov-head"><h2>Luminosity</h2></div>', width="content")
        st.html(_legend(), width="content")
        st.space("stretch")
        shown = st.segmented_control(
            "Over",
            [_DAYS, _FILLS, _YEAR],
            key="over",
            bind="query-params",
            default=_DAYS,
            required=True,
            label_visibility="collapsed",
        )
        if year is None or steps is None or not steps.height:
            figure, data = None, None
        else:
            figure, data = _figure(str(shown), steps, year)
            csv_button(data, key=f"ov-luminosity-csv-{shown}", name=f"luminosity-{shown}".replace(" ", "-").lower())
    if figure is None or data is None or not data.height:
        st.html('<div class="ov-quiet ov-tall">No luminosity in this time.</div>')
    else:
        draw(figure, key=f"ov-luminosity-{shown}", name=f"luminosity-{shown}", height=_HEIGHT)
    st.html(f'<div class="ov-foot">{_efficiencies(str(shown), data, answer)}</div>')


def _figure(shown: str, steps: pl.DataFrame, year: Year) -> tuple[go.Figure, pl.DataFrame]:
    if shown == _YEAR:
        runs = steps.with_columns(
            pl.col("dcs_good_per_pb", "certified_per_pb").fill_null(0.0), era=pl.lit(None, pl.String)
        )
        return cumulative_figure(runs, Along.TIME, look.current_theme()), steps
    data = by_day(of_days(steps, year.until)) if shown == _DAYS else by_fill(steps).tail(_MOST_FILLS)
    return steps_figure(data, look.current_theme()), data


def _legend() -> str:
    said = "".join(
        f'<span><i style="background:var(--rr-luminosity-{css})"></i>{name}</span>' for name, css in _SWATCHES
    )
    return f'<div class="ov-legend">{said}</div>'


_SWATCHES = tuple((name, step.replace("_", "-")) for step, name in STEP_NAMES.items())


def _efficiencies(shown: str, data: pl.DataFrame | None, answer: Answer | None) -> str:
    if data is None or not data.height:
        return ""
    delivered, recorded, dcs_good, certified = (float(data[f"{step}_per_pb"].sum()) for step in STEP_NAMES)
    said = [("Data taking", recorded, delivered)]
    if answer is not None and answer.standing is not None and answer.is_whole:
        said += [("DCS-good", dcs_good, recorded), ("Certification", certified, recorded)]
    words = "".join(f"<span>{name} <b>{part / whole:.1%}</b></span>" for name, part, whole in said if whole)
    where = {_DAYS: f"in {DAYS} days", _FILLS: f"in {_MOST_FILLS} fills", _YEAR: "in the year"}[shown]
    by = f"<span>{where}{_by(answer)}</span>"
    return words + by


def _by(answer: Answer | None) -> str:
    if answer is None:
        return ""
    if answer.standing is None or not answer.is_whole:
        return f"; {answer.why_not or 'what is certified is being added up …'}"
    return f", by {answer.standing.recipe}, as of change set {answer.standing.as_of}"
