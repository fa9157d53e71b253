"""Runs as points, and their distribution: one quantity against another, coloured by kind, a symbol with each colour."""

from collections.abc import Iterator

import numpy as np
import plotly.graph_objects as go
import polars as pl

from backend.queries.quantities import Quantity, Scale
from dashboard import look
from dashboard.figures.template import template
from dashboard.look import Theme
from models.vocabulary import Status

MANY = 2_000
"""From so many points on they are drawn by the graphics card."""
BINS = 40
UNKNOWN = "not known"
OTHERS = "others"
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "circle-open")
_STATUSES = {status.word: status for status in Status}
_STATUS_SYMBOLS = {
    Status.GOOD: "circle",
    Status.BAD: "x",
    Status.STANDBY: "triangle-up",
    Status.EXCLUDED: "square",
    Status.NOTSET: "circle-open",
    Status.NO_VALUE_FOUND: "diamond",
}


def with_kind(points: pl.DataFrame) -> pl.DataFrame:
    """The points with ``kind str``: what they are coloured by; kinds beyond those that have a colour are *others*."""
    counted = points["colour"].drop_nulls().value_counts(sort=True)
    shown = counted["colour"].to_list()
    is_status = set(shown) <= set(_STATUSES)
    kept = shown if is_status else shown[: len(_SYMBOLS) - 1]
    colour = pl.col("colour")
    kind = (
        pl.when(colour.is_null()).then(pl.lit(UNKNOWN)).when(colour.is_in(kept)).then(colour).otherwise(pl.lit(OTHERS))
    )
    return points.with_columns(kind.alias("kind"))


def points_figure(points: pl.DataFrame, *, y: Quantity, x: Quantity, theme: Theme) -> go.Figure:
    """The points; every one carries its run, so that what is selected is known by number.

    Parameters
    ----------
    points
        As ``backend.queries.exploring.runs_as_points`` gives them.
    """
    figure = go.Figure()
    figure.add_traces(
        kind_traces(with_kind(points.drop_nulls(["x", "y"])), theme, of_axes=f"{hover('x', x)}<br>{hover('y', y)}")
    )
    figure.update_layout(template=template(theme), showlegend=points["colour"].drop_nulls().n_unique() > 0)
    return laid_out(figure, y=y, x=x)


def kind_traces(points: pl.DataFrame, theme: Theme, *, of_axes: str) -> list[go.Scatter | go.Scattergl]:
    """The points of each kind, as :func:`with_kind` gives them; ``of_axes`` is what is told of both under the mouse."""
    is_many = points.height > MANY
    drawn = go.Scattergl if is_many else go.Scatter
    return [
        drawn(
            x=_values(of_kind["x"]), y=_values(of_kind["y"]), mode="markers", name=name,
            customdata=of_kind["run_number"].to_numpy(),
            marker={"color": colour, "symbol": symbol, "size": 4 if is_many else 7, "opacity": 0.8},
            selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 0.2}},
            hovertemplate=f"<b>run %{{customdata}}</b> {name}<br>{of_axes}<extra></extra>",
        )
        for name, colour, symbol, of_kind in _kinds(points, theme)
    ]  # fmt: skip


def laid_out(figure: go.Figure, *, y: Quantity, x: Quantity) -> go.Figure:
    """The figure of points with its axes, legend and margins; a drag chooses."""
    figure.update_layout(
        margin={"l": 56, "r": 16, "t": 40, "b": 44}, legend={"y": 1.01, "itemsizing": "constant"},
        hovermode="closest", dragmode="select",
    )  # fmt: skip
    _axis(figure.update_xaxes, x)
    _axis(figure.update_yaxes, y)
    return figure


