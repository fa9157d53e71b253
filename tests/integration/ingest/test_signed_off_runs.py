"""What OMS says of a run that is signed off is proposed, and people decide."""

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.db import transaction
from backend.errors import Conflict, NotFound, WrongState
from backend.ingest.proposals import pending_proposal
from backend.ingest.runs import Outcome
from backend.record import DatasetKey, undo
from models.lumis import LumiRange
from models.vocabulary import ONLINE, Bit, Origin, RunState
from tests.factories import RUN
from tests.ingested import accept, acts, bit, flag_bit, last_why, move, reject, run, take_in
from tests.oms_answers import an_oms_run, luminosity

ONLINE_KEY = DatasetKey(RUN, ONLINE)


@pytest.mark.parametrize("state", [RunState.SIGNOFF, RunState.COMPLETED])
def test_a_change_of_a_run_that_is_not_open_is_proposed(engine: Engine, session: Session, state: RunState) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, state)
    now = an_oms_run(12).where([3], bpix_ready=False).where([4], **luminosity([0.5])[1]).but(energy=6500)
    assert take_in(engine, now, now) == [Outcome.PROPOSED, Outcome.UNCHANGED]
    assert (run(session, "known"), run(session, "energy_gev")) == ([1, 10], 6800)
    assert bit(session, "bpix_ready") == [(1, 10, 1)]
    pending = pending_proposal(session, RUN)
    assert pending is not None and pending.acts == (run(session, "proposed_by"),)
    assert pending.words.attributes == {"known": [[1, 12]], "oms.ls_duration": 12, "oms.energy": 6500}
    assert [(w.range, w.value) for w in pending.words.lumisections] == [
        (LumiRange(3, 3), Bit.FALSE),
        (LumiRange(11, 12), Bit.TRUE),
    ]
    assert [(w.first, w.recorded) for w in pending.words.luminosities] == [(4, [0.5])]


