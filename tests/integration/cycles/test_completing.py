"""Cycles: when a workspace is done with one, and how its datasets are moved."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.certify.cycles_states import (
    complete_cycle,
    move_cycle,
    move_in_cycle,
    preview_cycle_moves,
    reopen_cycle,
)
from backend.db import transaction
from backend.errors import Conflict, NotFound, NotPermitted, WrongState
from backend.queries.cycles import cycles, pending_cycles
from backend.record import Act, DatasetKey, DatasetSaid, record, undo
from models.vocabulary import ActKind, DatasetState, Origin
from tests.cycles import (
    COMPLETED,
    DC,
    ECAL,
    OPEN,
    PROMPT,
    TRACKER,
    a_dataset,
    facts,
    finish,
    make,
    now,
    state,
)


def test_a_workspace_completes_a_cycle_when_its_datasets_are(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids).cycle
    with pytest.raises(WrongState, match=rf"cannot be completed in ecal: not COMPLETED there are 2 {PROMPT}"):
        complete_cycle(session, ECAL, cycle, desk="ecal", seen=now(session))
    move_cycle(session, ECAL, cycle, desk="ecal", to=COMPLETED, seen=now(session))
    complete_cycle(session, ECAL, cycle, desk="ecal", seen=now(session))
    assert (state(session, "ecal"), state(session, "tracker")) == ("completed", "pending")
    with pytest.raises(WrongState, match="completed in ecal already"):
        complete_cycle(session, ECAL, cycle, desk="ecal", seen=now(session))


def test_what_is_not_significant_or_hidden_is_none_of_the_workspaces_business(session: Session, ids: list[int]) -> None:
    elsewhere = a_dataset(session, 4, **{"global": "OPEN"}, tracker=DatasetState.NOT_SIGNIFICANT.value)
    hidden = a_dataset(session, 5, **{"global": "OPEN"}, tracker="OPEN")
    said = DatasetSaid(DatasetKey(5, PROMPT), {"hidden": True}, Origin.PERSON)
    record(session, Act("J. Novak", "x", ActKind.DATASET, datasets=(said,)))
    cycle = make(session, [ids[1], elsewhere, hidden]).cycle
    assert facts(session).progress["tracker"].of == 1
    complete_cycle(session, TRACKER, cycle, desk="tracker", seen=now(session))


def test_global_comes_last_and_is_made_pending_first(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids).cycle
    finish(session, cycle, "tracker")
    move_cycle(session, DC, cycle, desk="global", to=COMPLETED, seen=now(session))
    with pytest.raises(WrongState, match="in global before it is in ecal"):
        complete_cycle(session, DC, cycle, desk="global", seen=now(session))
    finish(session, cycle, "ecal", "global")
    with pytest.raises(WrongState, match="completed in global; it must be pending there to be pending in tracker"):
        reopen_cycle(session, TRACKER, cycle, desk="tracker", seen=now(session))
    reopen_cycle(session, DC, cycle, desk="global", seen=now(session))
    reopen_cycle(session, TRACKER, cycle, desk="tracker", seen=now(session))
    assert [state(session, desk) for desk in ("global", "tracker", "ecal")] == ["pending", "pending", "completed"]


def test_a_certifier_is_done_with_his_own_workspace_alone(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids).cycle
    for act in (complete_cycle, reopen_cycle):
        with pytest.raises(NotPermitted, match="complete a cycle or make it pending again in ecal"):
            act(session, TRACKER, cycle, desk="ecal", seen=now(session))
    with pytest.raises(NotPermitted, match="move datasets of a pending cycle"):
        move_cycle(session, TRACKER, cycle, desk="ecal", to=COMPLETED, seen=now(session))
    with pytest.raises(NotFound, match="not for gem; it is for ecal, global, tracker"):
        complete_cycle(session, DC, cycle, desk="gem", seen=now(session))


def test_all_datasets_of_a_cycle_are_moved_as_the_preview_says(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids).cycle
    plan = preview_cycle_moves(session, TRACKER, cycle, desk="tracker", to=COMPLETED)
    assert plan.moves == {("tracker", "OPEN", "COMPLETED"): 2}
    move_cycle(session, TRACKER, cycle, desk="tracker", to=COMPLETED, seen=now(session))
    assert facts(session).progress["tracker"].may_complete
    with pytest.raises(WrongState, match="Nothing would change"):
        move_cycle(session, TRACKER, cycle, desk="tracker", to=COMPLETED, seen=now(session))


def test_a_certifier_reopens_a_dataset_inside_a_pending_cycle(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids[:2]).cycle
    move_in_cycle(session, TRACKER, cycle, ids=[ids[1]], desk="tracker", to=OPEN, seen=now(session))
    assert facts(session).progress["tracker"].open == 2
    with pytest.raises(NotFound, match=f"Dataset {ids[2]} is not in"):
        move_in_cycle(session, TRACKER, cycle, ids=[ids[2]], desk="tracker", to=COMPLETED, seen=now(session))
    finish(session, cycle, "tracker")
    with pytest.raises(WrongState, match="completed in tracker: make it pending again first"):
        move_in_cycle(session, TRACKER, cycle, ids=[ids[1]], desk="tracker", to=OPEN, seen=now(session))


def test_the_menu_counts_what_is_pending_and_lists_it_first_by_deadline(session: Session, ids: list[int]) -> None:
    late = make(session, ids, name="late", deadline=date(2018, 12, 31)).cycle
    done = make(session, ids[1:2], name="done", deadline=date(2018, 10, 1)).cycle
    soon = make(session, ids, name="soon", deadline=date(2018, 11, 1), desks=("tracker",)).cycle
    finish_one = complete_cycle(session, TRACKER, done, desk="tracker", seen=now(session))
    assert [cycle.id for cycle in cycles(session, "tracker")] == [soon, late, done]
    assert [cycle.id for cycle in cycles(session, "ecal")] == [done, late]
    assert (pending_cycles(session, "tracker"), pending_cycles(session, "ecal")) == (2, 2)
    undo(session, finish_one.change_set, by="A. Keller", why="too early")
    assert pending_cycles(session, "tracker") == 3


def test_of_two_who_complete_at_once_one_is_told(engine: Engine, session: Session, ids: list[int]) -> None:
    cycle = make(session, ids[1:2]).cycle
    seen = now(session)
    session.commit()
    together = Barrier(2)

    def complete(_: int) -> str:
        together.wait()
        try:
            with transaction(engine) as own:
                complete_cycle(own, TRACKER, cycle, desk="tracker", seen=seen)
        except (Conflict, WrongState) as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(complete, range(2))) == ["WrongState", "done"]


def test_a_dataset_is_not_reopened_while_the_cycle_is_being_completed(
    engine: Engine, session: Session, ids: list[int]
) -> None:
    cycle = make(session, ids[1:2]).cycle
    session.commit()
    together = Barrier(2)

    def attempt(act: Any) -> bool:
        together.wait()
        try:
            with transaction(engine) as own:
                act(own)
        except WrongState:
            return False
        return True

    acts = [
        lambda own: complete_cycle(own, TRACKER, cycle, desk="tracker", seen=None),
        lambda own: move_in_cycle(own, TRACKER, cycle, ids=[ids[1]], desk="tracker", to=OPEN, seen=None),
    ]
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, acts)) == [False, True]
