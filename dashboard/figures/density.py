"""Very many runs as points: how many lie close together, by cells, and each of those that lie alone.

Tens of thousands of points hide one another, and take a browser seconds. So they are counted in cells; where a cell
holds few they are drawn themselves, for these are what one looks for. None is left out.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import polars as pl

from backend.queries.quantities import Quantity, Scale
from dashboard import look
from dashboard.figures.points import hover, kind_traces, laid_out, with_kind
from dashboard.figures.template import template
from dashboard.look import Theme

MOST_POINTS = 10_000
"""More runs than these are counted in cells."""

ACROSS, UP = 120, 56
"""So many cells; each is about as wide and high as two points."""

FEW = 3
"""So many runs of a cell, or fewer, are drawn themselves."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Runs by where they lie.

    Parameters
    ----------
    x, y
        The middles of the cells along the axes, as what is drawn: numbers or times.
    runs
        How many, row by row from below; NaN where the cell is empty or its runs are drawn themselves.
    words
        For each cell which kind most of them are.
    alone
        The runs of cells that hold few, with their kind.
    """

    x: pl.Series
    y: pl.Series
    runs: npt.NDArray[np.float64]
    words: npt.NDArray[np.object_]
    alone: pl.DataFrame


def is_dense(points: pl.DataFrame, *, y: Quantity, x: Quantity) -> bool:
    """Whether there are more points than are drawn one by one; words have no cells."""
    return points.height > MOST_POINTS and Scale.WORDS not in {x.scale, y.scale}


def in_cells(points: pl.DataFrame) -> Cells:
    """Points with both values, as ``backend.queries.exploring.runs_as_points`` gives them, in cells."""
    middle_x, column = _placed(points["x"], ACROSS)
    middle_y, row = _placed(points["y"], UP)
    placed = with_kind(points).with_columns(row.alias("row"), column.alias("column"))
    kinds = placed.group_by("row", "column", "kind").len().sort("len", "kind", descending=[True, False])
    cells = kinds.group_by("row", "column", maintain_order=True).agg(
        pl.col("len").sum().alias("runs"), pl.col("kind").first(), pl.col("len").first().alias("most")
    )
    dense = cells.filter(pl.col("runs") > FEW)
    runs, words = np.full((UP, ACROSS), np.nan), np.full((UP, ACROSS), "", object)
    at = dense["row"].to_numpy(), dense["column"].to_numpy()
    runs[at] = dense["runs"].to_numpy()
    share = pl.format("{}% {}", (pl.col("most") * 100 / pl.col("runs")).round().cast(pl.Int64), pl.col("kind"))
    words[at] = dense.select(share).to_series().to_numpy()
    alone = placed.join(dense, on=["row", "column"], how="anti").drop("row", "column")
    return Cells(middle_x, middle_y, runs, words, alone)


def density_figure(points: pl.DataFrame, *, y: Quantity, x: Quantity, theme: Theme) -> go.Figure:
    """The cells and the runs that lie alone; these carry their run, as in ``points_figure``."""
    cells = in_cells(points.drop_nulls(["x", "y"]))
    has_kinds = points["colour"].drop_nulls().n_unique() > 0
    of_axes = f"{hover('x', x)}<br>{hover('y', y)}"
    most = max(int(np.nanmax(cells.runs, initial=0)), FEW + 1)
    ticks = [n for n in (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000) if n <= most]
    figure = go.Figure(
        go.Heatmap(
            x=cells.x.to_numpy(), y=cells.y.to_numpy(), z=np.log10(cells.runs).astype(np.float32),
            zmin=np.log10(FEW + 1), zmax=np.log10(most), colorscale=_scale(theme), hoverongaps=False,
            customdata=np.nan_to_num(cells.runs).astype(np.int32), text=cells.words if has_kinds else None,
            hovertemplate=f"<b>%{{customdata:,}} runs</b> {'%{text}' if has_kinds else ''}"
            f"<br>around {of_axes}<extra></extra>",
            colorbar={
                "title": {"text": "runs"}, "tickvals": np.log10(ticks).tolist(), "ticktext": [f"{n:,}" for n in ticks],
                "thickness": 12, "outlinewidth": 0, "ticks": "", "len": 1,
            },
        )
    )  # fmt: skip
    figure.add_traces(kind_traces(cells.alone, theme, of_axes=of_axes))
    figure.update_layout(template=template(theme), showlegend=has_kinds)
    return laid_out(figure, y=y, x=x)


def _placed(values: pl.Series, cells: int) -> tuple[pl.Series, pl.Series]:
    """The middles of the cells along an axis, and for each value the cell in which it lies."""
    is_time = isinstance(values.dtype, pl.Datetime)
    numbers = (values.dt.epoch("ms") if is_time else values).cast(pl.Float64)
    low, high = float(numbers.min() or 0), float(numbers.max() or 0)  # type: ignore[arg-type]  # they are numbers
    width = (high - low) / cells or 1.0
    at = ((numbers - low) / width).floor().clip(0, cells - 1).cast(pl.Int64)
    middles = pl.Series(low + (np.arange(cells) + 0.5) * width)
    return middles.cast(pl.Int64).cast(pl.Datetime("ms", "UTC")) if is_time else middles, at


def _scale(theme: Theme) -> list[tuple[float, str]]:
    """From quiet to strong, in the blues of the luminosity."""
    steps = (look.luminosity_colour(step, theme) for step in ("delivered", "recorded", "dcs_good", "certified"))
    return [(at / 3, colour) for at, colour in enumerate(steps)]
