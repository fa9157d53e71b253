"""Datasets to certify, and a cycle of them: what tests of cycles and of their page start from."""

from datetime import date

from sqlmodel import Session

from backend.access import demo_actor
from backend.certify.cycles import create_cycle
from backend.record import Act, DatasetKey, DatasetSaid, record
from models.vocabulary import ActKind, DatasetState, Origin
from tests.factories import a_run

PROMPT = "/PromptReco/Collisions2018D/DQM"
DESKS = ("global", "tracker")


def some_datasets(session: Session, *runs: int, state: DatasetState = DatasetState.OPEN) -> list[DatasetKey]:
    """The prompt reconstruction of these runs, in one state in tracker and global."""
    keys = [DatasetKey(run, PROMPT) for run in runs]
    for run in runs:
        a_run(session, run)
    states = {f"state.{desk}": state.value for desk in DESKS}
    said = tuple(DatasetSaid(key, states, Origin.RULE) for key in keys)
    record(
        session,
        Act(by="ingest", why="signed off", kind=ActKind.INGEST, new_datasets=tuple(keys), datasets=said),
    )
    return keys


def a_cycle(session: Session, ids: tuple[int, ...], *, name: str = "2018 week 43") -> int:
    """A cycle of these datasets for tracker and global."""
    made = create_cycle(session, demo_actor("dc-expert"), name=name, deadline=date(2031, 10, 26), ids=ids, desks=DESKS)
    return made.cycle
