"""Runs as points: attributes, shares of statuses and bits, what they are coloured by, and how they go with DCS bits."""

import polars as pl
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.db import transaction
from backend.errors import InvalidFilter
from backend.queries import RUNS, columns_catalogue, parse_filter
from backend.queries.exploring import by_dcs_bits, runs_as_points
from backend.queries.quantities import Quantity, Scale, quantity, worst_of
from backend.record import DatasetKey, LumisectionSaid
from models.lumis import LumiRange, LumiSet
from models.vocabulary import Bit, Origin, Status
from tests.factories import a_flag, a_run, bit_columns, columns, flag

STRIP = "tracker-strip"


@pytest.fixture(autouse=True)
def four_runs(engine: Engine) -> None:
    """Of ten lumisections each: strip is BAD in 0, 2 and 5 and bpix off with it; of the fourth nobody said anything."""
    with transaction(engine) as session:
        strip = columns(session, [STRIP])[0]
        bpix, tob = bit_columns(session, ["bpix_ready", "tob_ready"])
        for run, bad in ((1, 0), (2, 2), (3, 5)):
            online = a_run(
                session, run, known=LumiSet.span(1, 10), fill_number=7, recorded_lumi=run * 1.5, init_lumi=run
            )
            said = [a_flag(online, strip, Status.GOOD, of=(1, 10)), _bit(online, bpix, Bit.TRUE, 10)]
            said.append(_bit(online, tob, Bit.TRUE, 10))
            flag(session, *said)
            if bad:
                flag(session, a_flag(online, strip, of=(1, bad)), _bit(online, bpix, Bit.FALSE, bad))
        a_run(session, 4, known=LumiSet.span(1, 10), fill_number=8)


def _bit(online: DatasetKey, column: int, bit: Bit, last: int) -> LumisectionSaid:
    return LumisectionSaid(online, (column,), LumiRange(1, last), bit, Origin.RULE)


def asked(session: Session, text: str) -> Quantity:
    return quantity(text, columns_catalogue(session))


def points(session: Session, y: str, x: str = "run", filter: str = "") -> list[tuple[object, object]]:
    found = runs_as_points(
        session, y=asked(session, y), x=asked(session, x), filter=parse_filter(filter, RUNS), colour=worst_of(STRIP)
    )
    return found.select("x", "y").rows()


def test_a_share_is_of_the_lumisections_that_the_run_knows(session: Session) -> None:
    assert points(session, f"{STRIP} BAD") == [(1.0, 0.0), (2.0, 0.2), (3.0, 0.5), (4.0, 0.0)]
    assert points(session, f"{STRIP} good") == [(1.0, 1.0), (2.0, 0.8), (3.0, 0.5), (4.0, 0.0)]
    assert points(session, "bpix_ready false") == [(1.0, 0.0), (2.0, 0.2), (3.0, 0.5), (4.0, 0.0)]


def test_attributes_and_numbers_that_only_oms_knows_are_plotted_and_unsaid_is_null(session: Session) -> None:
    assert points(session, "recorded", "fill") == [(7.0, 1.5), (7.0, 3.0), (7.0, 4.5), (8.0, None)]
    assert points(session, "oms.init_lumi") == [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (4.0, None)]


def test_a_filter_narrows_the_points(session: Session) -> None:
    assert points(session, "lumisections", filter=f"{STRIP} BAD > 2") == [(3.0, 10.0)]


def test_points_are_coloured_by_the_worst_that_was_said_anywhere(session: Session) -> None:
    found = runs_as_points(session, y=asked(session, "fill"), x=asked(session, "run"), colour=worst_of(STRIP))
    assert found["colour"].to_list() == ["GOOD", "BAD", "BAD", None]


def test_a_bit_that_goes_with_the_flag_correlates_and_one_that_never_differs_does_not(session: Session) -> None:
    rows = by_dcs_bits(session, y=asked(session, f"{STRIP} BAD"), filter=parse_filter("run < 4", RUNS))
    bpix, tob = (rows.row(by_predicate=pl.col("bit") == bit, named=True) for bit in ("bpix_ready", "tob_ready"))
    assert bpix["correlation"] == pytest.approx(1.0)
    assert (bpix["mean_all_true"], bpix["mean_some_false"]) == (0.0, pytest.approx(0.35))
    assert (bpix["runs_all_true"], bpix["runs_some_false"]) == (1, 2)
    assert tob["correlation"] is None and tob["runs_all_true"] == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("recordet", "did you mean recorded"),
        ("tracker-stripp BAD", "did you mean tracker-strip"),
        ("tracker-strip WRONG", "has no status 'WRONG'"),
        ("bpix_ready maybe", "nothing to plot"),
        ("components", "cannot be plotted"),
    ],
)
def test_what_cannot_be_plotted_is_a_sentence(session: Session, text: str, sentence: str) -> None:
    with pytest.raises(InvalidFilter, match=sentence):
        asked(session, text)


def test_words_do_not_correlate(session: Session) -> None:
    assert asked(session, "class").scale is Scale.WORDS
    with pytest.raises(InvalidFilter, match="is no number"):
        by_dcs_bits(session, y=asked(session, "class"))
