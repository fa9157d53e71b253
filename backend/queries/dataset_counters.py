"""The figures above a table of datasets, the names they go by, and the workspaces that have to do with them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import ARRAY, Integer, any_, func, literal, select, text
from sqlmodel import Session

from backend.queries.columns import columns_catalogue
from backend.queries.dataset_scope import scope_of
from backend.queries.dataset_sql import state_of
from backend.queries.filter_sql import BRIEF, DATASET
from backend.queries.filters import EVERYTHING, Filter
from models.vocabulary import ONLINE, DatasetState

_STATES = text("""
    SELECT s.workspace, s.state, count(*) FROM dataset d, jsonb_each_text(d.states) AS s(workspace, state)
    WHERE d.run_number = ANY(:runs) AND NOT d.is_hidden GROUP BY 1, 2
""")


@dataclass(frozen=True, slots=True)
class DatasetCounters:
    """Of the datasets that match, how many there are in each state of the workspace, and of how many runs.

    ``elsewhere`` are those that the workspace has nothing to do with; hidden ones are in none of the other figures.
    """

    datasets: int
    runs: int
    waiting: int
    open: int
    signoff: int
    completed: int
    not_significant: int
    elsewhere: int
    hidden: int


def dataset_counters(session: Session, *, workspace: str, filter: Filter = EVERYTHING) -> DatasetCounters:
    """The figures of the datasets that a filter lets through at an offline desk.

    Raises
    ------
    InvalidFilter
        If the workspace or the filter cannot be.
    """
    condition = scope_of(
        session, filter, workspace=workspace, which="all", with_hidden=True, catalogue=columns_catalogue(session)
    )
    found = select(BRIEF.c.run_number, BRIEF.c.is_hidden, state_of(workspace).label("state"))
    matching = found.where(condition).cte("matching")
    seen, state = matching.c.is_hidden.is_(False), matching.c.state
    figures = {
        "datasets": func.count().filter(seen),
        "runs": func.count(matching.c.run_number.distinct()).filter(seen),
        "waiting": func.count().filter(seen, state == DatasetState.WAITING.value),
        "open": func.count().filter(seen, state == DatasetState.OPEN.value),
        "signoff": func.count().filter(seen, state == DatasetState.SIGNOFF.value),
        "completed": func.count().filter(seen, state == DatasetState.COMPLETED.value),
        "not_significant": func.count().filter(seen, state == DatasetState.NOT_SIGNIFICANT.value),
        "elsewhere": func.count().filter(seen, state.is_(None)),
        "hidden": func.count().filter(matching.c.is_hidden),
    }
    selected = select(*(figures[field.name].label(field.name) for field in fields(DatasetCounters)))
    return DatasetCounters(*session.execute(selected.select_from(matching)).one())


def states_by_workspace(session: Session, runs: Sequence[int]) -> dict[str, dict[str, int]]:
    """Workspace → state → how many datasets of these runs are in it there, hidden ones left out; by workspace."""
    found: dict[str, dict[str, int]] = {}
    for workspace, state, count in session.execute(_STATES, {"runs": list(runs)}):
        found.setdefault(workspace, {})[state] = count
    return dict(sorted(found.items()))


def unique_dataset_names(session: Session, *, workspace: str, filter: Filter = EVERYTHING) -> dict[str, int]:
    """The names of the datasets that a filter lets through and how many go by each, by name; ``online`` left out.

    Raises
    ------
    InvalidFilter
        If the workspace or the filter cannot be.
    """
    condition = scope_of(
        session, filter, workspace=workspace, which="all", with_hidden=False, catalogue=columns_catalogue(session)
    )
    query = select(BRIEF.c.name, func.count()).where(condition, BRIEF.c.name != ONLINE)
    return dict(session.execute(query.group_by(BRIEF.c.name).order_by(BRIEF.c.name)).all())


def workspaces_with_states(session: Session, ids: Collection[int]) -> tuple[str, ...]:
    """The workspaces that have to do with any of these datasets, in order."""
    asked = DATASET.c.id == any_(literal(list(ids), ARRAY(Integer)))
    named = select(func.jsonb_object_keys(DATASET.c.states).label("workspace")).where(asked).distinct().subquery()
    return tuple(session.execute(select(named.c.workspace).order_by(named.c.workspace)).scalars())
