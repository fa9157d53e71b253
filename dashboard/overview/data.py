"""What the Overview reads: what waits for a desk, the last runs, the year's data taking, and the acts lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
import streamlit as st

from backend.classify import Classifier, RecipeBody
from backend.queries import (
    Condition,
    Counters,
    DatasetCounters,
    Filter,
    Health,
    Operator,
    RunsPage,
    all_of,
    counters,
    dataset_counters,
    health,
    runs_page,
)
from backend.queries.cycles import CycleFacts, cycles
from backend.queries.dataset_counters import states_by_workspace
from backend.queries.golden_jsons import GoldenJsonFacts, golden_jsons
from backend.queries.live import latest_change
from backend.queries.log import LogPage, log_page
from backend.queries.taking import latest_start, runs_taken, year_of
from backend.settings import settings
from dashboard.data import reading
from dashboard.golden.data import default_recipe, recipes_now

RUNS_SHOWN = 50
TO_SIGN_OFF: Filter = all_of(
    (
        Condition("is_significant", Operator.IS, True),
        Condition("state", Operator.IS, "OPEN"),
        Condition("is_running", Operator.IS, False),
    )
)
"""The runs that the shift crew has to sign off: worth certifying, over, and not looked at yet."""

CHANGED: Filter = Condition("is_changed_after_signoff", Operator.IS, True)
"""The runs of which OMS says something else now than when they were signed off."""

_SECONDS = 10
_NAMED = 3
DAYS = 14
"""What is shown of *lately* is of so many days up to the last run."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many runs of a filter wait; the last of them by number."""

    figures: Counters
    last: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """The year of the last run: since when, until the last start, and its runs as ``runs_taken`` gives them."""

    since: datetime
    until: datetime
    taken: pl.DataFrame

    @property
    def runs(self) -> tuple[int, int]:
        """The first and the last run."""
        return int(self.taken["run_number"][0]), int(self.taken["run_number"][-1])


@st.cache_data(ttl=_SECONDS, show_spinner=False)
def waiting(asked: Filter) -> Waiting:
    """How many runs a filter lets through, and the last of them."""
    with reading() as session:
        rows = runs_page(session, filter=asked, limit=_NAMED, with_bits=False).rows
        return Waiting(counters(session, asked), tuple(run.run_number for run in rows))


@st.cache_data(ttl=_SECONDS, show_spinner=False)
def datasets_at(workspace: str) -> DatasetCounters:
    """How far a workspace is with its datasets."""
    with reading() as session:
        return dataset_counters(session, workspace=workspace)


@st.cache_data(ttl=_SECONDS, show_spinner=False)
def states_of(runs: tuple[int, ...]) -> dict[str, dict[str, int]]:
    """How far every workspace is with the datasets of these runs."""
    with reading() as session:
        return states_by_workspace(session, runs)


@st.cache_data(ttl=_SECONDS, show_spinner=False)
def pending(workspace: str) -> tuple[CycleFacts, ...]:
    """The cycles that a workspace has yet to complete, by deadline."""
    with reading() as session:
        return tuple(cycle for cycle in cycles(session, workspace) if cycle.is_pending(workspace))


def last_runs() -> RunsPage:
    """The runs of the heat map, the latest first."""
    return _last_runs(_now())


@st.cache_data(max_entries=4, show_spinner=False)
def _last_runs(change_set: int) -> RunsPage:
    with reading() as session:
        return runs_page(session, limit=RUNS_SHOWN, with_bits=False)


def year() -> Year | None:
    """The year of the last run; none where no run has begun."""
    return _year(_now())


@st.cache_data(max_entries=4, show_spinner=False)
def _year(change_set: int) -> Year | None:
    with reading() as session:
        until = latest_start(session)
        if until is None:
            return None
        return Year(year_of(until), until, runs_taken(session, year_of(until)))


def backend_now() -> Health:
    """What the backend last did."""
    with reading() as session:
        return health(session, settings())


@st.cache_data(ttl=_SECONDS, show_spinner=False)
def last_acts(limit: int) -> LogPage:
    """The last acts of all."""
    with reading() as session:
        return log_page(session, limit=limit)


@st.cache_data(ttl=_SECONDS, show_spinner=False)
def latest_json() -> GoldenJsonFacts | None:
    """The golden JSON that was made last, an official one before all others; none if none was."""
    with reading() as session:
        rows = golden_jsons(session, official=True, limit=1).rows or golden_jsons(session, limit=1).rows
    return rows[0] if rows else None


def recipe_now() -> Classifier[RecipeBody] | None:
    """The recipe that the year is judged by: of those called golden the last of which any dataset matches."""
    known = recipes_now()
    name = default_recipe(tuple((name, recipe.body.datasets) for name, recipe in known.items()))
    return known.get(name)


def of_days(frame: pl.DataFrame, until: datetime, days: int = DAYS) -> pl.DataFrame:
    """The runs of the last days up to the last start, whole days of UTC."""
    first = (until - timedelta(days=days - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return frame.filter(pl.col("start_time") >= first)


def _now() -> int:
    with reading() as session:
        return latest_change(session).change_set
