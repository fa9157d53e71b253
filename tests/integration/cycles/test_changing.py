"""Cycles: who makes them and changes them, of what, and what is refused."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session

from backend.access import VISITOR, Actor
from backend.certify.cycles import (
    CycleEdit,
    add_datasets,
    delete_cycle,
    edit_cycle,
    remove_datasets,
)
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, RegistryError, WrongState
from backend.queries import DATASETS, ids_of, parse_filter
from backend.queries.cycles import cycle_facts, cycles
from tests.cycles import (
    DC,
    PROMPT,
    TRACKER,
    facts,
    finish,
    make,
    now,
)


def test_a_cycle_is_made_of_datasets_pending_until_the_end_of_a_day(session: Session, ids: list[int]) -> None:
    made = make(session, ids)
    cycle = cycle_facts(session, made.cycle)
    assert (cycle.name, cycle.deadline) == ("week 48", datetime(2018, 11, 30, 23, 59, tzinfo=UTC))
    assert (cycle.datasets, cycle.made_by) == (tuple(ids), "J. Novak")
    assert {w: p.state for w, p in cycle.progress.items()} == dict.fromkeys(("global", "ecal", "tracker"), "pending")


def test_a_cycle_is_made_of_what_a_filter_finds_and_found_by_a_filter(session: Session, ids: list[int]) -> None:
    found = ids_of(session, parse_filter("run 2-3", DATASETS), workspace="tracker")
    made = make(session, list(found))
    in_cycle = parse_filter(f"cycle {made.cycle}", DATASETS)
    assert ids_of(session, in_cycle, workspace="tracker", which="all") == tuple(ids[1:])
    not_in = parse_filter(f"cycle != {made.cycle}", DATASETS)
    assert ids_of(session, not_in, workspace="tracker") == (ids[0],)
    assert ids_of(session, parse_filter("cycle is null", DATASETS), workspace="tracker") == (ids[0],)


def test_progress_counts_what_each_workspace_has_to_certify(session: Session, ids: list[int]) -> None:
    make(session, ids)
    ecal, tracker = (facts(session).progress[desk] for desk in ("ecal", "tracker"))
    assert (ecal.of, ecal.open, ecal.completed, ecal.may_complete) == (2, 1, 1, False)
    assert (tracker.of, tracker.open, tracker.completed) == (3, 2, 1)


@pytest.mark.parametrize("actor", [TRACKER, VISITOR])
def test_only_dc_experts_make_and_change_cycles(session: Session, ids: list[int], actor: Actor) -> None:
    with pytest.raises(NotPermitted, match="create a cycle"):
        make(session, ids, actor=actor)
    cycle, seen = make(session, ids).cycle, now(session)
    for refused in (
        lambda: edit_cycle(session, actor, cycle, edit=CycleEdit(name="x"), seen=seen),
        lambda: add_datasets(session, actor, cycle, ids=ids, seen=seen),
        lambda: remove_datasets(session, actor, cycle, ids=ids[:1], seen=seen),
        lambda: delete_cycle(session, actor, cycle, seen=seen),
    ):
        with pytest.raises(NotPermitted):
            refused()


@pytest.mark.parametrize(
    ("more", "error", "sentence"),
    [
        ({"name": " "}, InvalidInput, "cannot be named"),
        ({"ids": []}, InvalidInput, "No dataset"),
        ({"ids": [999]}, NotFound, "no dataset 999"),
        ({"ids": [1]}, InvalidInput, "shift crew"),
        ({"desks": ()}, InvalidInput, "needs a workspace"),
        ({"desks": ("trakcer",)}, NotFound, "no offline workspace 'trakcer'"),
    ],
)
def test_what_cannot_be_a_cycle_is_refused(
    session: Session, ids: list[int], more: dict[str, Any], error: type[RegistryError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        make(session, more.pop("ids", ids), **more)
    assert cycles(session) == ()


def test_no_two_cycles_have_the_same_name(session: Session, ids: list[int]) -> None:
    first = make(session, ids).cycle
    with pytest.raises(InvalidInput, match=f"Cycle {first} is named 'week 48' already"):
        make(session, ids, name=" week 48 ")
    other = make(session, ids, name="week 49").cycle
    with pytest.raises(InvalidInput, match="already"):
        edit_cycle(session, DC, other, edit=CycleEdit(name="week 48"), seen=now(session))


def test_a_cycle_is_edited(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids).cycle
    edit = CycleEdit(name="week 49", deadline=date(2018, 12, 7), description="with gem", desks=("tracker", "gem"))
    edit_cycle(session, DC, cycle, edit=edit, seen=now(session))
    found = facts(session)
    assert (found.name, found.description, found.deadline and found.deadline.day) == ("week 49", "with gem", 7)
    assert list(found.progress) == ["global", "gem", "tracker"]
    with pytest.raises(InvalidInput, match="is so already"):
        edit_cycle(session, DC, cycle, edit=edit, seen=now(session))


def test_a_workspace_that_completed_a_cycle_is_not_taken_out_of_it(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids).cycle
    finish(session, cycle, "tracker")
    with pytest.raises(WrongState, match="completed in tracker, which therefore stays"):
        edit_cycle(session, DC, cycle, edit=CycleEdit(desks=("ecal",)), seen=now(session))


def test_datasets_come_and_go(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids[:1]).cycle
    add_datasets(session, DC, cycle, ids=ids, seen=now(session))
    assert facts(session).datasets == tuple(ids)
    with pytest.raises(WrongState, match="in Cycle 1 \\(week 48\\) already"):
        add_datasets(session, DC, cycle, ids=ids, seen=now(session))
    remove_datasets(session, DC, cycle, ids=ids[1:], seen=now(session))
    assert facts(session).datasets == (ids[0],)
    with pytest.raises(NotFound, match=f"Dataset {ids[2]} is not in"):
        remove_datasets(session, DC, cycle, ids=[ids[2]], seen=now(session))
    with pytest.raises(InvalidInput, match="delete it instead"):
        remove_datasets(session, DC, cycle, ids=[ids[0]], seen=now(session))


def test_what_is_not_completed_does_not_come_into_a_cycle_that_is(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids[1:2]).cycle
    finish(session, cycle, "tracker")
    with pytest.raises(WrongState, match=rf"completed in tracker, where these are not COMPLETED: 1 {PROMPT}"):
        add_datasets(session, DC, cycle, ids=ids, seen=now(session))


def test_nobody_overwrites_what_he_has_not_seen(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids[:2]).cycle
    seen = now(session)
    edit_cycle(session, DC, cycle, edit=CycleEdit(name="x", desks=("tracker",)), seen=seen)
    add_datasets(session, DC, cycle, ids=ids, seen=seen)
    with pytest.raises(Conflict, match=r"J\. Novak changed name of cycle 1"):
        edit_cycle(session, DC, cycle, edit=CycleEdit(name="y"), seen=seen)
    with pytest.raises(Conflict, match="changed desks of cycle 1"):
        edit_cycle(session, DC, cycle, edit=CycleEdit(desks=("tracker", "gem")), seen=seen)
    with pytest.raises(Conflict, match="changed the datasets of cycle 1"):
        remove_datasets(session, DC, cycle, ids=[ids[2]], seen=seen)
    edit_cycle(session, DC, cycle, edit=CycleEdit(deadline=date(2018, 12, 1)), seen=seen)
