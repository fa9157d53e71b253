"""Cycles: what there is to certify until when, and how far every workspace is with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session

from backend.errors import NotFound
from models.vocabulary import CycleState, DatasetState

_CYCLES = text("""
    SELECT n.id, n.name, n.description, n.deadline, n.states, n.last_change, n.changed_by,
           made."by" AS made_by, made.at AS made_at, changed.at AS changed_at,
           (SELECT coalesce(array_agg(d.id ORDER BY d.run_number, d.name), '{}') FROM dataset d
            WHERE d.id = ANY(n.datasets)) AS found
    FROM cycle_now n JOIN cycle c ON c.id = n.id JOIN change_set made ON made.id = c.change_set
         JOIN change_set changed ON changed.id = n.last_change
    WHERE (CAST(:id AS int) IS NULL OR n.id = :id)
          AND (CAST(:pending_in AS text) IS NULL OR n.states ->> :pending_in = 'pending')
    ORDER BY n.deadline NULLS LAST, n.id
""")
_PROGRESS = text("""
    SELECT n.id, s.workspace, s.state, count(*)
    FROM cycle_now n JOIN dataset d ON d.id = ANY(n.datasets) AND NOT d.is_hidden,
         jsonb_each_text(d.states) AS s(workspace, state)
    WHERE n.id = ANY(:cycles) AND n.states ? s.workspace
    GROUP BY n.id, s.workspace, s.state
""")
_PENDING = text("SELECT count(*) FROM cycle_now WHERE states ->> :workspace = 'pending'")

_PUT_IN = text("""
    SELECT w.cycle_id, d.id, max(c.at)
    FROM cycle_change w JOIN change_set c ON c.id = w.change_set, unnest(w.added) AS d(id)
    WHERE w.cycle_id = ANY(:cycles) GROUP BY w.cycle_id, d.id
""")

GLOBAL = "global"
"""The workspace that completes a cycle when all others have."""


@dataclass(frozen=True, slots=True)
class CycleProgress:
    """How far a workspace is with a cycle.

    ``of`` are its datasets that the workspace has to certify: those that exist there, are not hidden and not without
    significance for it; the other figures say how many of them are in each state.
    """

    workspace: str
    state: CycleState
    waiting: int
    open: int
    signoff: int
    completed: int

    @property
    def of(self) -> int:
        """How many datasets the workspace has to certify."""
        return self.waiting + self.open + self.signoff + self.completed

    @property
    def may_complete(self) -> bool:
        """Whether nothing is left to certify."""
        return self.completed == self.of


@dataclass(frozen=True, slots=True)
class CycleFacts:
    """A cycle as it stands; ``datasets`` are ids by run and name, ``progress`` is by workspace, ``global`` first."""

    id: int
    name: str
    description: str
    deadline: datetime | None
    datasets: tuple[int, ...]
    progress: Mapping[str, CycleProgress]
    made_by: str
    made_at: datetime
    last_change: int
    changed_by: str
    changed_at: datetime

    def is_pending(self, workspace: str) -> bool:
        """Whether the workspace has yet to complete it."""
        return workspace in self.progress and self.progress[workspace].state is CycleState.PENDING


def cycles(session: Session, workspace: str | None = None, *, only_pending: bool = False) -> tuple[CycleFacts, ...]:
    """The cycles of a workspace, or all: pending ones first, or alone, each by deadline."""
    pending_in = (workspace or GLOBAL) if only_pending else None
    rows = session.execute(_CYCLES, {"id": None, "pending_in": pending_in}).all()
    kept = [row for row in rows if workspace is None or workspace in row.states]
    found = _facts(session, kept)
    return tuple(sorted(found, key=lambda cycle: not cycle.is_pending(workspace or GLOBAL)))


def cycle_facts(session: Session, cycle: int) -> CycleFacts:
    """One cycle.

    Raises
    ------
    NotFound
        If there is none, or no more.
    """
    found = _facts(session, session.execute(_CYCLES, {"id": cycle, "pending_in": None}).all())
    if not found:
        raise NotFound(f"There is no cycle {cycle}.")
    return found[0]


def put_into_cycles(session: Session, cycles: Collection[int]) -> dict[tuple[int, int], datetime]:
    """When a dataset was last put into a cycle, by (cycle, dataset), those included that have been taken out since."""
    rows = session.execute(_PUT_IN, {"cycles": list(cycles)}) if cycles else ()
    return {(cycle, dataset): at for cycle, dataset, at in rows}


def pending_cycles(session: Session, workspace: str) -> int:
    """How many cycles a workspace has yet to complete: the number in the menu."""
    count: int = session.execute(_PENDING, {"workspace": workspace}).scalar_one()
    return count


def _facts(session: Session, rows: Collection[Row[Any]]) -> list[CycleFacts]:
    if not rows:
        return []
    counted: dict[tuple[int, str], dict[str, int]] = {}
    for id_, workspace, state, count in session.execute(_PROGRESS, {"cycles": [row.id for row in rows]}):
        counted.setdefault((id_, workspace), {})[state] = count
    return [
        CycleFacts(
            id=row.id,
            name=row.name,
            description=row.description,
            deadline=row.deadline,
            datasets=tuple(row.found),
            progress={
                workspace: _progress(workspace, row.states[workspace], counted.get((row.id, workspace), {}))
                for workspace in sorted(row.states, key=lambda workspace: (workspace != GLOBAL, workspace))
            },
            made_by=row.made_by,
            made_at=row.made_at,
            last_change=row.last_change,
            changed_by=row.changed_by,
            changed_at=row.changed_at,
        )
        for row in rows
    ]


def _progress(workspace: str, state: str, counts: Mapping[str, int]) -> CycleProgress:
    return CycleProgress(
        workspace=workspace,
        state=CycleState(state),
        waiting=counts.get(DatasetState.WAITING, 0),
        open=counts.get(DatasetState.OPEN, 0),
        signoff=counts.get(DatasetState.SIGNOFF, 0),
        completed=counts.get(DatasetState.COMPLETED, 0),
    )
