"""Data taking: the runs of a stretch of time with what they hold, for whoever adds up luminosity over days or fills."""

from datetime import UTC, datetime

import polars as pl
from sqlalchemy import func, select
from sqlmodel import Session

from backend.queries.filter_sql import RUN

_COLUMNS: dict[str, pl.DataType] = {
    "run_number": pl.Int64(),
    "fill_number": pl.Int64(),
    "run_class": pl.String(),
    "start_time": pl.Datetime("us", "UTC"),
    "lumisections": pl.Int64(),
    "delivered_per_pb": pl.Float64(),
    "recorded_per_pb": pl.Float64(),
}


def latest_start(session: Session) -> datetime | None:
    """When the run that began last began; none where there is no run."""
    found: datetime | None = session.execute(select(func.max(RUN.c.start_time))).scalar_one()
    return found


def year_of(moment: datetime) -> datetime:
    """When the year of data taking began that a moment lies in."""
    return datetime(moment.year, 1, 1, tzinfo=UTC)


def runs_taken(session: Session, since: datetime, until: datetime | None = None) -> pl.DataFrame:
    """The runs that began in a stretch of time; ``since`` counts, ``until`` does not.

    Returns
    -------
    pl.DataFrame
        ``run_number i64 · fill_number i64 · run_class str · start_time datetime (UTC) · lumisections i64 ·
        delivered_per_pb f64 · recorded_per_pb f64``, ascending by run; luminosity of which OMS says nothing is null.
    """
    asked = [RUN.c.start_time >= since] if until is None else [RUN.c.start_time >= since, RUN.c.start_time < until]
    rows = session.execute(select(*(RUN.c[name] for name in _COLUMNS)).where(*asked).order_by(RUN.c.run_number))
    return pl.DataFrame([tuple(row) for row in rows], schema=_COLUMNS, orient="row")
