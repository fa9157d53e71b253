"""A sign-off that is undone and redone: by whom, until when, and what has to be undone before it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.certify.accepted import AcceptedDatasetBody
from backend.certify.moving_runs import move_run
from backend.certify.taking_back import take_back, undoable
from backend.configuration import configure, ensure_defaults
from backend.db import transaction
from backend.errors import Conflict, WrongState
from backend.record import Act, DatasetKey, DatasetSaid, record
from models.vocabulary import ActKind, Origin, RunState
from tests.certifying import SHIFTER, a_judged_run, whole_state
from tests.factories import RUN

SIGNOFF = RunState.SIGNOFF


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A registry with a run that rules judged."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        a_judged_run(opened)
        yield opened


def test_a_sign_off_is_undone_by_who_did_it_until_the_run_moved_on(session: Session) -> None:
    before = whole_state(session)
    done = move_run(session, SHIFTER, RUN, SIGNOFF, seen=None)
    after = whole_state(session)
    undone = take_back(session, SHIFTER, done.change_set)
    assert whole_state(session) == before
    take_back(session, SHIFTER, undone.change_set)
    assert whole_state(session) == after
    move_run(session, SHIFTER, RUN, RunState.COMPLETED, seen=None)
    with pytest.raises(WrongState, match="is in COMPLETED"):
        take_back(session, SHIFTER, done.change_set)


def test_a_sign_off_whose_datasets_were_worked_on_names_what_to_undo_first(session: Session) -> None:
    key = accept_express(session)
    done = move_run(session, SHIFTER, RUN, SIGNOFF, seen=None).change_set
    said = DatasetSaid(key, {"state.tracker": "OPEN"}, Origin.PERSON)
    worked = record(session, Act(by="A. Keller", why="opened", kind=ActKind.DATASET, datasets=(said,))).change_set
    with pytest.raises(Conflict, match=rf"undo first {worked} by A\. Keller"):
        take_back(session, SHIFTER, done)
    assert f"undo first {worked}" in str(undoable(session, SHIFTER, done).why_not)


def accept_express(session: Session) -> DatasetKey:
    key = DatasetKey(RUN, "/Express/Collisions2022/DQM")
    body = AcceptedDatasetBody(name=key.name, run_class="Collisions22", patterns=("x",), run_from=1, run_to=RUN)
    configure(session, body.kind, name=body.name, body=body, by="test", why="accepted")
    return key


def test_a_sign_off_that_was_undone_is_redone_and_not_done_a_second_time(session: Session) -> None:
    accept_express(session)
    done = move_run(session, SHIFTER, RUN, SIGNOFF, seen=None).change_set
    after = whole_state(session)
    undone = take_back(session, SHIFTER, done).change_set
    with pytest.raises(WrongState, match=f"which change set {undone} undid: redo it by undoing {undone}"):
        move_run(session, SHIFTER, RUN, SIGNOFF, seen=None)
    take_back(session, SHIFTER, undone)
    assert whole_state(session) == after
