"""What people say of a run: its class, why it stopped, its significance; who may, when, undone, and two at once."""

from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import VISITOR
from backend.certify.flags import flag_lumisections
from backend.certify.runs import edit_run_class, edit_stop_reason, mark_significant, unmark_significant
from backend.certify.taking_back import take_back
from backend.classify import ComponentBody
from backend.classify.recording import classify_run
from backend.configuration import Side, configure, ensure_defaults
from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, WrongState
from models.vocabulary import RunState, Status
from tests.certifying import (
    EXPERT,
    ON_CALL,
    SHIFTER,
    STRIP,
    a_flag,
    a_judged_run,
    at_once,
    classifiers,
    last_act,
    oms_says,
    rules_say,
    run_row,
    said_of,
    seen,
    tob_ready,
    whole_state,
)
from tests.factories import RUN, a_run

SIGNOFF, COMPLETED, OPEN = RunState.SIGNOFF, RunState.COMPLETED, RunState.OPEN


@pytest.fixture
def session(furnished: Session) -> Session:
    """A registry with its defaults."""
    return furnished


def a_run_that_rules_leave_alone(session: Session) -> None:
    """Rules of their class say that it is not significant; the strips were ready until 60."""
    classifiers(session)
    a_run(session)
    tob_ready(session)
    oms_says(session, **{"oms.hlt_key": "/cdaq/physics"})
    classify_run(session, RUN)


# the class


def test_who_is_called_says_the_class_of_a_run_and_it_outranks_the_rules(session: Session) -> None:
    a_judged_run(session)
    edit_run_class(session, ON_CALL, RUN, "Special22", seen=seen(session))
    assert run_row(session).run_class == "Special22"
    act = last_act(session)
    assert (act.by, act.why, act.kind) == ("K. Ito", "class Special22", "edit run")


@pytest.mark.parametrize("actor", [SHIFTER, VISITOR])
def test_a_shifter_may_not_say_the_class_and_is_told_who_may(session: Session, actor: object) -> None:
    a_judged_run(session)
    with pytest.raises(NotPermitted, match=r"set the class of a run\..*cms-dqm-oncall"):
        edit_run_class(session, actor, RUN, "Special22", seen=None)  # type: ignore[arg-type]
    assert run_row(session).run_class == "Collisions22"


def test_the_right_is_asked_before_there_is_a_run(session: Session) -> None:
    with pytest.raises(NotPermitted):
        edit_run_class(session, SHIFTER, 1, "Special22", seen=None)
    with pytest.raises(NotFound, match="no run 1"):
        edit_run_class(session, ON_CALL, 1, "Special22", seen=None)


def test_a_run_that_is_signed_off_is_not_edited(session: Session) -> None:
    a_judged_run(session, state="SIGNOFF")
    with pytest.raises(WrongState, match=f"Run must be in state OPEN to be edited; run {RUN} is in SIGNOFF"):
        edit_run_class(session, ON_CALL, RUN, "not a class", seen=None)
    with pytest.raises(WrongState, match="to be marked significant"):
        mark_significant(session, SHIFTER, RUN, seen=None)


@pytest.mark.parametrize("run_class,sentence", [("no class", "such as Collisions26"), ("Collisions22", "already")])
def test_a_class_that_cannot_be_or_is_so_already_is_refused(session: Session, run_class: str, sentence: str) -> None:
    a_judged_run(session)
    with pytest.raises(InvalidInput, match=sentence):
        edit_run_class(session, ON_CALL, RUN, run_class, seen=None)


def test_a_run_of_another_class_is_judged_anew_in_the_same_act_and_undone_with_it(session: Session) -> None:
    a_run_that_rules_leave_alone(session)
    before = whole_state(session)
    done = edit_run_class(session, ON_CALL, RUN, "Special22", seen=seen(session))
    assert (run_row(session).is_significant, said_of(session)) == (
        True,
        {Status.GOOD: "1–60", Status.BAD: "61–100"},
    )
    take_back(session, ON_CALL, done.change_set)
    assert whole_state(session) == before


def test_no_class_gives_the_decision_back_to_the_rules(session: Session) -> None:
    a_judged_run(session)
    edit_run_class(session, ON_CALL, RUN, "Special22", seen=None)
    edit_run_class(session, ON_CALL, RUN, None, seen=None)
    assert run_row(session).run_class != "Special22"
    with pytest.raises(InvalidInput, match="Nobody said the class"):
        edit_run_class(session, ON_CALL, RUN, None, seen=None)


