"""DCS bits of an offline dataset: overridden to true or false, given back to OMS; who may, and what is refused."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.certify.bits import give_back_bits, set_bits
from backend.certify.taking_back import take_back
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, WrongState
from backend.queries import latest_change, strip_of
from models.lumis import LumiSet
from models.vocabulary import Bit, DatasetState
from tests.certifying import (
    CERTIFIER,
    DC_EXPERT,
    ONLINE_KEY,
    PROMPT,
    a_dataset,
    a_judged_run,
    a_place,
    at_once,
    last_act,
    tob_ready,
    whole_state,
)
from tests.factories import RUN

TOB = "tob_ready"
IN_PROMPT = a_place(TOB, dataset=PROMPT, of=(50, 70))


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A run whose outer barrel was ready until 60, with a dataset that is OPEN in the global workspace."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        arrange(opened)
        yield opened


def arrange(session: Session) -> None:
    a_judged_run(session)
    tob_ready(session)
    a_dataset(session)


def bits(session: Session, name: str = PROMPT.name) -> dict[object, str]:
    """The bit as a page shows it: value → where; what OMS says shines through."""
    column = strip_of(session, RUN, name).column(f"oms-{TOB}")
    assert column is not None
    values = {segment.value for segment in column.segments}
    return {v: str(LumiSet.of(s.range for s in column.segments if s.value is v)) for v in values}


def test_a_bit_is_set_to_true_or_to_false_in_this_dataset_alone(session: Session) -> None:
    set_bits(session, DC_EXPERT, [IN_PROMPT], True, comment="TOB was on", seen=None)
    assert bits(session) == {Bit.TRUE: "1–70", Bit.FALSE: "71–100"}
    set_bits(session, DC_EXPERT, [a_place(TOB, dataset=PROMPT, of=(1, 5))], False, comment="it was off", seen=None)
    assert bits(session) == {Bit.FALSE: "1–5, 71–100", Bit.TRUE: "6–70"}
    assert bits(session, "online") == {Bit.TRUE: "1–60", Bit.FALSE: "61–100"}
    assert (last_act(session).by, last_act(session).why) == ("J. Novak", "tob_ready 1–5 false: it was off")


def test_only_who_may_override_bits_does(session: Session) -> None:
    with pytest.raises(NotPermitted, match=r"override DCS bits of a dataset\..*data-certification"):
        set_bits(session, CERTIFIER, [IN_PROMPT], True, comment="TOB was on", seen=None)
    with pytest.raises(NotPermitted):
        give_back_bits(session, CERTIFIER, [IN_PROMPT], seen=None)


def test_what_there_is_not_or_cannot_be_is_refused(session: Session) -> None:
    with pytest.raises(NotFound, match="no DCS bit 'tob_redy'"):
        set_bits(session, DC_EXPERT, [a_place("tob_redy", dataset=PROMPT)], True, comment="why not", seen=None)
    with pytest.raises(NotFound, match="no DCS bit 'prescale_index'"):
        set_bits(session, DC_EXPERT, [a_place("prescale_index", dataset=PROMPT)], True, comment="why not", seen=None)
    with pytest.raises(InvalidInput, match=f"The bits of {RUN} online are as OMS says"):
        set_bits(session, DC_EXPERT, [a_place(TOB, dataset=ONLINE_KEY)], True, comment="why not", seen=None)
    with pytest.raises(InvalidInput, match="a comment of 3 characters or more, not 'no'"):
        set_bits(session, DC_EXPERT, [IN_PROMPT], False, comment=" no ", seen=None)
    with pytest.raises(InvalidInput, match="90–101 does not begin and end in them"):
        set_bits(session, DC_EXPERT, [a_place(TOB, dataset=PROMPT, of=(90, 101))], True, comment="why not", seen=None)
    with pytest.raises(InvalidInput, match="Nothing is named"):
        set_bits(session, DC_EXPERT, [], True, comment="why not", seen=None)


def test_a_dataset_that_is_not_open_in_the_global_workspace_keeps_its_bits(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_judged_run(session)
        a_dataset(session, states={"global": DatasetState.SIGNOFF, "tracker": DatasetState.OPEN})
        with pytest.raises(WrongState, match="must be OPEN in global"):
            set_bits(session, DC_EXPERT, [IN_PROMPT], True, comment="why not", seen=None)


def test_what_is_given_back_is_as_oms_says(session: Session) -> None:
    before = bits(session)
    set_bits(session, DC_EXPERT, [IN_PROMPT], False, comment="it was off", seen=None)
    give_back_bits(session, DC_EXPERT, [IN_PROMPT], seen=None)
    assert bits(session) == before


def test_bits_are_undone_and_redone(session: Session) -> None:
    before = whole_state(session)
    done = set_bits(session, DC_EXPERT, [IN_PROMPT], False, comment="it was off", seen=None)
    after = whole_state(session)
    undone = take_back(session, DC_EXPERT, done.change_set)
    assert whole_state(session) == before
    with pytest.raises(NotPermitted, match="undo what somebody else did"):
        take_back(session, CERTIFIER, undone.change_set)
    take_back(session, DC_EXPERT, undone.change_set)
    assert whole_state(session) == after


def test_who_did_not_see_an_override_does_not_overwrite_it(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        arrange(session)
        seen = latest_change(session).change_set
    both = [
        partial(set_bits, actor=DC_EXPERT, places=[IN_PROMPT], value=value, comment="why not", seen=seen)
        for value in (True, False)
    ]
    assert at_once(engine, *both) == ["Conflict", "done"]
    with transaction(engine) as session, pytest.raises(Conflict, match=r"J\. Novak changed oms-tob_ready 50–70"):
        set_bits(session, DC_EXPERT, [IN_PROMPT], True, comment="why not", seen=seen)
