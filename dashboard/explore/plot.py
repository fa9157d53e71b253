"""The figure, and which runs somebody chose in it: a click on a point opens the run, a box or a lasso chooses many."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboard import look
from dashboard.explore.area import Area, area_of_box
from dashboard.explore.asked import DISTRIBUTION, POINTS, Asked
from dashboard.figures.bits import bits_figure
from dashboard.figures.density import density_figure, is_dense
from dashboard.figures.points import distribution_data, distribution_figure, points_figure

_HEIGHT = 560


@dataclass(frozen=True, slots=True)
class Chosen:
    """The runs that were chosen, and whether that was by a click on one point; the area, if points were counted."""

    runs: tuple[int, ...] = ()
    is_click: bool = False
    area: Area | None = None


def figure_of(asked: Asked, data: pl.DataFrame) -> go.Figure:
    """The figure that is asked for."""
    theme = look.current_theme()
    if asked.plot == POINTS:
        drawn = density_figure if is_counted(asked, data) else points_figure
        return drawn(data, y=asked.y, x=asked.x, theme=theme).update_layout(height=_HEIGHT)
    if asked.plot == DISTRIBUTION:
        return distribution_figure(data, y=asked.y, theme=theme).update_layout(height=_HEIGHT)
    return bits_figure(data, theme)


def is_counted(asked: Asked, data: pl.DataFrame) -> bool:
    """Whether there are so many points that they are counted in cells."""
    return asked.plot == POINTS and is_dense(data.drop_nulls(["x", "y"]), y=asked.y, x=asked.x)


def shown_data(asked: Asked, data: pl.DataFrame) -> pl.DataFrame:
    """What the figure shows, as a table."""
    return distribution_data(data) if asked.plot == DISTRIBUTION else data


def draw(asked: Asked, data: pl.DataFrame, figure: go.Figure, *, camera: str) -> Chosen:
    """Draw it, and give what was chosen in it. The camera over it gives a PNG or SVG."""
    counted = is_counted(asked, data)
    modes: tuple[Literal["points", "box", "lasso"], ...] = ("points",)
    if asked.plot == POINTS:
        modes = ("points", "box") if counted else ("points", "box", "lasso")
    said: Any = st.plotly_chart(
        figure,
        theme=None,
        key=f"explore-{blake2b(repr(asked).encode(), digest_size=6).hexdigest()}",
        on_select="rerun",
        selection_mode=modes,
        config={
            "displaylogo": False,
            "displayModeBar": True,
            "scrollZoom": asked.plot == POINTS,
            "modeBarButtonsToRemove": ["autoScale2d", "zoomIn2d", "zoomOut2d"],
            "toImageButtonOptions": {"format": camera, "filename": file_name(asked), "scale": 2},
        },
    )
    selection = getattr(said, "selection", None) or {}
    points = list(selection.get("points") or ())
    if counted and (boxes := selection.get("box")):
        area = area_of_box(boxes[0], y=asked.y, x=asked.x)
        return Chosen(tuple(sorted(area.of(data)["run_number"])), area=area)
    if asked.plot == POINTS:
        is_click = len(points) == 1 and not selection.get("box") and not selection.get("lasso")
        return Chosen(_numbers(points), is_click)
    return Chosen(_in_bars(points, data)) if asked.plot == DISTRIBUTION else Chosen()


def file_name(asked: Asked) -> str:
    """How files of this figure are called."""
    against = f"-against-{asked.x.text}" if asked.plot == POINTS else f"-{asked.plot}"
    return f"{asked.y.text}{against}".replace(" ", "-").replace(".", "-").lower()


def _numbers(points: Sequence[dict[str, Any]]) -> tuple[int, ...]:
    """The runs that the points carry: their places mean nothing once the figure has changed."""
    carried = (point.get("customdata") for point in points)
    numbers = (value[0] if isinstance(value, list) else value for value in carried)
    return tuple(sorted({int(number) for number in numbers if number is not None}))


def _in_bars(points: Sequence[dict[str, Any]], data: pl.DataFrame) -> tuple[int, ...]:
    """The runs of the kind that lie in the bars that were clicked."""
    bars = distribution_data(data)
    edges = {tuple(map(str, point.get("customdata") or ())) for point in points}
    found: set[int] = set()
    for low, high in {(row["low"], row["high"]) for row in bars.iter_rows(named=True)}:
        if (str(low), str(high)) in edges:
            is_in = pl.col("y") == low if isinstance(low, str) else pl.col("y").is_between(low, high)
            found |= set(data.filter(is_in)["run_number"])
    return tuple(sorted(found))
