"""What pages read: the registry through ``backend.queries``, each read in a session of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st
from sqlmodel import Session

from backend.configuration import Side, WorkspaceBody, columns_shown, workspaces
from backend.db import engine, transaction
from backend.queries import (
    ColumnsCatalogue,
    Condition,
    Counters,
    Filter,
    HistoryEntry,
    Operator,
    RunFacts,
    RunLuminosity,
    RunRow,
    RunsPage,
    Sort,
    Strip,
    columns_catalogue,
    counters,
    history_of_run,
    latest_change,
    luminosity_of,
    neighbours_of_run,
    run_facts,
    runs_page,
    sources_heard,
    strip_of,
)
from backend.settings import settings
from dashboard.components.status_line import Source
from dashboard.login.who import may_read


@contextmanager
def reading() -> Iterator[Session]:
    """A session to read with; who may no longer read is shown the way in instead."""
    if not may_read():
        st.rerun()
    with transaction(engine()) as session:
        yield session


@st.cache_resource(ttl=60, show_spinner=False)
def catalogue() -> ColumnsCatalogue:
    """All columns of the registry; they change rarely, and are shared and not copied."""
    with reading() as session:
        return columns_catalogue(session)


@st.cache_resource(ttl=60, show_spinner=False)
def desks(side: Side) -> tuple[WorkspaceBody, ...]:
    """The workspaces of one side; as :func:`catalogue`."""
    with reading() as session:
        return workspaces(session, side)


def components_of(side: Side, workspace: str) -> tuple[str, ...]:
    """The components that a workspace shows, in order, as ``tracker-strip``."""
    return columns_shown(desks(side), workspace)


def latest_act() -> int:
    """The number of the latest act in the log: what was read at it is so while it is the latest."""
    with reading() as session:
        return latest_change(session).change_set


def page_of_runs(filter: Filter, *, sort: Sequence[Sort], page: int, size: int, with_bits: bool = False) -> RunsPage:
    """One page of runs, counted from 1; their DCS bits are counted if they are shown."""
    with reading() as session:
        offset = (page - 1) * size
        return runs_page(session, filter=filter, sort=sort, offset=offset, limit=size, with_bits=with_bits)


def figures_of_runs(filter: Filter) -> Counters:
    """The figures of the runs that a filter lets through."""
    with reading() as session:
        return counters(session, filter)


def one_run(run_number: int) -> RunRow | None:
    """A run with everything OMS says of it, its DCS bits not counted; none if there is no such run."""
    with reading() as session:
        asked = Condition("run_number", Operator.IS, run_number)
        rows = runs_page(session, filter=asked, limit=1, with_bits=False, with_oms=True).rows
    return rows[0] if rows else None


@st.cache_data(ttl=5, show_spinner=False)
def sources() -> tuple[Source, ...]:
    """How fresh what the registry knows from outside is."""
    with reading() as session:
        heard = sources_heard(session, settings())
    return tuple(Source(s.source, s.heard_at, "silent" if s.is_silent else "ok") for s in heard)


def facts_of_run(run_number: int) -> RunFacts:
    """One run from every side.

    Raises
    ------
    NotFound
        If there is no such run.
    """
    with reading() as session:
        return run_facts(session, run_number)


def strip(run_number: int, dataset_name: str, as_of: int | None) -> Strip:
    """What is said of every lumisection of a dataset, now or as of a change set."""
    with reading() as session:
        return strip_of(session, run_number, dataset_name, as_of=as_of)


def history(run_number: int) -> tuple[HistoryEntry, ...]:
    """The acts that touched a run, latest first."""
    with reading() as session:
        return history_of_run(session, run_number)


def luminosity(run_number: int) -> RunLuminosity:
    """The luminosity of a run by lumisection."""
    with reading() as session:
        return luminosity_of(session, run_number)


def neighbours(run_number: int) -> tuple[int | None, int | None]:
    """The run before and the run after."""
    with reading() as session:
        return neighbours_of_run(session, run_number)
