"""Undo and redo as people do them: whose act it was, which right it takes, where things must stand, for how much."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import VISITOR, Action, Actor, demo_actor
from backend.certify.deeds import deed_of
from backend.certify.flags import Flag, flag_lumisections, give_back
from backend.certify.moving_runs import move_run
from backend.certify.places import Place
from backend.certify.reversing import rights_to_reverse
from backend.certify.runs import edit_run_class, edit_stop_reason
from backend.certify.taking_back import take_back, undoable
from backend.configuration import Cause, CausesBody, configure, ensure_defaults
from backend.db import transaction
from backend.errors import InvalidInput, NotFound, NotPermitted, WrongState
from backend.queries import latest_change
from backend.record import Act, ConfigurationSaid, DatasetSaid, LumisectionSaid, RunSaid, record
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, DatasetState, Origin, RunState, Status
from tests.certifying import (
    CERTIFIER,
    DC_EXPERT,
    EXPERT,
    ON_CALL,
    ONLINE_KEY,
    PIXEL,
    PROMPT,
    SHIFTER,
    STRIP,
    a_dataset,
    a_flag,
    a_judged_run,
    a_place,
    at_once,
    last_act,
    run_row,
    said_of,
    whole_state,
)
from tests.factories import RUN

BAD, GOOD = Status.BAD, Status.GOOD
SIGNOFF, OPEN = RunState.SIGNOFF, RunState.OPEN


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A registry with a run that rules judged, and an offline dataset that is OPEN in tracker and ecal."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        a_judged_run(opened)
        a_dataset(opened)
        yield opened


def flagged(session: Session, actor: Actor = SHIFTER, *flags: Flag) -> int:
    return flag_lumisections(session, actor, flags or [a_flag()], seen=None).change_set


def move_dataset(session: Session, state: DatasetState, *, by: str = "A. Keller", **more: object) -> int:
    said = DatasetSaid(PROMPT, {"state.tracker": state.value}, Origin.PERSON)
    act = Act(by=by, why="moved", kind=ActKind.DATASET, datasets=(said,), **more)  # type: ignore[arg-type]
    return record(session, act).change_set


# whose act it was, and which right it takes


def test_one_undoes_what_one_did_and_the_log_says_what_was_undone(session: Session) -> None:
    done = flagged(session)
    take_back(session, SHIFTER, done, why="wrong range")
    act = last_act(session)
    assert (act.by, act.why, act.kind, act.undoes) == ("S. Tanaka", "wrong range", "undo", done)


def test_what_somebody_else_did_takes_the_right_for_it(session: Session) -> None:
    done = flagged(session, ON_CALL)
    with pytest.raises(NotPermitted, match=r"S\. Tanaka may not undo what somebody else did"):
        take_back(session, SHIFTER, done)
    assert undoable(session, SHIFTER, done).why_not is not None
    take_back(session, EXPERT, done)


def test_it_also_takes_the_right_of_the_act_itself(session: Session) -> None:
    done = flagged(session)
    with pytest.raises(NotPermitted, match="flag lumisections of a run online in tracker"):
        take_back(session, DC_EXPERT, done)
    named_alike = Actor("S. Tanaka", CERTIFIER.egroups, is_verified=True)
    with pytest.raises(NotPermitted, match="flag lumisections of a run online"):
        take_back(session, named_alike, done)
    with pytest.raises(NotPermitted):
        take_back(session, VISITOR, done)


def test_a_class_takes_the_right_for_classes_and_a_stop_reason_that_for_stop_reasons(session: Session) -> None:
    by_class = edit_run_class(session, ON_CALL, RUN, "Special22", seen=None).change_set
    by_reason = edit_stop_reason(session, SHIFTER, RUN, "crash", seen=None).change_set
    assert rights(session, by_class) == [(Action.RUN_CLASS, None)]
    assert rights(session, by_reason) == [(Action.RUN_STOP_REASON, None)]


def rights(session: Session, change_set: int) -> list[tuple[Action, str | None]]:
    return list(rights_to_reverse(deed_of(session, change_set), before={}))


def test_batches_hiding_configuration_and_resets_take_their_own_rights(session: Session) -> None:
    word = DatasetSaid(PROMPT, {"state.ecal": "SIGNOFF", "hidden": True}, Origin.PERSON)
    batch = record(session, Act(by="x", why="batch", kind=ActKind.BATCH, datasets=(word,))).change_set
    assert rights(session, batch) == [(Action.DATASET_MOVE, "ecal"), (Action.DATASET_HIDE, None)]
    copied = DatasetSaid(PROMPT, {"state.ecal": "OPEN"}, Origin.RULE)
    copy = record(session, Act(by="x", why="copied", kind=ActKind.BATCH, datasets=(copied,))).change_set
    assert rights(session, copy) == [(Action.DATASET_BATCH, "ecal")]
    back = move_dataset(session, DatasetState.OPEN)
    assert rights(session, back) == [(Action.DATASET_REOPEN, "tracker")]
    body = CausesBody(causes=(Cause(word="HV"),))
    causes = configure(session, body.kind, name="tracker", body=body, by="x", why="causes").change_set
    assert rights(session, causes) == [(Action.CAUSE_MANAGE, "tracker")]
    rule = ConfigurationSaid("component", "online/ecal-es/BAD/x", None)
    gone = record(session, Act(by="x", why="gone", kind=ActKind.CONFIGURE, configurations=(rule,))).change_set
    assert rights(session, gone) == [(Action.CLASSIFIER_COMPONENT, "ecal")]
    withdrawn = RunSaid(RUN, {"run_class": None}, Origin.PERSON, withdraws=(Origin.RULE,))
    reset = record(session, Act(by="x", why="reset", kind=ActKind.WITHDRAW, runs=(withdrawn,))).change_set
    assert rights(session, reset) == [(Action.RUN_RESET, None)]


def test_what_oms_and_rules_said_is_not_undone(session: Session) -> None:
    classified = latest_change(session).change_set - 1
    with pytest.raises(InvalidInput, match="of kind classify, which cannot be undone"):
        take_back(session, EXPERT, classified)
    with pytest.raises(InvalidInput, match="of kind ingest"):
        take_back(session, EXPERT, classified - 1)
    with pytest.raises(NotFound, match="no change set 9999"):
        take_back(session, EXPERT, 9999)


# where things must still stand


def test_a_flag_is_undone_only_while_the_run_is_open(session: Session) -> None:
    done = flagged(session)
    move_run(session, SHIFTER, RUN, SIGNOFF, seen=None)
    with pytest.raises(WrongState, match=f"Run {RUN} is in SIGNOFF; undo of change set {done} is possible only while"):
        take_back(session, SHIFTER, done)
    move_run(session, ON_CALL, RUN, OPEN, seen=None)
    take_back(session, SHIFTER, done)


def test_a_redo_needs_the_state_in_which_it_was_done(session: Session) -> None:
    done = flagged(session)
    undone = take_back(session, SHIFTER, done).change_set
    move_run(session, SHIFTER, RUN, SIGNOFF, seen=None)
    with pytest.raises(WrongState, match="redo of change set"):
        take_back(session, SHIFTER, undone)


def test_offline_the_workspace_must_still_stand_where_it_stood(session: Session) -> None:
    done = flagged(session, CERTIFIER, a_flag(dataset=PROMPT))
    moved = move_dataset(session, DatasetState.COMPLETED)
    with pytest.raises(WrongState, match=r"is in 'COMPLETED' in tracker; undo of change set"):
        take_back(session, CERTIFIER, done)
    take_back(session, CERTIFIER, moved)
    take_back(session, CERTIFIER, done)
    assert said_of(session, STRIP, PROMPT) == {}


def test_flags_and_a_move_in_one_act_are_undone_where_the_move_left_it(session: Session) -> None:
    before = whole_state(session)
    flags = (LumisectionSaid(PROMPT, (1,), LumiRange(1, 100), GOOD, Origin.PERSON),)
    done = move_dataset(session, DatasetState.SIGNOFF, by="J. Novak", lumisections=flags)
    undone = take_back(session, DC_EXPERT, done).change_set
    assert whole_state(session) == before
    take_back(session, DC_EXPERT, undone)
    move_dataset(session, DatasetState.COMPLETED)
    with pytest.raises(WrongState):
        take_back(session, DC_EXPERT, done)


# for how much


def test_an_undo_is_narrowed_to_one_dataset_of_a_batch_and_to_its_right(session: Session) -> None:
    done = flagged(session, EXPERT, a_flag(), a_flag(BAD, PIXEL, dataset=PROMPT))
    dataset = deed_of(session, done).flags
    prompt = next(flags.id for flags in dataset if flags.name == PROMPT.name)
    scope = {"datasets": [prompt]}
    with pytest.raises(NotPermitted):
        take_back(session, ON_CALL, done, scope=scope)
    undone = take_back(session, DC_EXPERT, done, scope=scope)
    assert (said_of(session, PIXEL, PROMPT), said_of(session)[BAD]) == ({}, "10–20")
    with pytest.raises(InvalidInput, match="undone already"):
        take_back(session, DC_EXPERT, done, scope=scope)
    take_back(session, DC_EXPERT, undone.change_set, scope=scope)
    assert said_of(session, PIXEL, PROMPT) == {BAD: "10–20"}


def test_an_undo_is_narrowed_to_one_run(session: Session) -> None:
    a_judged_run(session, 2)
    words = tuple(RunSaid(run, {"stop_reason": "crash"}, Origin.PERSON) for run in (RUN, 2))
    done = record(session, Act(by="S. Tanaka", why="both", kind=ActKind.EDIT_RUN, runs=words)).change_set
    move_run(session, SHIFTER, RUN, SIGNOFF, seen=None)
    with pytest.raises(WrongState):
        take_back(session, SHIFTER, done)
    take_back(session, SHIFTER, done, scope={"runs": [2]})
    assert (run_row(session).stop_reason, run_row(session, 2).stop_reason) == ("crash", None)


def test_what_the_act_did_not_speak_of_is_not_undone(session: Session) -> None:
    done = flagged(session)
    with pytest.raises(InvalidInput, match="of kind flag, which cannot be undone"):
        take_back(session, SHIFTER, done, scope={"datasets": [9999]})


# for pages


def test_a_page_is_told_whether_an_act_may_be_undone_and_why_not(session: Session) -> None:
    done = flagged(session)
    told = undoable(session, SHIFTER, done)
    assert (told.may, told.is_redo, told.why_not) == (True, False, None)
    assert "e-groups" in str(undoable(session, CERTIFIER, done).why_not)
    undone = take_back(session, SHIFTER, done).change_set
    assert "undone already" in str(undoable(session, SHIFTER, done).why_not)
    again = undoable(session, SHIFTER, undone)
    assert (again.may, again.is_redo) == (True, True)
    with pytest.raises(NotFound):
        undoable(session, SHIFTER, 9999)


def test_to_ask_changes_and_locks_nothing(engine: Engine, session: Session) -> None:
    done = flagged(session)
    session.commit()
    with transaction(engine) as asking, transaction(engine) as writing:
        assert undoable(asking, SHIFTER, done).may
        give_back(writing, SHIFTER, [a_place()], seen=None)


def test_of_two_who_undo_the_same_at_once_one_is_told(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_judged_run(session)
        done = flagged(session)
    both = [partial(take_back, actor=actor, change_set=done) for actor in (SHIFTER, ON_CALL)]
    assert at_once(engine, *both) == ["InvalidInput", "done"]


def test_later_flags_of_others_do_not_block_an_undo(session: Session) -> None:
    done = flagged(session)
    flagged(session, ON_CALL, Flag(Place(ONLINE_KEY, (STRIP,), LumiSet.span(15, 30)), Status.STANDBY))
    take_back(session, SHIFTER, done)
    assert said_of(session) == {GOOD: "1–14, 31–100", Status.STANDBY: "15–30"}


def test_a_certifier_of_another_workspace_undoes_nothing_here(session: Session) -> None:
    done = flagged(session, CERTIFIER, a_flag(dataset=PROMPT))
    namesake = Actor(CERTIFIER.name, demo_actor("ecal-certifier").egroups, is_verified=True)
    with pytest.raises(NotPermitted, match="in tracker"):
        take_back(session, namesake, done)
