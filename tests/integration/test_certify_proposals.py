"""What OMS changed after sign-off: the difference in sight, accepted or rejected by who may, and undone."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.certify.proposals import accept_proposal, proposed_difference, reject_proposal
from backend.certify.taking_back import take_back
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.errors import Conflict, NotFound, NotPermitted, WrongState
from backend.record import Act, LumisectionSaid, RunSaid, columns_by_name, record
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, Bit, Origin, Status
from tests.certifying import (
    DC_EXPERT,
    ON_CALL,
    ONLINE_KEY,
    SHIFTER,
    STRIP,
    a_judged_run,
    at_once,
    oms_says,
    run_row,
    said_of,
    tob_ready,
    whole_state,
)
from tests.factories import RUN, a_flag, flag


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A run that is signed off, and of which OMS then said something else."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        arrange(opened)
        yield opened


def arrange(session: Session) -> None:
    a_judged_run(session)
    tob_ready(session)
    oms_says(session, **{"oms.energy": 6500, "oms.hlt_key": "/cdaq/physics"})
    flag(session, a_flag(ONLINE_KEY, columns_by_name(session)[STRIP].id, of=(55, 60), comment="trip"))
    said = RunSaid(RUN, {"state": "SIGNOFF"}, Origin.PERSON)
    record(session, Act(by="S. Tanaka", why="signed off", kind=ActKind.MOVE_RUN, runs=(said,)))
    propose(session, {"oms.energy": 6800, "known": [[1, 99]], "oms.last_update": "2022-11-24T12:00:00Z"})


def propose(session: Session, attributes: dict[str, object]) -> int:
    numbers = columns_by_name(session)
    words = (
        LumisectionSaid(ONLINE_KEY, (numbers["oms-tob_ready"].id,), LumiRange(50, 70), Bit.NULL, Origin.RULE),
        LumisectionSaid(ONLINE_KEY, (numbers[STRIP].id,), LumiRange(50, 70), Status.BAD, Origin.RULE),
    )
    said = RunSaid(RUN, attributes, Origin.RULE)
    act = Act(by="ingest", why="OMS: changed", kind=ActKind.PROPOSAL, runs=(said,), lumisections=words)
    return record(session, act).change_set


def test_the_difference_is_told_attribute_by_attribute_and_range_by_range(session: Session) -> None:
    told = proposed_difference(session, RUN)
    assert told is not None
    attributes = {a.name: (a.now, a.proposed) for a in told.attributes}
    assert attributes == {"known": (LumiSet.span(1, 100), LumiSet.span(1, 99)), "oms.energy": (6500, 6800)}
    columns = {str(c.column): [(str(r.where), r.now, r.proposed, r.held_by) for r in c.ranges] for c in told.columns}
    assert columns == {
        STRIP: [
            ("50–54", Status.GOOD, Status.BAD, None),
            ("55–60", Status.BAD, Status.BAD, "S. Tanaka"),
            ("61–70", Status.GOOD, Status.BAD, None),
        ],
        "oms-tob_ready": [("50–60", Bit.TRUE, Bit.NULL, None), ("61–70", Bit.FALSE, Bit.NULL, None)],
    }
    assert not told.luminosity


def test_of_a_run_of_which_nothing_is_proposed_there_is_no_difference(session: Session) -> None:
    a_judged_run(session, 2)
    assert proposed_difference(session, 2) is None
    with pytest.raises(NotFound, match="no run 1"):
        proposed_difference(session, 1)


def test_what_is_accepted_holds_below_what_people_said(session: Session) -> None:
    told = proposed_difference(session, RUN)
    accept_proposal(session, ON_CALL, RUN, seen=told.change_set)  # type: ignore[union-attr]
    assert (run_row(session).energy_gev, run_row(session).lumisections, run_row(session).proposed_by) == (
        6800,
        99,
        None,
    )
    assert said_of(session) == {Status.GOOD: "1–49, 71–100", Status.BAD: "50–70"}
    assert proposed_difference(session, RUN) is None


def test_what_is_rejected_leaves_the_run_as_it_is(session: Session) -> None:
    before = said_of(session)
    reject_proposal(session, DC_EXPERT, RUN, why="a slip of OMS", seen=None)
    assert (run_row(session).energy_gev, run_row(session).proposed_by, said_of(session)) == (6500, None, before)
    with pytest.raises(WrongState, match="OMS proposes nothing"):
        accept_proposal(session, DC_EXPERT, RUN, seen=None)


def test_a_shifter_decides_nothing_and_the_right_comes_first(session: Session) -> None:
    for decide in (accept_proposal, reject_proposal):
        with pytest.raises(NotPermitted, match="accept or reject what OMS changed after sign-off"):
            decide(session, SHIFTER, 1, seen=None)
        with pytest.raises(NotFound):
            decide(session, ON_CALL, 1, seen=None)


def test_what_was_amended_meanwhile_is_not_accepted_unseen(session: Session) -> None:
    told = proposed_difference(session, RUN)
    propose(session, {"oms.energy": 6900})
    with pytest.raises(Conflict, match="OMS amended"):
        accept_proposal(session, ON_CALL, RUN, seen=told.change_set)  # type: ignore[union-attr]


@pytest.mark.parametrize("decide", [accept_proposal, reject_proposal])
def test_a_decision_is_undone_and_is_to_be_made_again(session: Session, decide: object) -> None:
    before = whole_state(session)
    done = decide(session, ON_CALL, RUN, seen=None)  # type: ignore[operator]
    after = whole_state(session)
    undone = take_back(session, ON_CALL, done.change_set)
    assert whole_state(session) == before
    take_back(session, ON_CALL, undone.change_set)
    assert whole_state(session) == after


def test_of_two_who_decide_at_once_one_is_told(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        arrange(session)
    both = [
        partial(decide, actor=actor, run_number=RUN, seen=None)
        for decide, actor in ((accept_proposal, ON_CALL), (reject_proposal, DC_EXPERT))
    ]
    assert at_once(engine, *both) == ["WrongState", "done"]
