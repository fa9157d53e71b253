"""Moving a run on and back: who may, what must have a verdict, which datasets are made, two at once."""

from functools import partial

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.access import VISITOR
from backend.certify.accepted import AcceptedDatasetBody
from backend.certify.completeness import certifiable_components
from backend.certify.flags import flag_lumisections
from backend.certify.moving_runs import move_run
from backend.configuration import configure, ensure_defaults
from backend.db import transaction
from backend.errors import NotFound, NotPermitted, WrongState
from models.lumis import LumiSet
from models.vocabulary import RunState, Status
from tests.certifying import (
    ON_CALL,
    PIXEL,
    PROMPT,
    SHIFTER,
    STRIP,
    a_flag,
    a_judged_run,
    at_once,
    last_act,
    oms_says,
    rules_say,
    run_row,
    said_of,
    seen,
)
from tests.factories import RUN, a_run

SIGNOFF, COMPLETED, OPEN = RunState.SIGNOFF, RunState.COMPLETED, RunState.OPEN


@pytest.fixture
def session(furnished: Session) -> Session:
    """A registry with its defaults."""
    return furnished


def test_a_complete_run_is_signed_off_completed_and_moved_back(session: Session) -> None:
    a_judged_run(session)
    move_run(session, SHIFTER, RUN, SIGNOFF, seen=seen(session))
    move_run(session, SHIFTER, RUN, COMPLETED, seen=seen(session))
    assert (run_row(session).state, last_act(session).why) == ("COMPLETED", "SIGNOFF to COMPLETED")
    move_run(session, ON_CALL, RUN, SIGNOFF, seen=seen(session))
    move_run(session, ON_CALL, RUN, OPEN, seen=seen(session))
    assert run_row(session).state == "OPEN"


def test_moving_on_creates_the_accepted_datasets_in_the_same_act(session: Session) -> None:
    body = AcceptedDatasetBody(name=PROMPT.name, run_class="Collisions22", patterns=("x",), run_from=1, run_to=999_999)
    configure(session, body.kind, name=body.name, body=body, by="test", why="accepted")
    a_judged_run(session)
    before = seen(session)
    done = move_run(session, SHIFTER, RUN, SIGNOFF, seen=before)
    assert done.change_set == before + 1
    names = text("SELECT array_agg(name ORDER BY name) FROM dataset")
    assert session.execute(names).scalar_one() == [PROMPT.name, "online"]


def test_a_sign_off_names_the_datasets_that_are_no_longer_accepted(session: Session) -> None:
    body = AcceptedDatasetBody(name=PROMPT.name, run_class="Collisions22", patterns=("x",), run_from=1, run_to=999_999)
    configure(session, body.kind, name=body.name, body=body, by="test", why="accepted")
    a_judged_run(session)
    move_run(session, ON_CALL, RUN, SIGNOFF, seen=None)
    assert last_act(session).why == "OPEN to SIGNOFF"
    move_run(session, ON_CALL, RUN, OPEN, seen=None)
    configure(session, body.kind, name=body.name, body=None, by="test", why="no more")
    move_run(session, ON_CALL, RUN, SIGNOFF, seen=None)
    named = f"no longer accepted, to be hidden if wanted: {PROMPT.name}"
    assert last_act(session).why == f"OPEN to SIGNOFF; {named}"


def test_a_shifter_moves_on_and_not_back(session: Session) -> None:
    a_judged_run(session)
    move_run(session, SHIFTER, RUN, SIGNOFF, seen=None)
    with pytest.raises(NotPermitted, match="move a run back"):
        move_run(session, SHIFTER, RUN, OPEN, seen=None)
    move_run(session, SHIFTER, RUN, COMPLETED, seen=None)
    with pytest.raises(NotPermitted, match="move a run back"):
        move_run(session, SHIFTER, RUN, SIGNOFF, seen=None)
    with pytest.raises(NotPermitted):
        move_run(session, VISITOR, 1, SIGNOFF, seen=None)
    with pytest.raises(NotFound):
        move_run(session, SHIFTER, 1, SIGNOFF, seen=None)


def test_where_it_is_already_a_run_is_not_moved(session: Session) -> None:
    a_judged_run(session)
    with pytest.raises(WrongState, match="in state OPEN already"):
        move_run(session, ON_CALL, RUN, OPEN, seen=None)


def test_components_without_a_verdict_are_named_with_their_lumisections(session: Session) -> None:
    a_judged_run(session, known=LumiSet.pairs([[1, 59], [63, 100]]))
    rules_say(session, STRIP, Status.NO_VALUE_FOUND, (50, 70))
    rules_say(session, PIXEL, Status.NO_VALUE_FOUND, (50, 70))
    rules_say(session, "gem-gem", None, (100, 100))
    with pytest.raises(WrongState) as refused:
        move_run(session, SHIFTER, RUN, SIGNOFF, seen=None)
    assert "tracker-pixel, tracker-strip have no verdict in 50–59, 63–70" in str(refused.value)
    assert "gem-gem has no verdict in 100" in str(refused.value)
    assert run_row(session).state == "OPEN"


def test_what_a_person_says_is_not_set_is_a_verdict_and_columns_that_are_not_certified_need_none(
    session: Session,
) -> None:
    a_judged_run(session)
    flag_lumisections(session, SHIFTER, [a_flag(Status.NOTSET, STRIP, of=(1, 100))], seen=None)
    move_run(session, SHIFTER, RUN, SIGNOFF, seen=None)
    assert "tracker-track" not in certifiable_components(session)


def test_a_run_without_lumisections_or_class_is_not_signed_off(session: Session) -> None:
    a_run(session, 1, known=LumiSet.span(1, 1))
    with pytest.raises(WrongState, match="Run 1 has no class"):
        move_run(session, SHIFTER, 1, SIGNOFF, seen=None)
    oms_says(session, 1, known=[])
    with pytest.raises(WrongState, match="Run 1 has no lumisections"):
        move_run(session, SHIFTER, 1, SIGNOFF, seen=None)


def test_of_two_who_sign_off_at_once_one_is_told(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_judged_run(session)
        looked_at = seen(session)
    both = [partial(move_run, actor=a, run_number=RUN, to=SIGNOFF, seen=looked_at) for a in (SHIFTER, ON_CALL)]
    assert at_once(engine, *both) == ["WrongState", "done"]


def test_who_flags_while_another_signs_off_is_either_in_time_or_told(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_judged_run(session)
        looked_at = seen(session)
    flag = partial(flag_lumisections, actor=SHIFTER, flags=[a_flag()], seen=looked_at)
    outcome = at_once(engine, flag, partial(move_run, actor=ON_CALL, run_number=RUN, to=SIGNOFF, seen=looked_at))
    with transaction(engine) as session:
        is_flagged = Status.BAD in said_of(session)
    assert outcome == (["done", "done"] if is_flagged else ["WrongState", "done"])
