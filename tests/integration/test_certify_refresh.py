"""Asking OMS again about a run, and resetting it: who may, when, what stays of people's words, what is undone."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import Actor
from backend.certify.flags import flag_lumisections
from backend.certify.refresh import refresh_run, reset_run
from backend.certify.runs import edit_run_class, edit_stop_reason, mark_significant
from backend.certify.taking_back import take_back
from backend.classify.recording import classify_run
from backend.configuration import configure, ensure_defaults
from backend.db import transaction
from backend.errors import Conflict, NotFound, NotPermitted, SourceUnavailable, WrongState
from backend.ingest.oms import Oms, OmsLumisections, OmsRun
from backend.ingest.runs import Outcome, ingest_run
from backend.queries import latest_change
from models.vocabulary import ConfigurationKind, RunState, Status
from tests.certifying import (
    CERTIFIER,
    DC_EXPERT,
    ON_CALL,
    SHIFTER,
    a_flag,
    at_once,
    classifiers,
    last_act,
    rules_say,
    run_row,
    said_of,
    whole_state,
)
from tests.factories import RUN
from tests.ingested import move
from tests.oms_answers import OmsState, an_oms_run

GOOD, BAD = Status.GOOD, Status.BAD
JUDGED = {GOOD: "1–60", BAD: "61–100"}


class ScriptedOms(Oms):
    """An OMS that says one state of one run, or is silent."""

    def __init__(self, state: OmsState | None) -> None:
        self.state = state

    def run(self, run_number: int) -> OmsRun | None:
        if self.state is None:
            raise SourceUnavailable("OMS did not answer.")
        return self.state.run() if run_number == self.state.run_number else None

    def lumisections(self, run_number: int) -> OmsLumisections:
        assert self.state is not None and run_number == self.state.run_number
        return self.state.read()


STATE = (
    an_oms_run(100, hlt_key="/cdaq/physics").where(range(1, 61), tob_ready=True).where(range(61, 101), tob_ready=False)
)
OMS = ScriptedOms(STATE)


@pytest.fixture
def on(engine: Engine) -> Iterator[Engine]:
    """A registry that took in the run and judged it; a shifter marked it significant."""
    ensure_defaults(engine)
    with transaction(engine) as session:
        classifiers(session)
    ingest_run(engine, STATE.run(), STATE.read(), classify=classify_run)
    with transaction(engine) as session:
        mark_significant(session, SHIFTER, RUN, seen=None)
    yield engine


@pytest.fixture
def session(on: Engine) -> Iterator[Session]:
    """To look at the registry; every look sees what was committed until then."""
    with Session(on) as opened:
        opened.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield opened


def do(on: Engine, deed: object, *args: object, **named: object) -> int:
    with transaction(on) as session:
        return deed(session, *args, seen=None, **named).change_set  # type: ignore[operator,no-any-return]


def test_a_shifter_asks_oms_again_and_the_log_says_so(on: Engine, session: Session) -> None:
    later = ScriptedOms(STATE.where(range(50, 61), tob_ready=False))
    told = refresh_run(on, SHIFTER, RUN, oms=later)
    assert (told.outcome, told.change_set) == (Outcome.CHANGED, latest_change(session).change_set)
    assert said_of(session) == {GOOD: "1–49", BAD: "50–100"}
    assert refresh_run(on, SHIFTER, RUN, oms=later).outcome is Outcome.UNCHANGED


def test_rules_that_changed_since_judge_a_run_that_oms_did_not_change(on: Engine, session: Session) -> None:
    with transaction(on) as opened:
        kind, name = ConfigurationKind.COMPONENT, "online/tracker-strip/BAD"
        configure(opened, kind, name=name, body=None, by="test", why="not needed")
    refresh_run(on, SHIFTER, RUN, oms=OMS)
    assert Status.NO_VALUE_FOUND in said_of(session)


def test_what_people_said_stays_when_a_run_is_refreshed_or_reset(on: Engine, session: Session) -> None:
    do(on, flag_lumisections, SHIFTER, [a_flag()])
    do(on, edit_run_class, ON_CALL, RUN, "Special22")
    refresh_run(on, SHIFTER, RUN, oms=OMS)
    reset_run(on, ON_CALL, RUN, oms=OMS, seen=None)
    assert said_of(session) == {GOOD: "1–9, 21–60", BAD: "10–20, 61–100"}
    assert (run_row(session).run_class, run_row(session).is_significant) == ("Special22", True)


def test_a_reset_withdraws_what_rules_said_whatever_was_undone_or_is_stale(on: Engine, session: Session) -> None:
    with transaction(on) as opened:
        rules_say(opened, "ecal-ecal", BAD, (5, 120))
    reset_run(on, ON_CALL, RUN, oms=OMS, seen=None)
    assert (said_of(session, "ecal-ecal"), said_of(session)) == ({}, JUDGED)
    assert said_of(session, "oms-tob_ready") != {}
    assert (last_act(session).kind, last_act(session).by) == ("withdraw", "K. Ito")


def test_people_are_withdrawn_only_if_asked(on: Engine, session: Session) -> None:
    do(on, flag_lumisections, SHIFTER, [a_flag()])
    do(on, edit_stop_reason, SHIFTER, RUN, "DAQ crash")
    reset_run(on, ON_CALL, RUN, oms=OMS, with_people=True, seen=latest_change(session).change_set)
    row = run_row(session)
    assert (row.is_significant, row.stop_reason, row.state, row.run_class) == (False, None, "OPEN", "Collisions22")
    assert said_of(session) == {}


def test_a_reset_is_undone_and_redone_row_for_row(on: Engine, session: Session) -> None:
    do(on, flag_lumisections, SHIFTER, [a_flag()])
    before = whole_state(session)
    done = reset_run(on, ON_CALL, RUN, oms=OMS, with_people=True, seen=None)
    after = whole_state(session)
    with transaction(on) as opened:
        undone = take_back(opened, ON_CALL, done.change_set)
    assert whole_state(session) == before
    with transaction(on) as opened, pytest.raises(NotPermitted):
        take_back(opened, SHIFTER, undone.change_set)
    with transaction(on) as opened:
        take_back(opened, ON_CALL, undone.change_set)
    assert whole_state(session) == after


def test_what_somebody_said_meanwhile_is_not_withdrawn_unseen(on: Engine, session: Session) -> None:
    seen = latest_change(session).change_set
    do(on, flag_lumisections, SHIFTER, [a_flag()])
    with pytest.raises(Conflict, match=rf"S\. Tanaka changed run {RUN} at"):
        reset_run(on, ON_CALL, RUN, oms=OMS, with_people=True, seen=seen)
    reset_run(on, ON_CALL, RUN, oms=OMS, seen=seen)
    assert said_of(session)[BAD] == "10–20, 61–100"


def test_what_somebody_brought_back_meanwhile_is_not_withdrawn_unseen(on: Engine, session: Session) -> None:
    done = do(on, flag_lumisections, SHIFTER, [a_flag()])
    with transaction(on) as opened:
        seen = take_back(opened, SHIFTER, done).change_set
    with transaction(on) as opened:
        take_back(opened, SHIFTER, seen)
    with pytest.raises(Conflict, match=rf"S\. Tanaka changed run {RUN} at"):
        reset_run(on, ON_CALL, RUN, oms=OMS, with_people=True, seen=seen)


def test_of_two_who_reset_people_too_at_once_one_is_told(on: Engine, session: Session) -> None:
    seen = latest_change(session).change_set
    session.commit()

    def reset(_: Session) -> None:
        reset_run(on, ON_CALL, RUN, oms=OMS, with_people=True, seen=seen)

    assert at_once(on, reset, reset) == ["Conflict", "done"]


@pytest.mark.parametrize("actor", [CERTIFIER, DC_EXPERT, SHIFTER])
def test_only_who_may_resets(on: Engine, actor: Actor) -> None:
    with pytest.raises(NotPermitted, match="reset a run to what OMS and the rules say"):
        reset_run(on, actor, RUN, oms=ScriptedOms(None), seen=None)
    with pytest.raises(NotPermitted, match="ask OMS again"):
        refresh_run(on, CERTIFIER, 1, oms=OMS)


def test_a_run_that_is_signed_off_or_unknown_is_refused_before_oms_is_asked(on: Engine) -> None:
    with pytest.raises(NotFound, match="no run 1"):
        refresh_run(on, SHIFTER, 1, oms=ScriptedOms(None))
    move(on, RunState.SIGNOFF)
    with pytest.raises(WrongState, match="Run must be in state OPEN to be refreshed"):
        refresh_run(on, SHIFTER, RUN, oms=ScriptedOms(None))
    with pytest.raises(WrongState, match="Run must be in state OPEN to be reset"):
        reset_run(on, ON_CALL, RUN, oms=ScriptedOms(None), seen=None)


def test_when_oms_is_silent_or_lost_the_run_nothing_changes(on: Engine, session: Session) -> None:
    before = whole_state(session)
    with pytest.raises(SourceUnavailable):
        reset_run(on, ON_CALL, RUN, oms=ScriptedOms(None), seen=None)
    with pytest.raises(NotFound, match=f"OMS has no run {RUN}"):
        reset_run(on, ON_CALL, RUN, oms=ScriptedOms(an_oms_run(run_number=1)), seen=None)
    assert whole_state(session) == before
