"""A part of the figure: the runs that lie in it are chosen, or drawn alone so that one looks closer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from backend.errors import InvalidFilter
from backend.queries.quantities import Quantity, Scale

Edge = float | datetime


@dataclass(frozen=True, slots=True)
class Area:
    """From where to where along both axes, ends included."""

    x: tuple[Edge, Edge]
    y: tuple[Edge, Edge]

    def of(self, points: pl.DataFrame) -> pl.DataFrame:
        """The points that lie in it."""
        return points.filter(pl.col("x").is_between(*self.x), pl.col("y").is_between(*self.y))

    def written(self, *, y: Quantity, x: Quantity) -> str:
        """As the address holds it."""
        edges = ",".join(e.isoformat() if isinstance(e, datetime) else repr(e) for e in (*self.x, *self.y))
        return f"{x.text},{y.text},{edges}"


def area_of_box(box: Any, *, y: Quantity, x: Quantity) -> Area:
    """What somebody dragged open in the figure, as plotly tells it."""
    return Area(_edges(box["x"], x), _edges(box["y"], y))


def read_area(text: str, *, y: Quantity, x: Quantity) -> Area | None:
    """What the address holds; none if it is of other axes than are drawn.

    Raises
    ------
    InvalidFilter
        If it is no area.
    """
    if not text:
        return None
    of_x, of_y, *edges = (*text.split(","), "")
    if (of_x, of_y) != (x.text, y.text):
        return None
    try:
        x0, x1, y0, y1, _ = edges
        return Area(_edges((x0, x1), x), _edges((y0, y1), y))
    except ValueError as error:
        raise InvalidFilter(f"{text!r:.80} is no part of the figure: it has two values for each axis.") from error


def _edges(values: Iterable[Any], of: Quantity) -> tuple[Edge, Edge]:
    low, high = sorted(_moment(str(value)) if of.scale is Scale.TIME else float(value) for value in values)
    return low, high


def _moment(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
