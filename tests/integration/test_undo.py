"""Undo is a new act: the state is row for row what it was, and nothing is forgotten."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from backend.errors import Conflict, InvalidInput, NotFound
from backend.record import Act, DatasetKey, RunSaid, record, undo
from models.vocabulary import ActKind, Origin, Status
from tests.factories import RUN, a_flag, a_run, columns, flag

PROMPT = DatasetKey(RUN, "/PromptReco/Collisions2022/DQM")


def state(session: Session) -> dict[str, list[Any]]:
    """All projections but for who touched a row last."""
    found = {}
    for table in ("run", "dataset", "segments"):
        rows = session.execute(text(f"SELECT to_jsonb(t) - 'last_change' - 'changed_by' FROM {table} t ORDER BY 1"))
        found[table] = rows.scalars().all()
    return found


def sign_off(session: Session) -> int:
    act = Act(
        by="S. Tanaka",
        why="sign-off",
        kind=ActKind.MOVE_RUN,
        new_datasets=(PROMPT,),
        runs=(RunSaid(RUN, {"state": "SIGNOFF"}, Origin.PERSON),),
    )
    return record(session, act).change_set


def test_undo_makes_the_state_row_for_row_what_it_was_and_redo_what_it_became(session: Session) -> None:
    pixel, strip, _ = columns(session)
    online = a_run(session)
    flag(session, a_flag(online, pixel, Status.GOOD, of=(1, 100), origin=Origin.RULE))
    before = state(session)
    done = flag(session, a_flag(online, pixel, comment="trip"), a_flag(online, strip)).change_set
    after = state(session)
    assert after != before
    undone = undo(session, done, by="S. Tanaka", why="mistake").change_set
    assert state(session) == before
    undo(session, undone, by="S. Tanaka", why="it was right")
    assert state(session) == after


def test_later_words_over_the_same_lumisections_do_not_block_an_undo(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session)
    first = flag(session, a_flag(online, pixel, of=(10, 20))).change_set
    flag(session, a_flag(online, pixel, Status.STANDBY, of=(15, 30)))
    undo(session, first, by="L. Moreau", why="mistake")
    found = session.execute(text("SELECT first, last, value FROM segment")).all()
    assert [tuple(r) for r in found] == [(15, 30, Status.STANDBY)]


def test_an_undo_may_be_narrowed_to_one_dataset(session: Session) -> None:
    pixel, *_ = columns(session)
    one, two = a_run(session, 1), a_run(session, 2)
    done = flag(session, a_flag(one, pixel), a_flag(two, pixel)).change_set
    undo(session, done, by="A", why="only run 1", scope={"datasets": [1]})
    assert session.execute(text("SELECT array_agg(run_number) FROM segment")).scalar_one() == [2]


def test_undoing_the_making_of_a_dataset_takes_it_away_and_redo_brings_it_back(session: Session) -> None:
    a_run(session)
    before = state(session)
    made = sign_off(session)
    undone = undo(session, made, by="A", why="too early").change_set
    assert state(session) == before
    undo(session, undone, by="A", why="after all")
    names = session.execute(text("SELECT array_agg(name ORDER BY name) FROM dataset")).scalar_one()
    assert names == [PROMPT.name, "online"]


def test_a_dataset_that_was_worked_on_since_names_the_chain(session: Session) -> None:
    pixel, *_ = columns(session)
    a_run(session)
    made = sign_off(session)
    worked = flag(session, a_flag(PROMPT, pixel), by="L. Moreau").change_set
    with pytest.raises(Conflict, match=rf"undo first {worked} by L\. Moreau"):
        undo(session, made, by="A", why="too early")
    undo(session, worked, by="A", why="first")
    undo(session, made, by="A", why="then")


def test_what_cannot_be_undone_says_so(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session)
    done = flag(session, a_flag(online, pixel)).change_set
    undo(session, done, by="A", why="mistake")
    with pytest.raises(InvalidInput, match="undone already"):
        undo(session, done, by="A", why="again")
    with pytest.raises(InvalidInput, match="kind ingest"):
        undo(session, 2, by="A", why="no run")
    with pytest.raises(NotFound, match="no change set 99"):
        undo(session, 99, by="A", why="what")


def test_a_dataset_that_was_brought_back_and_worked_on_names_the_chain_too(session: Session) -> None:
    pixel, *_ = columns(session)
    a_run(session)
    undone = undo(session, sign_off(session), by="A", why="too early").change_set
    redone = undo(session, undone, by="A", why="after all").change_set
    worked = flag(session, a_flag(PROMPT, pixel), by="L. Moreau").change_set
    with pytest.raises(Conflict, match=rf"undo first {worked} by L\. Moreau"):
        undo(session, redone, by="A", why="no")


def test_a_dataset_whose_making_was_undone_is_made_again_and_begins_anew(session: Session) -> None:
    pixel, *_ = columns(session)
    a_run(session)
    first = sign_off(session)
    with pytest.raises(Conflict, match="is there"):
        sign_off(session)
    undo(session, first, by="A", why="too early")
    without = state(session)
    again = sign_off(session)
    names = session.execute(text("SELECT array_agg(name ORDER BY name) FROM dataset")).scalar_one()
    assert names == [PROMPT.name, "online"]
    flagged = flag(session, a_flag(PROMPT, pixel)).change_set
    with pytest.raises(Conflict, match=f"undo first {flagged}"):
        undo(session, again, by="A", why="no")
    undo(session, flagged, by="A", why="first")
    undo(session, again, by="A", why="then")
    assert state(session) == without
