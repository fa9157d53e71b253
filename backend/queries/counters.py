"""The figures above a table of runs: how many match, how many are open, how much luminosity they hold."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from backend.queries.columns import columns_catalogue
from backend.queries.filter_sql import RUN, runs_and_online
from backend.queries.filters import EVERYTHING, Filter
from backend.queries.live import latest_change
from backend.queries.runs import keep_total, runs_where
from backend.queries.totals import Counting
from models.vocabulary import RunState


@dataclass(frozen=True, slots=True)
class Counters:
    """Of the runs that match: their number, how many are open and since when the oldest, how many OMS changed after
    sign-off, lumisections and luminosity in /pb; and how many runs there are in all."""

    runs: int
    open: int
    oldest_open: datetime | None
    changed_after_signoff: int
    running: int
    significant: int
    lumisections: int
    delivered_per_pb: float
    recorded_per_pb: float
    of_runs: int


_COUNTED: Counting[Counters] = Counting()


def counters(session: Session, filter: Filter = EVERYTHING) -> Counters:
    """The figures of the runs that a filter lets through, counted once for each state of the registry.

    Raises
    ------
    InvalidFilter
        If the filter cannot be.
    """
    latest = latest_change(session)
    known = _COUNTED.at(session, latest)
    found = known.of(filter)
    if found is None:
        found = _count(session, filter)
        known.keep(filter, found)
        keep_total(session, filter, found.runs, latest=latest)
    return found


def _count(session: Session, filter: Filter) -> Counters:
    is_open = RUN.c.state == RunState.OPEN
    figures = {
        "runs": func.count(),
        "open": func.count().filter(is_open),
        "oldest_open": func.min(RUN.c.start_time).filter(is_open),
        "changed_after_signoff": func.count(RUN.c.proposed_by),
        "running": func.count().filter(RUN.c.end_time.is_(None)),
        "significant": func.count().filter(RUN.c.is_significant),
        "lumisections": func.coalesce(func.sum(RUN.c.lumisections), 0),
        "delivered_per_pb": func.coalesce(func.sum(RUN.c.delivered_per_pb), 0.0),
        "recorded_per_pb": func.coalesce(func.sum(RUN.c.recorded_per_pb), 0.0),
        "of_runs": select(func.count()).select_from(RUN).scalar_subquery(),
    }
    selected = select(*(figures[field.name].label(field.name) for field in fields(Counters)))
    matching = selected.select_from(runs_and_online()).where(runs_where(filter, columns_catalogue(session)))
    return Counters(*session.execute(matching).one())
