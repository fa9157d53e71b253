"""Luminosity by day or by fill: one bar inside the other, from delivered to certified."""

from typing import Literal

import plotly.graph_objects as go
import polars as pl

from dashboard import look
from dashboard.figures.template import template
from dashboard.look import Theme

Step = Literal["delivered", "recorded", "dcs_good", "certified"]
STEP_NAMES: dict[Step, str] = {
    "delivered": "delivered",
    "recorded": "recorded",
    "dcs_good": "DCS-good",
    "certified": "certified",
}
"""The steps, each part of the one before, and how they are called."""

_COLUMNS = [f"{step}_per_pb" for step in STEP_NAMES]
_MOST_LABELS = 16
_PER_FB = 1000


def by_day(runs: pl.DataFrame) -> pl.DataFrame:
    """What began on each day of UTC; days between on which nothing began are there too, with nothing.

    Parameters
    ----------
    runs
        As ``backend.golden.standing.taken_and_kept`` gives them.

    Returns
    -------
    pl.DataFrame
        ``at str`` (``24 Oct``) ``· date date · runs u32``, and the four steps in /pb.
    """
    dated = runs.drop_nulls("start_time").with_columns(pl.col("start_time").dt.date().alias("date"))
    summed = dated.group_by("date").agg(pl.len().alias("runs"), pl.col(_COLUMNS).sum()).sort("date")
    whole = summed.upsample("date", every="1d").with_columns(pl.col("runs", *_COLUMNS).fill_null(0))
    return whole.select(pl.col("date").dt.strftime("%-d %b").alias("at"), "date", "runs", *_COLUMNS)


def by_fill(runs: pl.DataFrame) -> pl.DataFrame:
    """As :func:`by_day`, of each fill that delivered anything: ``at str`` is its number, ``fill_number i64``."""
    fills = runs.drop_nulls("fill_number").group_by("fill_number")
    summed = fills.agg(pl.len().alias("runs"), pl.col(_COLUMNS).sum()).filter(pl.col("delivered_per_pb") > 0)
    return summed.sort("fill_number").select(
        pl.col("fill_number").cast(pl.String).alias("at"), "fill_number", "runs", *_COLUMNS
    )


def steps_figure(data: pl.DataFrame, theme: Theme) -> go.Figure:
    """The bars; each names what was delivered on top, in /fb or, where there is little, in /pb."""
    most = data["delivered_per_pb"].max() or 0.0
    unit, divisor, digits = ("/fb", _PER_FB, 2) if isinstance(most, float) and most >= 100 else ("/pb", 1, 1)
    figure = go.Figure()
    for step, name in STEP_NAMES.items():
        values = [value / divisor for value in data[f"{step}_per_pb"]]
        labels = [f"{v:.{digits}f}" if v else "" for v in values] if step == "delivered" else None
        figure.add_trace(
            go.Bar(
                x=data["at"].to_list(), y=values, name=name, marker={"color": look.luminosity_colour(step, theme)},
                width=0.72, text=labels if data.height <= _MOST_LABELS else None, textposition="outside",
                textfont={"size": 10.5, "color": look.ui_colour("ink3", theme)}, cliponaxis=False,
                hovertemplate=f"<b>%{{y:,.3f}} {unit}</b> {name}<br>%{{x}}<extra></extra>",
            )
        )  # fmt: skip
    figure.update_layout(
        template=template(theme), barmode="overlay", showlegend=False, margin={"l": 44, "r": 12, "t": 22, "b": 28}
    )
    figure.update_xaxes(type="category", ticks="")
    figure.update_yaxes(rangemode="tozero", title={"text": unit})
    return figure