def distribution_data(points: pl.DataFrame) -> pl.DataFrame:
    """How many runs of each kind lie where: ``kind str · low · high · runs u32``; of words both are the word."""
    known = with_kind(points.drop_nulls("y"))
    values = known["y"]
    if not known.height:
        return pl.DataFrame(schema={"kind": pl.String, "low": pl.Float64, "high": pl.Float64, "runs": pl.UInt32})
    if values.dtype == pl.String:
        placed = known.with_columns(pl.col("y").alias("low"), pl.col("y").alias("high"))
    else:
        numbers = values.cast(pl.Float64) if values.dtype != pl.Datetime else values.dt.epoch("ms").cast(pl.Float64)
        edges = np.histogram_bin_edges(numbers.to_numpy(), BINS)
        at = np.clip(np.searchsorted(edges, numbers.to_numpy(), side="right") - 1, 0, len(edges) - 2)
        low, high = pl.Series("low", edges[at]), pl.Series("high", edges[at + 1])
        if values.dtype == pl.Datetime:
            low, high = (each.cast(pl.Int64).cast(pl.Datetime("ms", "UTC")) for each in (low, high))
        placed = known.with_columns(low, high)
    return placed.group_by("kind", "low", "high").agg(pl.len().alias("runs")).sort("kind", "low")


def distribution_figure(points: pl.DataFrame, *, y: Quantity, theme: Theme) -> go.Figure:
    """How many runs lie where, one kind upon the other; a bar carries where it begins and ends."""
    data, figure = distribution_data(points), go.Figure()
    for name, colour, _, of_kind in _kinds(data, theme):
        is_words = of_kind["low"].dtype == pl.String
        places = of_kind["low"] if is_words else of_kind["low"] + (of_kind["high"] - of_kind["low"]) / 2
        figure.add_trace(
            go.Bar(
                x=places.to_list(), y=of_kind["runs"].to_list(), name=name,
                marker={"color": colour, "line": {"width": 0}},
                customdata=[[str(low), str(high)] for low, high in of_kind.select("low", "high").iter_rows()],
                hovertemplate=f"<b>%{{y:,}} runs</b> {name}<br>{hover('x', y)}<extra></extra>",
            )
        )  # fmt: skip
    figure.update_layout(
        template=template(theme), barmode="stack", bargap=0.06, margin={"l": 56, "r": 16, "t": 40, "b": 44},
        legend={"y": 1.01}, showlegend=points["colour"].drop_nulls().n_unique() > 0,
    )  # fmt: skip
    _axis(figure.update_xaxes, y)
    figure.update_yaxes(title={"text": "runs"})
    return figure


def axis_title(of: Quantity) -> str:
    """The quantity with its unit."""
    return f"{of.label} ({of.unit})" if of.unit else of.label


def _kinds(frame: pl.DataFrame, theme: Theme) -> Iterator[tuple[str, str, str, pl.DataFrame]]:
    """(name, colour, symbol, rows) of each kind: statuses worst last, so that they lie on top; others by size."""
    names = frame["kind"].value_counts(sort=True)["kind"].to_list()
    free = iter(zip(look.category_colours(theme), _SYMBOLS, strict=False))
    for name in sorted(names, key=_from_below):
        if name in _STATUSES:
            colour, symbol = look.status_look(_STATUSES[name]).paint(theme).edge, _STATUS_SYMBOLS[_STATUSES[name]]
        elif name in {UNKNOWN, OTHERS}:
            colour, symbol = look.others_colour(), "circle-open"
        else:
            colour, symbol = next(free)
        yield name, colour, symbol, frame.filter(pl.col("kind") == name)


def _from_below(kind: str) -> int:
    """What is drawn first: what is not known, then kinds as they come, then statuses from GOOD to BAD."""
    if kind in {UNKNOWN, OTHERS}:
        return -1
    return len(look.draw_order()) - look.draw_order().index(look.token_of(_STATUSES[kind])) if kind in _STATUSES else 0


def _values(series: pl.Series) -> object:
    return series.to_list() if series.dtype == pl.String else series.to_numpy()


def hover(axis: str, of: Quantity) -> str:
    """What is told of an axis under the mouse, in plotly's words."""
    shown = {Scale.SHARE: ":.1%", Scale.NUMBER: ":,.6~g", Scale.TIME: "|%d %b %Y %H:%M", Scale.WORDS: ""}[of.scale]
    if of.text in {"run_number", "fill_number"}:
        shown = ":d"
    return f"{of.label} %{{{axis}{shown}}} {of.unit or ''}"


def _axis(update: object, of: Quantity) -> None:
    if not callable(update):
        raise TypeError(f"{update!r} does not change an axis")
    formats = {"tickformat": ".0%"} if of.scale is Scale.SHARE else {}
    if of.text in {"run_number", "fill_number"}:
        formats = {"tickformat": "d"}
    update(title={"text": axis_title(of)}, **formats)
