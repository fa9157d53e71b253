"""Before an undo: no cycle will be completed of which something is left to do, and no two will have the same name.

How cycles and datasets would stand is worked out from the log, so that a page can foresee what the undo would refuse.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.certify.cycles_standing import some
from backend.certify.deeds import Deed, Scope, dataset_states_before
from backend.configuration import GLOBAL
from backend.errors import WrongState
from backend.record import DatasetKey, cycles_after_undo, hold_cycle_names, lock_cycles
from models.vocabulary import CycleState, DatasetState

_SPOKEN_OF = text("SELECT DISTINCT cycle_id FROM cycle_change WHERE change_set = :act")
_HOLDING = text(
    "SELECT id, name, states, datasets FROM cycle_now WHERE datasets && CAST(:datasets AS int[]) ORDER BY id"
)
_DATASETS = text("""
    SELECT id, run_number, name, states FROM dataset WHERE id = ANY(:ids) AND NOT is_hidden ORDER BY run_number, name
""")
_SAME_NAME = text("SELECT id FROM cycle_now WHERE name = :name AND id <> :id")
_DONE = frozenset({None, DatasetState.COMPLETED.value, DatasetState.NOT_SIGNIFICANT.value})
"""Nothing is left to do of a dataset that is in one of these states, or in none."""


@dataclass(frozen=True, slots=True)
class _Cycle:
    """A cycle as it would stand."""

    id: int
    name: str
    states: Mapping[str, str]
    datasets: tuple[int, ...]

    def __str__(self) -> str:
        return f"Cycle {self.id} ({self.name})"

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "_Cycle":
        return cls(row["id"], row["name"], row["states"], tuple(row["datasets"]))

    @property
    def done(self) -> list[str]:
        """The workspaces that have completed it."""
        return [desk for desk, state in self.states.items() if state == CycleState.COMPLETED]


def hold_cycles(session: Session, deed: Deed) -> None:
    """Lock the cycles of which an act spoke, before any run or dataset, and the names of all."""
    if spoken_of := session.execute(_SPOKEN_OF, {"act": deed.root}).scalars().all():
        lock_cycles(session, spoken_of)
        hold_cycle_names(session)


def refuse_broken_cycles(session: Session, deed: Deed, *, scope: Scope | None) -> None:
    """See that after an undo cycles are completed only where they are, and are told apart by their names.

    Raises
    ------
    WrongState
        If a workspace will have completed a cycle of which something is left to do, or ``global`` before the others;
        or if another cycle has the name by now.
    """
    to_be = [_Cycle.of(row) for row in cycles_after_undo(session, deed.act, scope=scope)]
    for cycle in to_be:
        if (other := session.execute(_SAME_NAME, {"name": cycle.name, "id": cycle.id}).scalar()) is not None:
            raise WrongState(f"Cycle {other} is named {cycle.name!r} by now; there would be two.")
    moved = _moved(session, deed)
    for cycle in (*to_be, *_holding(session, moved, {cycle.id for cycle in to_be})):
        for desk in cycle.done:
            if left := _unfinished(session, cycle, desk, moved):
                raise WrongState(f"{cycle} is completed in {desk}, where {some(left)} would not be COMPLETED then.")
        if GLOBAL in cycle.done and (others := sorted(cycle.states.keys() - set(cycle.done))):
            raise WrongState(f"{cycle} is completed in global, and would be pending in {', '.join(others)} then.")


def _moved(session: Session, deed: Deed) -> Mapping[int, Mapping[str, str | None]]:
    """Dataset id → workspace → state that it would have."""
    if deed.brings_back:
        return {dataset.id: dataset.states for dataset in deed.datasets}
    before = dataset_states_before(session, deed.root, [dataset.id for dataset in deed.datasets])
    return {d.id: {desk: before.get(d.id, {}).get(desk) for desk in d.states} for d in deed.datasets}


def _holding(session: Session, datasets: Mapping[int, Any], spoken_of: set[int]) -> Iterator[_Cycle]:
    """Further cycles that hold one of the datasets."""
    for row in session.execute(_HOLDING, {"datasets": list(datasets)}).mappings() if datasets else ():
        if row["id"] not in spoken_of:
            yield _Cycle.of({str(name): value for name, value in row.items()})


def _unfinished(
    session: Session, cycle: _Cycle, desk: str, moved: Mapping[int, Mapping[str, str | None]]
) -> list[DatasetKey]:
    rows = session.execute(_DATASETS, {"ids": list(cycle.datasets)})
    return [
        DatasetKey(run, name)
        for id_, run, name, states in rows
        if moved.get(id_, {}).get(desk, states.get(desk)) not in _DONE
    ]
