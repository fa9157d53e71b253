"""Runs and datasets as they stand, held until the act is recorded: nobody moves on what a command has just judged.

Runs are locked before datasets, each in ascending order, as everything that is recorded locks them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import NotFound, WrongState
from backend.projections.datasets import known_of
from backend.record import DatasetKey, lock_runs
from models.lumis import LumiSet
from models.vocabulary import ONLINE, DatasetState, RunState

_RUN = text("SELECT state, run_class, is_significant, stop_reason, known FROM run WHERE run_number = :run")
_LOCK = text("""
    SELECT id FROM dataset_identity
    WHERE (run_number, name) IN (SELECT * FROM unnest(CAST(:runs AS int[]), CAST(:names AS text[])))
    ORDER BY id FOR UPDATE
""")
_DATASETS = text("""
    SELECT d.id, d.run_number, d.name, d.states, d.known, r.known AS run_known, r.state AS run_state
    FROM dataset d JOIN run r ON r.run_number = d.run_number
    WHERE (d.run_number, d.name) IN (SELECT * FROM unnest(CAST(:runs AS int[]), CAST(:names AS text[])))
    ORDER BY d.id
""")


@dataclass(frozen=True, slots=True)
class StandingRun:
    """A run as it stands."""

    run_number: int
    state: RunState
    run_class: str | None
    is_significant: bool | None
    stop_reason: str | None
    known: LumiSet

    def refuse_unless_open(self, to_be: str) -> None:
        """Refuse a run that is not OPEN, with :class:`WrongState`; ``to_be`` is what was to be done to it."""
        if self.state is not RunState.OPEN:
            raise WrongState(f"Run must be in state OPEN to be {to_be}; run {self.run_number} is in {self.state}.")


@dataclass(frozen=True, slots=True)
class StandingDataset:
    """A dataset as it stands; ``states`` is workspace → state, ``run_state`` that of its run."""

    id: int
    key: DatasetKey
    states: Mapping[str, str]
    known: LumiSet
    run_state: RunState

    def refuse_unless_open(self, workspace: str) -> None:
        """Refuse with :class:`WrongState` what is not OPEN: online the run, otherwise the dataset in the workspace."""
        if self.key.name == ONLINE:
            if self.run_state is not RunState.OPEN:
                raise WrongState(
                    f"Run must be in state OPEN to be flagged; run {self.key.run_number} is in {self.run_state}."
                )
        elif (state := self.states.get(workspace)) != DatasetState.OPEN:
            stands = f"in {state!r}" if state else "in no state"
            raise WrongState(f"{self.key} must be OPEN in {workspace} for this; it is {stands} there.")


def standing_run(session: Session, run_number: int) -> StandingRun:
    """The run as it stands, locked until the transaction ends.

    Raises
    ------
    NotFound
        If there is no such run.
    """
    lock_runs(session, [run_number])
    row = session.execute(_RUN, {"run": run_number}).one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_number}.")
    return StandingRun(
        run_number,
        _state(row.state),
        row.run_class,
        row.is_significant,
        row.stop_reason,
        LumiSet.flat(row.known),
    )


def standing_datasets(
    session: Session, keys: Collection[DatasetKey], *, are_held: bool = True
) -> dict[DatasetKey, StandingDataset]:
    """The datasets as they stand, held until the transaction ends unless one only looks; of ``online``, its run too.

    Raises
    ------
    NotFound
        If one does not exist.
    """
    ordered = sorted(keys)
    named = {"runs": [key.run_number for key in ordered], "names": [key.name for key in ordered]}
    if are_held:
        lock_runs(session, {key.run_number for key in ordered if key.name == ONLINE})
        session.execute(_LOCK, named)
    found = {}
    for row in session.execute(_DATASETS, named):
        key = DatasetKey(row.run_number, row.name)
        known = known_of(row.known, row.run_known)
        found[key] = StandingDataset(row.id, key, row.states, known, _state(row.run_state))
    if missing := set(ordered) - found.keys():
        raise NotFound(f"There is no dataset {min(missing)}.")
    return found


def _state(word: str | None) -> RunState:
    """A run of which nobody said a state is OPEN."""
    return RunState.OPEN if word is None else RunState(word)
