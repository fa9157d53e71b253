"""What rules do to runs that are signed off: they propose with OMS, and follow again once the run is open."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.classify.recording import Outcome, reclassify_run
from backend.db import transaction
from backend.ingest.proposals import accept_proposal, pending_proposal, reject_proposal
from backend.record import columns_by_name
from models.vocabulary import ActKind, RunState, Status
from tests.classified import (
    a_physics_run,
    acts,
    component,
    flags,
    run,
    says,
    take_in,
)
from tests.factories import RUN
from tests.judging import ALWAYS
from tests.oms_answers import OmsState

pytestmark = pytest.mark.usefixtures("rules")


def signed_off(engine: Engine) -> OmsState:
    state = a_physics_run()
    take_in(engine, state)
    says(engine, state=RunState.SIGNOFF.value)
    return state


def test_of_a_run_that_is_signed_off_rules_propose_with_oms(engine: Engine, onlooker: Session) -> None:
    take_in(engine, signed_off(engine).where([9], bpix_ready=False))
    assert flags(onlooker) == {"GOOD": "1–10"}
    assert [by for by, _ in acts(onlooker, ActKind.PROPOSAL)] == ["ingest", "rule online/tracker-strip/BAD"]
    with transaction(engine) as writing:
        accept_proposal(writing, RUN, by="S. Tanaka", why="seen")
    assert flags(onlooker) == {"GOOD": "1–8, 10", "BAD": "9"}
    assert run(onlooker, "proposed_by") is None


def test_what_was_rejected_is_not_proposed_again(engine: Engine, onlooker: Session) -> None:
    changed = signed_off(engine).where([9], bpix_ready=False)
    take_in(engine, changed)
    with transaction(engine) as writing:
        reject_proposal(writing, RUN, by="S. Tanaka", why="no")
    take_in(engine, changed.but(last_update="2022-10-11T09:01:00Z"))
    assert len(acts(onlooker, ActKind.PROPOSAL)) == 2
    assert flags(onlooker) == {"GOOD": "1–10"}


def test_when_oms_takes_back_what_it_proposed_so_do_the_rules(engine: Engine, onlooker: Session) -> None:
    state = signed_off(engine)
    take_in(engine, state.where([9], bpix_ready=False), state)
    assert run(onlooker, "proposed_by") is None
    assert flags(onlooker) == {"GOOD": "1–10"}


def test_a_proposal_of_rules_is_no_bit_that_oms_stops_speaking_of(engine: Engine, onlooker: Session) -> None:
    state = signed_off(engine)
    take_in(engine, state.where([9], bpix_ready=False), state.where([8, 9], bpix_ready=False))
    with transaction(engine) as writing:
        pending = pending_proposal(writing, RUN)
        columns = {column.id: name for name, column in columns_by_name(writing).items()}
    assert pending is not None
    told = {(columns[c], str(said.range), said.value) for said in pending.words.lumisections for c in said.columns}
    assert told == {("oms-bpix_ready", "8–9", 0), ("tracker-strip", "8–9", Status.BAD)}


def test_a_run_that_is_opened_again_follows_oms_and_the_rules(engine: Engine, onlooker: Session) -> None:
    state = signed_off(engine)
    take_in(engine, state.where([9], bpix_ready=False))
    says(engine, state=RunState.OPEN.value)
    take_in(engine, state.where([8], bpix_ready=False))
    assert flags(onlooker) == {"GOOD": "1–7, 9–10", "BAD": "8"}
    assert run(onlooker, "proposed_by") is None


def test_new_rules_alone_leave_a_signed_off_run_alone(engine: Engine, onlooker: Session) -> None:
    state = signed_off(engine)
    component(engine, Status.STANDBY, ALWAYS, priority=1)
    take_in(engine, state.but(last_update="2022-10-11T09:01:00Z"))
    assert acts(onlooker, ActKind.PROPOSAL) == []


def test_a_run_that_is_asked_for_again_after_sign_off_gets_a_proposal(engine: Engine, onlooker: Session) -> None:
    signed_off(engine)
    component(engine, Status.STANDBY, ALWAYS, priority=1)
    with transaction(engine) as writing:
        assert reclassify_run(writing, RUN) is Outcome.PROPOSED
    assert flags(onlooker) == {"GOOD": "1–10"}
    with transaction(engine) as writing:
        accept_proposal(writing, RUN, by="S. Tanaka", why="seen")
    assert flags(onlooker) == {"STANDBY": "1–10"}