def test_of_two_people_who_say_the_class_at_once_one_is_told_of_the_other(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_judged_run(session)
        looked_at = seen(session)
    both = [
        partial(edit_run_class, actor=actor, run_number=RUN, run_class=name, seen=looked_at)
        for actor, name in ((ON_CALL, "Special22"), (EXPERT, "Cosmics22"))
    ]
    assert at_once(engine, *both) == ["Conflict", "done"]


# the stop reason


def test_a_shifter_says_why_a_run_stopped_and_takes_it_back(session: Session) -> None:
    a_judged_run(session)
    edit_stop_reason(session, SHIFTER, RUN, "  DAQ crash ", why="from the logbook", seen=seen(session))
    assert (run_row(session).stop_reason, last_act(session).why) == ("DAQ crash", "from the logbook")
    with pytest.raises(InvalidInput, match="DAQ crash already"):
        edit_stop_reason(session, SHIFTER, RUN, "DAQ crash", seen=None)
    edit_stop_reason(session, SHIFTER, RUN, "  ", seen=None)
    assert run_row(session).stop_reason is None


def test_a_stop_reason_of_a_whole_novel_or_with_a_nul_is_refused(session: Session) -> None:
    a_judged_run(session)
    for told in ("x" * 2_001, "a\0b"):
        with pytest.raises(InvalidInput, match="stop reason"):
            edit_stop_reason(session, SHIFTER, RUN, told, seen=None)


def test_a_stop_reason_judges_a_run_anew_only_if_a_rule_asks_for_it(session: Session) -> None:
    a_run_that_rules_leave_alone(session)
    mark_significant(session, SHIFTER, RUN, seen=None)
    before = said_of(session)
    rules_say(session, STRIP, Status.STANDBY, (1, 5))
    edit_stop_reason(session, SHIFTER, RUN, "DAQ crash", seen=None)
    assert said_of(session)[Status.STANDBY] == "1–5"
    asks = {"==": [{"var": "stop_reason"}, "HV off"]}
    body = ComponentBody(side=Side.ONLINE, component=STRIP, status=Status.STANDBY, priority=1, rule=asks)
    configure(session, body.kind, name=body.about, body=body, by="test", why="a rule")
    done = edit_stop_reason(session, SHIFTER, RUN, "HV off", seen=None)
    assert said_of(session) == {Status.STANDBY: "1–60", Status.BAD: "61–100"}
    take_back(session, SHIFTER, done.change_set)
    assert said_of(session) == before


# significance


def test_marking_a_run_judges_its_components_in_the_same_act_and_undo_takes_both_back(session: Session) -> None:
    a_run_that_rules_leave_alone(session)
    before = whole_state(session)
    done = mark_significant(session, SHIFTER, RUN, seen=seen(session))
    assert (run_row(session).is_significant, said_of(session)) == (True, {Status.GOOD: "1–60", Status.BAD: "61–100"})
    after = whole_state(session)
    undone = take_back(session, SHIFTER, done.change_set)
    assert whole_state(session) == before
    take_back(session, SHIFTER, undone.change_set)
    assert whole_state(session) == after


def test_unmarking_withdraws_what_rules_said_and_keeps_what_people_said(session: Session) -> None:
    a_run_that_rules_leave_alone(session)
    mark_significant(session, SHIFTER, RUN, seen=None)
    flag_lumisections(session, SHIFTER, [a_flag()], seen=None)
    before = whole_state(session)
    done = unmark_significant(session, SHIFTER, RUN, seen=seen(session))
    assert (run_row(session).is_significant, said_of(session)) == (False, {Status.BAD: "10–20"})
    take_back(session, SHIFTER, done.change_set)
    assert whole_state(session) == before


def test_a_run_that_was_unmarked_or_undone_is_judged_again_when_it_is_marked_again(session: Session) -> None:
    a_run_that_rules_leave_alone(session)
    judged = {Status.GOOD: "1–60", Status.BAD: "61–100"}
    first = mark_significant(session, SHIFTER, RUN, seen=None)
    take_back(session, SHIFTER, first.change_set)
    mark_significant(session, SHIFTER, RUN, seen=None)
    assert said_of(session) == judged
    unmark_significant(session, SHIFTER, RUN, seen=None)
    assert said_of(session) == {}
    mark_significant(session, SHIFTER, RUN, seen=None)
    assert said_of(session) == judged


def test_what_is_significant_already_is_not_marked_again(session: Session) -> None:
    a_judged_run(session)
    with pytest.raises(WrongState, match="already significant"):
        mark_significant(session, SHIFTER, RUN, seen=None)
    unmark_significant(session, SHIFTER, RUN, seen=None)
    with pytest.raises(WrongState, match="not significant already"):
        unmark_significant(session, SHIFTER, RUN, seen=None)


def test_that_rules_flagged_meanwhile_is_no_conflict_but_that_somebody_marked_it_is(session: Session) -> None:
    a_run_that_rules_leave_alone(session)
    looked_at = seen(session)
    flag_lumisections(session, SHIFTER, [a_flag()], seen=None)
    mark_significant(session, SHIFTER, RUN, seen=looked_at)
    with pytest.raises(Conflict, match=r"S\. Tanaka changed is_significant of 360459"):
        unmark_significant(session, ON_CALL, RUN, seen=looked_at)