def test_values_alone_are_proposed_too(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    assert take_in(engine, an_oms_run(10).where([3], bpix_ready=False)) == [Outcome.PROPOSED]
    assert run(session, "proposed_by") is not None


def test_an_accepted_proposal_holds_and_is_not_proposed_again(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    now = an_oms_run(12).where([3], bpix_ready=False).where([4], **luminosity([0.5])[1]).but(energy=6500)
    take_in(engine, now)
    accept(engine)
    assert (run(session, "known"), run(session, "energy_gev"), run(session, "proposed_by")) == ([1, 12], 6500, None)
    assert bit(session, "bpix_ready") == [(1, 2, 1), (3, 3, 0), (4, 12, 1)]
    assert session.execute(text("SELECT recorded[4] FROM luminosity")).scalar_one() == 0.5
    assert take_in(engine, now) == [Outcome.UNCHANGED]
    assert pending_proposal(session, RUN) is None


def test_a_rejected_proposal_is_not_proposed_again_nor_with_the_next(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    now = an_oms_run(10).where([3], bpix_ready=False).but(energy=6500)
    take_in(engine, now)
    reject(engine)
    assert (run(session, "proposed_by"), run(session, "energy_gev")) == (None, 6800)
    assert take_in(engine, now) == [Outcome.UNCHANGED]
    assert take_in(engine, now.but(b_field=0.0)) == [Outcome.PROPOSED]
    pending = pending_proposal(session, RUN)
    assert pending is not None and pending.words.attributes == {"oms.b_field": 0.0}
    assert pending.words.lumisections == ()


def test_amendments_are_decided_together_and_the_last_word_counts(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(10).but(energy=6500).where([2, 3], bpix_ready=False))
    first = run(session, "proposed_by")
    take_in(engine, an_oms_run(10).but(energy=6400, b_field=0.0).where([3, 4], bpix_ready=False))
    assert run(session, "proposed_by") == first
    pending = pending_proposal(session, RUN)
    assert pending is not None and len(pending.acts) == 2
    assert pending.words.attributes == {"oms.energy": 6400, "oms.b_field": 0.0}
    assert [(w.range, w.value) for w in pending.words.lumisections] == [(LumiRange(3, 4), Bit.FALSE)]
    accept(engine)
    assert bit(session, "bpix_ready") == [(1, 2, 1), (3, 4, 0), (5, 10, 1)]


def test_nothing_of_a_run_that_shrank_and_grew_while_it_was_decided_is_lost(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(14).where([13], bpix_ready=False), an_oms_run(11))
    accept(engine)
    assert run(session, "known") == [1, 11]
    take_in(engine, an_oms_run(14).where([13], bpix_ready=False))
    accept(engine)
    assert run(session, "known") == [1, 14]
    assert bit(session, "bpix_ready") == [(1, 12, 1), (13, 13, 0), (14, 14, 1)]


def test_what_oms_takes_back_needs_no_decision(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    later = an_oms_run(10).but(last_update="2022-10-11T00:00:00Z")
    assert take_in(engine, an_oms_run(10).lacking(4, 5).where([7], bpix_ready=False), later) == [
        Outcome.PROPOSED,
        Outcome.CHANGED,
    ]
    assert (pending_proposal(session, RUN), run(session, "proposed_by")) == (None, None)
    assert run(session, "oms_last_update") == "2022-10-11T00:00:00+00:00"
    assert last_why(session) == "OMS took back what it had proposed"
    assert take_in(engine, later) == [Outcome.UNCHANGED]


def test_oms_that_comes_round_to_what_holds_after_a_rejection_proposes_nothing(
    engine: Engine, session: Session
) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(10).but(energy=6500).where([7], bpix_ready=False))
    reject(engine)
    assert take_in(engine, an_oms_run(10), an_oms_run(10)) == [Outcome.CHANGED, Outcome.UNCHANGED]
    assert (run(session, "proposed_by"), run(session, "energy_gev")) == (None, 6800)


def test_a_prescale_taken_back_is_proposed_and_accepted(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(4).where([1, 2, 3, 4], prescale_index=2))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(4).where([1, 2], prescale_index=2))
    pending = pending_proposal(session, RUN)
    assert pending is not None and [w.withdraws for w in pending.words.lumisections] == [(Origin.RULE,)]
    accept(engine)
    assert bit(session, "prescale_index") == [(1, 2, 2)]


def test_only_a_newer_last_update_of_a_signed_off_run_is_taken_in(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    assert take_in(engine, an_oms_run(10).but(last_update="2022-10-11T00:00:00Z")) == [Outcome.CHANGED]
    assert (run(session, "proposed_by"), acts(session)[-1]) == (None, "ingest")


def test_an_undone_acceptance_is_pending_again_and_may_be_rejected(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    now = an_oms_run(10).but(energy=6500).where([2], bpix_ready=False)
    take_in(engine, now)
    accepted = accept(engine)
    with transaction(engine) as writing:
        undo(writing, accepted, by="S. Tanaka", why="not so fast")
    assert (run(session, "energy_gev"), bit(session, "bpix_ready")) == (6800, [(1, 10, 1)])
    assert take_in(engine, now) == [Outcome.UNCHANGED]
    pending = pending_proposal(session, RUN)
    assert pending is not None and pending.words.attributes == {"oms.energy": 6500}
    assert len(pending.words.lumisections) == 1
    rejected = reject(engine)
    assert pending_proposal(session, RUN) is None
    with transaction(engine) as writing:
        undo(writing, rejected, by="S. Tanaka", why="not so fast")
    accept(engine)
    assert (run(session, "energy_gev"), bit(session, "bpix_ready")) == (6500, [(1, 1, 1), (2, 2, 0), (3, 10, 1)])


def test_a_run_that_is_open_again_follows_oms(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(12).but(energy=6500))
    move(engine, RunState.OPEN)
    assert take_in(engine, an_oms_run(12).but(energy=6400)) == [Outcome.CHANGED]
    assert (run(session, "known"), run(session, "energy_gev"), run(session, "proposed_by")) == ([1, 12], 6400, None)
    assert bit(session, "bpix_ready") == [(1, 12, 1)]


def test_what_was_amended_since_one_looked_is_a_conflict(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(10).but(energy=6500))
    seen = int(session.execute(text("SELECT n FROM clock")).scalar_one())
    take_in(engine, an_oms_run(10).but(energy=6400))
    with pytest.raises(Conflict, match=f"OMS amended what it proposes about run {RUN}"):
        accept(engine, seen=seen)
    accept(engine, seen=seen + 1)
    assert run(session, "energy_gev") == 6400


def test_where_nothing_is_proposed_nothing_can_be_decided(engine: Engine) -> None:
    with pytest.raises(NotFound, match=f"no run {RUN}"):
        accept(engine)
    take_in(engine, an_oms_run(10))
    with pytest.raises(WrongState, match=f"nothing about run {RUN}"):
        reject(engine)


def test_what_people_said_stays_when_a_proposal_is_accepted(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    flag_bit(engine, "bpix_ready", Bit.TRUE, of=(2, 3))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(10).where([3, 4], bpix_ready=False))
    accept(engine)
    assert bit(session, "bpix_ready") == [(1, 3, 1), (4, 4, 0), (5, 10, 1)]
