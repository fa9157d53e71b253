"""Cycles: all that is said of them can be undone, is rebuilt from the log, and never overwritten unseen."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from backend.certify.cycles import (
    CycleEdit,
    add_datasets,
    delete_cycle,
    edit_cycle,
    remove_datasets,
)
from backend.certify.cycles_states import (
    complete_cycle,
    move_cycle,
    reopen_cycle,
)
from backend.certify.taking_back import take_back, undoable
from backend.db import transaction
from backend.errors import Conflict, NotFound, NotPermitted, WrongState
from backend.queries.cycles import cycles
from backend.rebuild import rebuild
from backend.record import undo
from tests.cycles import (
    COMPLETED,
    DC,
    ECAL,
    PROMPT,
    TRACKER,
    make,
    now,
    rows,
)


def test_a_deleted_cycle_is_gone_and_an_undo_brings_it_back(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids).cycle
    before = rows(session)
    deleted = delete_cycle(session, DC, cycle, seen=now(session))
    assert cycles(session) == ()
    with pytest.raises(NotFound, match=f"no cycle {cycle}"):
        edit_cycle(session, DC, cycle, edit=CycleEdit(name="x"), seen=now(session))
    undo(session, deleted.change_set, by="J. Novak", why="mistake")
    assert rows(session) == before


def test_making_a_cycle_is_undone_unless_somebody_worked_on_it_since(session: Session, ids: list[int]) -> None:
    made = make(session, ids)
    later = edit_cycle(session, DC, made.cycle, edit=CycleEdit(name="x"), seen=now(session)).change_set
    with pytest.raises(Conflict, match=rf"Cycles that change set \d+ created .* undo first {later} by J\. Novak"):
        undo(session, made.recorded.change_set, by="J. Novak", why="mistake")
    undo(session, later, by="J. Novak", why="first")
    undo(session, made.recorded.change_set, by="J. Novak", why="then")
    assert cycles(session) == ()


def test_cycles_are_rebuilt_from_the_log(engine: Engine, session: Session, ids: list[int]) -> None:
    first, second = make(session, ids), make(session, ids[:1], name="gone")
    edited = edit_cycle(session, DC, first.cycle, edit=CycleEdit(name="x"), seen=None)
    undo(session, edited.change_set, by="L. Moreau", why="mistake")
    delete_cycle(session, DC, second.cycle, seen=None)
    live = [tuple(row) for row in session.execute(text("SELECT * FROM cycle_now"))]
    session.commit()
    rebuild(engine)
    with transaction(engine) as own:
        assert [tuple(row) for row in own.execute(text("SELECT * FROM cycle_now"))] == live


@pytest.mark.parametrize("table", ["cycle", "cycle_change"])
def test_the_log_of_cycles_is_append_only(session: Session, ids: list[int], table: str) -> None:
    make(session, ids)
    with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
        session.execute(text(f"DELETE FROM {table}"))


def test_everything_said_of_a_cycle_is_undone_and_redone_row_for_row(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids[:2]).cycle
    acts = (
        lambda: edit_cycle(session, DC, cycle, edit=CycleEdit(name="x", desks=("tracker", "gem")), seen=None),
        lambda: add_datasets(session, DC, cycle, ids=ids, seen=None),
        lambda: remove_datasets(session, DC, cycle, ids=ids[:1], seen=None),
        lambda: move_cycle(session, DC, cycle, desk="tracker", to=COMPLETED, seen=None),
        lambda: complete_cycle(session, DC, cycle, desk="tracker", seen=None),
        lambda: reopen_cycle(session, DC, cycle, desk="tracker", seen=None),
        lambda: delete_cycle(session, DC, cycle, seen=None),
    )
    for act in acts:
        before = rows(session)
        done = act().change_set
        after = rows(session)
        undone = undo(session, done, by="J. Novak", why="mistake").change_set
        assert rows(session) == before
        undo(session, undone, by="J. Novak", why="it was right")
        assert rows(session) == after


def test_an_undo_that_would_leave_a_cycle_wrongly_completed_is_refused(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids).cycle
    moved = move_cycle(session, DC, cycle, desk="tracker", to=COMPLETED, seen=None).change_set
    done = complete_cycle(session, DC, cycle, desk="tracker", seen=None).change_set
    wrongly = pytest.raises(WrongState, match=rf"completed in tracker, where 1 {PROMPT}, 3 {PROMPT} would not be")
    with wrongly, session.begin_nested():
        take_back(session, DC, moved)
    undone = take_back(session, DC, done).change_set
    take_back(session, DC, moved)
    with wrongly, session.begin_nested():
        take_back(session, DC, undone)


def test_a_page_foresees_that_an_undo_would_leave_a_cycle_wrongly_completed(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids).cycle
    moved = move_cycle(session, DC, cycle, desk="tracker", to=COMPLETED, seen=None).change_set
    assert undoable(session, DC, moved).may
    done = complete_cycle(session, DC, cycle, desk="tracker", seen=None).change_set
    assert "is completed in tracker, where 1" in str(undoable(session, DC, moved).why_not)
    undone = take_back(session, DC, done).change_set
    take_back(session, DC, moved)
    assert "is completed in tracker, where 1" in str(undoable(session, DC, undone).why_not)


def test_a_deleted_cycle_does_not_come_back_beside_one_of_its_name(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids).cycle
    deleted = delete_cycle(session, DC, cycle, seen=None).change_set
    other = make(session, ids).cycle
    named = f"Cycle {other} is named 'week 48' by now"
    assert named in str(undoable(session, DC, deleted).why_not)
    with pytest.raises(WrongState, match=named):
        take_back(session, DC, deleted)


def test_a_certifier_takes_back_what_he_did_in_his_cycle(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids).cycle
    before = rows(session)
    moved = move_cycle(session, TRACKER, cycle, desk="tracker", to=COMPLETED, seen=None).change_set
    done = complete_cycle(session, TRACKER, cycle, desk="tracker", seen=None).change_set
    with pytest.raises(NotPermitted):
        take_back(session, ECAL, done)
    take_back(session, TRACKER, done)
    take_back(session, TRACKER, moved)
    assert rows(session) == before
