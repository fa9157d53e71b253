"""Luminosity as it grew, from delivered to certified, with the eras behind it; and how well each fill did."""

from typing import Literal

import plotly.graph_objects as go
import polars as pl

from backend.golden.progress import STEPS, Along, cumulative, eras
from dashboard import look
from dashboard.figures.template import faint, template
from dashboard.look import Theme

Step = Literal["delivered", "recorded", "dcs_good", "certified"]

_NAMES: dict[Step, str] = {
    "delivered": "Delivered",
    "recorded": "Recorded",
    "dcs_good": "DCS-good",
    "certified": "Certified",
}
_PER_FB = 1000
_APART = 0.055
"""How far end labels stand apart at least, in parts of the axis."""
_SHARES: dict[str, tuple[str, Step]] = {
    "data_taking": ("data taking", "recorded"),
    "dcs_good": ("DCS-good", "dcs_good"),
    "certification": ("certification", "certified"),
}


def cumulative_data(runs: pl.DataFrame, along: Along) -> pl.DataFrame:
    """What the curves show: ``at · run_number · era``, and the four steps, added up, in /fb (``…_per_fb``).

    Parameters
    ----------
    runs
        As ``backend.golden.progress.progress`` gives them.
    """
    steps = [(pl.col(step) / _PER_FB).alias(step.replace("_per_pb", "_per_fb")) for step in STEPS]
    return cumulative(runs, along).select("at", "run_number", "era", *steps)


def cumulative_figure(runs: pl.DataFrame, along: Along, theme: Theme) -> go.Figure:
    """The four curves, each named with its sum at its end; bands are eras."""
    shown = cumulative_data(runs, along)
    figure = go.Figure()
    for step, name in _NAMES.items():
        colour = look.luminosity_colour(step, theme)
        figure.add_trace(
            go.Scatter(
                x=shown["at"].to_list(), y=shown[f"{step}_per_fb"].to_list(), name=name, mode="lines",
                line={"shape": "hv", "color": colour, "width": 2 if step == "certified" else 1.5},
                fill="tozeroy" if step == "certified" else None, fillcolor=faint(colour, 0.1),
                customdata=shown["run_number"].to_list(),
                hovertemplate=f"<b>%{{y:,.3f}} /fb</b> {name}<br>run %{{customdata}}<extra></extra>",
            )
        )  # fmt: skip
    _draw_eras(figure, eras(shown), theme)
    _name_ends(figure, shown, theme)
    figure.update_layout(template=template(theme), showlegend=False, margin={"l": 44, "r": 132, "t": 24, "b": 36})
    figure.update_yaxes(rangemode="tozero", title={"text": "/fb"})
    figure.update_xaxes(tickformat=None if along is Along.TIME else "d", title={"text": _AXIS[along]})
    return figure


def fills_data(fills: pl.DataFrame) -> pl.DataFrame:
    """What the points show: ``fill_number · era · recorded_per_pb · data_taking · dcs_good · certification``, 0 to 1.

    Parameters
    ----------
    fills
        As ``backend.golden.progress.by_fill`` gives them.
    """
    return fills.select("fill_number", "era", "recorded_per_pb", *_SHARES)


def fills_figure(fills: pl.DataFrame, theme: Theme) -> go.Figure:
    """The efficiencies of each fill; the area of a point is the luminosity that was recorded.

    Parameters
    ----------
    fills
        As ``backend.golden.progress.by_fill`` gives them.
    """
    shown, figure = fills_data(fills), go.Figure()
    most = shown["recorded_per_pb"].max() or 1
    sizes = (3 + 9 * (shown["recorded_per_pb"] / most).sqrt()).to_list()
    for share, (name, step) in _SHARES.items():
        figure.add_trace(
            go.Scatter(
                x=shown["fill_number"].to_list(), y=shown[share].to_list(), name=name, mode="markers",
                marker={"color": look.luminosity_colour(step, theme), "size": sizes, "line": {"width": 0}},
                customdata=shown["recorded_per_pb"].to_list(),
                hovertemplate=f"<b>%{{y:.1%}}</b> {name}<br>fill %{{x}}: %{{customdata:,.1f}} /pb<extra></extra>",
            )
        )  # fmt: skip
    bands = shown.drop_nulls("era").group_by("era", maintain_order=True)
    ends = bands.agg(pl.col("fill_number").min().alias("first"), pl.col("fill_number").max().alias("last"))
    _draw_eras(figure, ends, theme)
    figure.update_layout(template=template(theme), margin={"l": 48, "r": 16, "t": 40, "b": 36}, legend={"y": 1.04})
    figure.update_yaxes(tickformat=".0%", range=[0, 1.1])
    figure.update_xaxes(tickformat="d", title={"text": "fill"})
    return figure


_AXIS = {Along.TIME: "", Along.FILL: "fill", Along.RUN: "run"}


def _draw_eras(figure: go.Figure, bands: pl.DataFrame, theme: Theme) -> None:
    """Every era as a band behind the curves, with its name on top."""
    for era, first, last in bands.select("era", "first", "last").iter_rows():
        figure.add_shape(
            type="rect", xref="x", yref="paper", x0=first, x1=last, y0=0, y1=1, layer="below",
            fillcolor=look.ui_colour("sunken", theme), line={"width": 0},
        )  # fmt: skip
        figure.add_annotation(
            x=first, xref="x", y=1, yref="paper", text=f"<b>{era}</b>", showarrow=False, xanchor="left",
            yanchor="top", font={"size": 11, "color": look.ui_colour("ink3", theme)},
        )  # fmt: skip


def _name_ends(figure: go.Figure, shown: pl.DataFrame, theme: Theme) -> None:
    """The sum and name of each curve beside its end, moved apart where the curves end close together."""
    if not len(shown):
        return
    top = shown["delivered_per_fb"][-1] or 1
    ends = {step: shown[f"{step}_per_fb"][-1] for step in _NAMES}
    places = label_places([end / top for end in ends.values()])
    for (step, end), place in zip(ends.items(), places, strict=True):
        figure.add_annotation(
            x=1, xref="paper", y=place * top, yref="y", xanchor="left", xshift=8, showarrow=False,
            text=f"<span style='color:{look.luminosity_colour(step, theme)}'>▬</span> <b>{end:,.2f}</b> {_NAMES[step]}",
            font={"size": 12, "color": look.ui_colour("ink", theme)},
        )  # fmt: skip


def label_places(wanted: list[float]) -> list[float]:
    """Where labels stand that want to stand there, from the top down, no two closer than they can be read."""
    places: list[float] = []
    for place in wanted:
        places.append(min(place, places[-1] - _APART) if places else place)
    return places
