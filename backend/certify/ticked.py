"""Datasets that somebody ticked, or that a filter let through: as they stand, and held until the act is recorded.

They are named by their ids: what was previewed is what is changed, whatever a filter would let through by now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import InvalidInput, NotFound
from backend.projections.datasets import known_of
from backend.record import DatasetKey
from models.lumis import LumiSet
from models.vocabulary import ONLINE, DatasetState

MOST_DATASETS = 20_000
"""So many datasets are changed in one act at most."""

CLOSED = frozenset({DatasetState.SIGNOFF, DatasetState.COMPLETED})
"""What is in one of these states is left untouched, unless somebody wants it."""

_LOCK = text("SELECT id FROM dataset_identity WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_DATASETS = text("""
    SELECT d.id, d.run_number, d.name, d.states, d.is_hidden, d.known, r.known AS run_known
    FROM dataset d JOIN run r ON r.run_number = d.run_number
    WHERE d.id = ANY(:ids) ORDER BY d.run_number, d.name
""")


@dataclass(frozen=True, slots=True)
class Ticked:
    """An offline dataset as it stands."""

    id: int
    key: DatasetKey
    states: Mapping[str, str]
    is_hidden: bool
    known: LumiSet

    def state_in(self, workspace: str) -> DatasetState | None:
        """How far the workspace is with it; none if the dataset does not exist there."""
        word = self.states.get(workspace)
        return None if word is None else DatasetState(word)

    def why_untouched(self, workspace: str, *, with_closed: bool = False) -> str | None:
        """Why nothing is said of it in the workspace, in words; none if it is OPEN, or closed ones are wanted."""
        state = self.state_in(workspace)
        if self.is_hidden:
            return "hidden"
        if state is DatasetState.OPEN or (with_closed and state in CLOSED):
            return None
        return f"not there in {workspace}" if state is None else f"{state} in {workspace}"


def ticked_datasets(session: Session, ids: Sequence[int], *, are_held: bool) -> list[Ticked]:
    """The datasets with these ids, by run and name; locked until the transaction ends unless one only looks.

    Raises
    ------
    InvalidInput
        If there is none or there are too many, or one is ``online``, which is the shift crew's.
    NotFound
        If one does not exist.
    """
    wanted = sorted(set(ids))
    if not wanted:
        raise InvalidInput("No dataset is ticked.")
    if len(wanted) > MOST_DATASETS:
        raise InvalidInput(f"{len(wanted)} datasets are ticked; {MOST_DATASETS} are the most in one act.")
    if are_held:
        session.execute(_LOCK, {"ids": wanted})
    found = [
        Ticked(
            row.id,
            DatasetKey(row.run_number, row.name),
            row.states,
            row.is_hidden,
            known_of(row.known, row.run_known),
        )
        for row in session.execute(_DATASETS, {"ids": wanted})
    ]
    if missing := set(wanted) - {dataset.id for dataset in found}:
        raise NotFound(f"There is no dataset {min(missing)}.")
    if online := next((dataset.key for dataset in found if dataset.key.name == ONLINE), None):
        raise InvalidInput(f"{online} is what the shift crew says, and no dataset to be certified.")
    return found
