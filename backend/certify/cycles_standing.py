"""A cycle as it stands, held until the act is recorded: nobody completes it on what a command has just judged.

Cycles are locked before runs and datasets, as everything that is recorded locks them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from backend.configuration import GLOBAL, Side, workspaces
from backend.errors import InvalidInput, NotFound, WrongState
from backend.record import DatasetKey, lock_cycles
from models.vocabulary import CycleState, DatasetState

_CYCLE = text("SELECT id, name, description, deadline, states, datasets FROM cycle_now WHERE id = :id")
_LOCK = text("SELECT id FROM dataset_identity WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_UNFINISHED = text("""
    SELECT run_number, name FROM dataset
    WHERE id = ANY(:ids) AND NOT is_hidden AND states ->> :desk NOT IN (:completed, :not_significant)
    ORDER BY run_number, name
""")
_NAMED = 3
"""So many datasets are named in a sentence; of the others it says how many there are."""


@dataclass(frozen=True, slots=True)
class StandingCycle:
    """A cycle as it stands; ``states`` is workspace → state."""

    id: int
    name: str
    description: str
    deadline: datetime | None
    states: Mapping[str, CycleState]
    datasets: tuple[int, ...]

    def __str__(self) -> str:
        return f"Cycle {self.id} ({self.name})"

    def refuse_unless_pending(self, desk: str) -> None:
        """Refuse with :class:`WrongState` what the workspace has completed; ``NotFound`` where it has no part."""
        self.refuse_unless_there(desk)
        if self.states[desk] is not CycleState.PENDING:
            raise WrongState(f"{self} is completed in {desk}: make it pending again first.")

    def refuse_unless_there(self, desk: str) -> None:
        """Refuse with :class:`NotFound` a workspace that has no part in the cycle."""
        if desk not in self.states:
            raise NotFound(f"{self} is not for {desk}; it is for {', '.join(sorted(self.states))}.")

    def refuse_if_global_completed(self, to_be: str) -> None:
        """Refuse with :class:`WrongState` what is done with globally; ``to_be`` is what was to be done to it."""
        if self.states.get(GLOBAL) is CycleState.COMPLETED:
            raise WrongState(f"{self} is completed in global; it must be pending there to be {to_be}.")


def standing_cycle(session: Session, cycle: int, *, is_held: bool = True) -> StandingCycle:
    """The cycle as it stands, locked until the transaction ends unless one only looks.

    Raises
    ------
    NotFound
        If there is none, or no more.
    """
    if is_held:
        lock_cycles(session, [cycle])
    row = session.execute(_CYCLE, {"id": cycle}).one_or_none()
    if row is None:
        raise NotFound(f"There is no cycle {cycle}.")
    states = {desk: CycleState(state) for desk, state in row.states.items()}
    return StandingCycle(row.id, row.name, row.description, row.deadline, states, tuple(row.datasets))


def unfinished(session: Session, ids: Collection[int], desk: str) -> list[DatasetKey]:
    """Those of the datasets that the workspace has yet to complete, held; hidden ones, and those that are not there or
    not significant for it, are none of its business."""
    session.execute(_LOCK, {"ids": sorted(ids)})
    asked = {
        "ids": list(ids),
        "desk": desk,
        "completed": DatasetState.COMPLETED.value,
        "not_significant": DatasetState.NOT_SIGNIFICANT.value,
    }
    return [DatasetKey(*row) for row in session.execute(_UNFINISHED, asked)]


def some(datasets: Collection[DatasetKey]) -> str:
    """The first few datasets, and how many more there are."""
    first = ", ".join(str(key) for key in list(datasets)[:_NAMED])
    more = len(datasets) - _NAMED
    return f"{first} and {more} more" if more > 0 else first


def checked_desks(session: Session, desks: Iterable[str]) -> tuple[str, ...]:
    """The workspaces, each once; ``global`` has a part in every cycle.

    Raises
    ------
    InvalidInput
        If none is named but ``global``.
    NotFound
        If there is no such offline workspace.
    """
    named = tuple(dict.fromkeys(desk for desk in desks if desk != GLOBAL))
    if not named:
        raise InvalidInput("A cycle needs a workspace that certifies it, besides global.")
    known = {workspace.workspace for workspace in workspaces(session, Side.OFFLINE)}
    if (unknown := next((desk for desk in named if desk not in known), None)) is not None:
        raise NotFound(f"There is no offline workspace {unknown!r:.60}.")
    return (GLOBAL, *named)
