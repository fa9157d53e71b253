"""Runs as points: two quantities of every run that a filter lets through, and how one goes with the DCS bits."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Double, Select, cast, select
from sqlmodel import Session

from backend.db import bulk
from backend.errors import InvalidFilter
from backend.queries.columns import ColumnsCatalogue, columns_catalogue
from backend.queries.filter_sql import BRIEF, DATASET, RUN, runs_and_online
from backend.queries.filters import EVERYTHING, Filter
from backend.queries.quantities import NOTHING, Quantity, Scale, column_of
from backend.queries.runs import runs_where
from models.attributes import bit_position
from models.vocabulary import DCS_BITS, Bit

_POINTS: dict[str, pl.DataType] = {
    "run_number": pl.Int64(),
    "fill_number": pl.Int64(),
    "start_time": pl.Datetime("us", "UTC"),
    "run_class": pl.String(),
    "lumisections": pl.Int64(),
}
_TYPES: dict[Scale, pl.DataType] = {
    Scale.NUMBER: pl.Float64(),
    Scale.SHARE: pl.Float64(),
    Scale.TIME: pl.Datetime("us", "UTC"),
    Scale.WORDS: pl.String(),
}
_BITS: dict[str, pl.DataType] = {
    "bit": pl.String(),
    "correlation": pl.Float64(),
    "mean_all_true": pl.Float64(),
    "mean_some_false": pl.Float64(),
    "runs_all_true": pl.Int64(),
    "runs_some_false": pl.Int64(),
}


def runs_as_points(
    session: Session, *, y: Quantity, x: Quantity, colour: Quantity | None = None, filter: Filter = EVERYTHING
) -> pl.DataFrame:
    """Every run that a filter lets through as a point, by run; of what a run has not, null.

    Returns
    -------
    pl.DataFrame
        ``run_number i64 · fill_number i64 · start_time datetime (UTC) · run_class str · lumisections i64``, and
        ``x`` and ``y`` (f64, datetime or str, as their scale is) and ``colour str``.

    Raises
    ------
    InvalidFilter
        If the filter cannot be.
    """
    catalogue = columns_catalogue(session)
    asked = {"x": x, "y": y}
    columns: list[ColumnElement[Any]] = [RUN.c[name] for name in _POINTS]
    columns += [column_of(quantity, catalogue).label(name) for name, quantity in asked.items()]
    columns.append((NOTHING if colour is None else column_of(colour, catalogue)).label("colour"))
    needs_counts = any(quantity.of is not None for quantity in (x, y, colour) if quantity is not None)
    found = _over(columns, filter, catalogue, with_counts=needs_counts)
    frame = bulk(session.get_bind(), found.order_by(RUN.c.run_number))  # type: ignore[arg-type]  # sessions are bound to engines
    types = {**_POINTS, **{name: _TYPES[quantity.scale] for name, quantity in asked.items()}, "colour": pl.String()}
    return frame.select(pl.col(name).cast(type_) for name, type_ in types.items())


def by_dcs_bits(session: Session, *, y: Quantity, filter: Filter = EVERYTHING) -> pl.DataFrame:
    """How a quantity goes with each DCS bit over the runs that a filter lets through.

    Returns
    -------
    pl.DataFrame
        ``bit str · correlation f64`` (Pearson's, of the quantity with the share of lumisections in which the bit is
        false; null where the bit or the quantity never differs) ``· mean_all_true f64 · mean_some_false f64`` (the mean
        of the quantity in runs in which the bit was never false, and in those in which it was) ``· runs_all_true i64 ·
        runs_some_false i64``; in the order of the DCS bits.

    Raises
    ------
    InvalidFilter
        If the filter cannot be, or the quantity is no number.
    """
    if y.scale in {Scale.WORDS, Scale.TIME}:
        raise InvalidFilter(f"{y.label} is no number: it cannot be correlated with DCS bits.")
    catalogue = columns_catalogue(session)
    ids = {column.name: column.id for column in catalogue.columns if column.name in DCS_BITS}
    value = cast(column_of(y, catalogue), Double).label("value")
    columns = [value, DATASET.c.bits, cast(DATASET.c.lumisections, Double).label("known")]
    asked = _over(columns, filter, catalogue, with_counts=True).where(DATASET.c.lumisections > 0)
    rows = bulk(session.get_bind(), asked).drop_nulls("value")  # type: ignore[arg-type]  # as above
    found = rows.select(_of_bit(bit, ids[bit]) for bit in DCS_BITS if bit in ids)
    return pl.DataFrame([(name, *found[name][0].values()) for name in found.columns], schema=_BITS, orient="row")


def _of_bit(bit: str, column: int) -> pl.Expr:
    """What is told of a bit, as a struct in the order of the columns; a column of a run without bits is never false."""
    at = bit_position(column, Bit.FALSE) - 1
    false = pl.col("bits").list.get(at, null_on_oob=True).fill_null(0).cast(pl.Float64)
    value, never, ever = pl.col("value"), false == 0, false > 0
    return pl.struct(
        correlation=pl.corr(value, false / pl.col("known")).fill_nan(None),
        mean_all_true=value.filter(never).mean(),
        mean_some_false=value.filter(ever).mean(),
        runs_all_true=never.sum().cast(pl.Int64),
        runs_some_false=ever.sum().cast(pl.Int64),
    ).alias(bit)


def _over(
    columns: Sequence[ColumnElement[Any]], filter: Filter, catalogue: ColumnsCatalogue, *, with_counts: bool
) -> Select[Any]:
    """The columns of the runs that a filter lets through; counts stand in a table of their own, read if needed."""
    joined = runs_and_online()
    if with_counts:
        joined = joined.outerjoin(DATASET, DATASET.c.id == BRIEF.c.id)
    return select(*columns).select_from(joined).where(runs_where(filter, catalogue))
