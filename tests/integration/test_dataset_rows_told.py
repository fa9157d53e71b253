"""What a row of the Offline page tells besides flags: where high voltage is on, and who closed the dataset."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.certify.bits import set_bits
from backend.certify.datasets import move_datasets
from backend.certify.taking_back import take_back
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.queries import EVERYTHING, datasets_page, ids_of
from backend.queries.closing import closed_by
from backend.queries.high_voltage import lumisections_ready
from backend.record import columns_by_name, record
from backend.record.act import Act, LumisectionSaid
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, Bit, DatasetState, Origin, Status
from tests.certifying import CERTIFIER, DC_EXPERT, ONLINE_KEY, PROMPT, a_dataset, a_judged_run, a_place, tob_ready
from tests.factories import a_flag, flag

SIGNOFF, COMPLETED = DatasetState.SIGNOFF, DatasetState.COMPLETED


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A run whose outer barrel was ready until 60, with a dataset OPEN in tracker, ecal and global."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        a_judged_run(opened)
        tob_ready(opened)
        a_dataset(opened)
        yield opened


def dataset(session: Session) -> int:
    [id_] = ids_of(session, EVERYTHING, workspace="tracker")
    return id_


def ready(session: Session, *bits: str) -> int | None:
    return lumisections_ready(session, [dataset(session)], bits=bits).get(dataset(session))


def bpix(session: Session, bit: Bit, first: int, last: int) -> None:
    column = columns_by_name(session)["oms-bpix_ready"].id
    said = LumisectionSaid(ONLINE_KEY, (column,), LumiRange(first, last), bit, Origin.RULE)
    record(session, Act(by="ingest", why="OMS: values came", kind=ActKind.INGEST, lumisections=(said,)))


def test_high_voltage_is_on_where_every_bit_says_ready(session: Session) -> None:
    assert ready(session, "tob_ready") == 60
    bpix(session, Bit.TRUE, 41, 100)
    assert ready(session, "tob_ready", "bpix_ready") == 20


def test_what_is_said_of_the_bits_of_the_dataset_itself_counts(session: Session) -> None:
    set_bits(session, DC_EXPERT, [a_place("tob_ready", dataset=PROMPT, of=(51, 60))], False, comment="off", seen=None)
    set_bits(session, DC_EXPERT, [a_place("tob_ready", dataset=PROMPT, of=(71, 75))], True, comment="was on", seen=None)
    assert ready(session, "tob_ready") == 55


def test_of_a_bit_that_nobody_knows_nothing_is_told(session: Session) -> None:
    assert ready(session, "tob_ready", "bpix_ready") is None
    bpix(session, Bit.NULL, 1, 100)
    assert ready(session, "tob_ready", "bpix_ready") is None
    bpix(session, Bit.FALSE, 1, 1)
    assert ready(session, "tob_ready", "bpix_ready") == 0
    assert ready(session, "no_such_bit") is None


def test_only_lumisections_of_the_dataset_count(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_judged_run(session, known=LumiSet.pairs([[1, 50], [56, 100]]))
        tob_ready(session)
        a_dataset(session)
        assert ready(session, "tob_ready") == 55


def closer(session: Session, workspace: str = "tracker") -> str | None:
    found = closed_by(session, [dataset(session)], workspace=workspace).get(dataset(session))
    return found and found.by


def test_who_signed_off_is_told_whatever_was_done_to_the_dataset_since(session: Session) -> None:
    move_datasets(session, CERTIFIER, [dataset(session)], desks=["tracker"], to=SIGNOFF, seen=None)
    assert closer(session) == CERTIFIER.name
    [column] = [columns_by_name(session)["ecal-ecal"].id]
    flag(session, a_flag(PROMPT, column, Status.BAD), by="somebody else")
    move_datasets(session, DC_EXPERT, [dataset(session)], desks=["ecal"], to=SIGNOFF, seen=None)
    [row] = datasets_page(session, workspace="tracker").rows
    assert row.changed_by == DC_EXPERT.name
    assert (closer(session), closer(session, "ecal")) == (CERTIFIER.name, DC_EXPERT.name)


def test_a_move_that_is_undone_is_nobodys_word(session: Session) -> None:
    move_datasets(session, CERTIFIER, [dataset(session)], desks=["tracker"], to=SIGNOFF, seen=None)
    again = move_datasets(session, DC_EXPERT, [dataset(session)], desks=["tracker"], to=COMPLETED, seen=None)
    assert closer(session) == DC_EXPERT.name
    take_back(session, DC_EXPERT, again.change_set, why="too early")
    assert closer(session) == CERTIFIER.name
