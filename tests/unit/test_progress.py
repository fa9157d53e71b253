"""How luminosity became certified: by run, by fill, and added up along time, fills and runs; and the map of it."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from sqlmodel import Session

from backend.golden.loss import account
from backend.golden.loss_map import KEPT, NOTHING, loss_map
from backend.golden.loss_mapping import Category
from backend.golden.progress import Along, by_fill, cumulative, eras, of_runs, progress
from backend.golden.weighing import Weighed, weigh
from tests.factories import a_run
from tests.lossy import Stretch, a_recipe, clause_about, luminosity, segments

CLAUSES = a_recipe()
HCAL, BEAM = clause_about(CLAUSES, "-hcal"), clause_about(CLAUSES, "beam1_stable")


def weighed(*stretches: Stretch) -> Weighed:
    """Every lumisection of the runs 1 to 3 with 2 /pb delivered, half of it recorded."""
    held = luminosity({run: [2.0] * 20 for run in (1, 2, 3)})
    return weigh(segments(stretches, CLAUSES), CLAUSES, held)


THREE = (
    Stretch(1, 1, 10),
    Stretch(2, 1, 4, frozenset({BEAM})),
    Stretch(2, 5, 10),
    Stretch(3, 1, 3, frozenset({HCAL})),
    Stretch(3, 4, 5),
)


def of_three() -> pl.DataFrame:
    """Runs 1 and 2 in one fill and era; run 3, which began before run 2, in another; of run 4 nothing is known."""
    runs = progress_of(THREE)
    said = {
        "fill_number": pl.Series([7, 7, 8], dtype=pl.Int64),
        "era": pl.Series(["2018A", "2018A", "2018B"]),
        "start_time": pl.Series([datetime(2018, 5, day, tzinfo=UTC) for day in (1, 9, 4)]),
    }
    return runs.with_columns(**said)


def progress_of(stretches: tuple[Stretch, ...]) -> pl.DataFrame:
    return of_runs(weighed(*stretches))


def test_a_run_goes_from_delivered_to_certified(session: Session) -> None:
    a_run(session, 1, fill_number=6666, era="2018A", start_time="2018-05-01T12:00:00Z")
    a_run(session, 2)
    found = progress(session, weighed(*THREE))
    assert found.select("run_number", "fill_number", "era", "start_time").rows() == [
        (1, 6666, "2018A", datetime(2018, 5, 1, 12, tzinfo=UTC)),
        (2, None, None, None),
        (3, None, None, None),
    ]
    steps = found.select("delivered_per_pb", "recorded_per_pb", "dcs_good_per_pb", "certified_per_pb", "certified")
    assert steps.rows() == [
        pytest.approx((20, 10, 10, 10, 10)),
        pytest.approx((20, 10, 6, 6, 6)),
        pytest.approx((10, 5, 5, 2, 2)),
    ]


def test_luminosity_adds_up_in_the_order_that_is_asked_for() -> None:
    by_time = cumulative(of_three(), Along.TIME)
    assert by_time["run_number"].to_list() == [1, 3, 2]
    assert by_time["certified_per_pb"].to_list() == pytest.approx([10, 12, 18])
    assert cumulative(of_three(), Along.RUN)["certified_per_pb"].to_list() == pytest.approx([10, 16, 18])
    assert cumulative(of_three(), Along.FILL)["at"].to_list() == [7, 7, 8]


def test_a_run_of_unknown_time_stands_where_the_run_before_it_does() -> None:
    runs = of_three().with_columns(start_time=pl.when(pl.col("run_number") != 2).then("start_time"))
    found = cumulative(runs, Along.TIME)
    assert found.select("run_number", "at").rows()[:2] == [
        (1, datetime(2018, 5, 1, tzinfo=UTC)),
        (2, datetime(2018, 5, 1, tzinfo=UTC)),
    ]


def test_eras_reach_from_their_first_run_to_their_last() -> None:
    assert eras(cumulative(of_three(), Along.RUN)).rows() == [("2018A", 1, 2), ("2018B", 3, 3)]


def test_a_fill_has_its_efficiencies_and_none_of_nothing() -> None:
    runs = of_three()
    found = by_fill(runs).select("fill_number", "runs", "data_taking", "dcs_good", "certification", "golden_over_dcs")
    assert found.rows() == [
        pytest.approx((7, 2, 0.5, 0.8, 0.8, 1.0)),
        pytest.approx((8, 1, 0.5, 1.0, 0.4, 0.4)),
    ]
    nothing = by_fill(runs.with_columns(pl.lit(0.0).alias("recorded_per_pb"), pl.lit(0.0).alias("dcs_good_per_pb")))
    assert nothing["certification"].to_list() == [None, None]
    assert by_fill(runs.with_columns(fill_number=pl.lit(None, pl.Int64))).is_empty()


def test_the_map_shows_a_single_lost_lumisection() -> None:
    some = weighed(Stretch(1, 1, 49), Stretch(1, 50, 50, frozenset({HCAL})), Stretch(1, 51, 100), Stretch(9, 1, 30))
    drawn = loss_map(account(some), columns=10)
    assert (drawn.runs.tolist(), drawn.width) == ([1, 9], 10)
    assert drawn.name_of(int(drawn.codes[0, 4])) == Category.HCAL.value
    assert np.flatnonzero(drawn.codes[0] != KEPT).tolist() == [4]
    assert drawn.codes[1].tolist() == [KEPT] * 3 + [NOTHING] * 7
    assert drawn.places().rows() == [
        (1, 1, 40, "kept"), (1, 41, 50, "HCAL"), (1, 51, 100, "kept"), (9, 1, 30, "kept"),
    ]  # fmt: skip


def test_the_map_names_what_most_of_a_place_is_lost_to_and_of_nothing_is_empty() -> None:
    fails = (Stretch(1, 1, 2, frozenset({HCAL})), Stretch(1, 3, 5, frozenset({BEAM})), Stretch(1, 6, 20))
    drawn = loss_map(account(weighed(*fails)), columns=2)
    assert drawn.places().rows() == [(1, 1, 10, "Beam"), (1, 11, 20, "kept")]
    assert loss_map(account(weighed())).places().is_empty()
