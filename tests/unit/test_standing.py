"""How a year stands: what is lost is told once, and runs of which no recipe was asked have nothing certified."""

from datetime import UTC, datetime

import polars as pl
import pytest

from backend.golden.loss import account
from backend.golden.progress import of_runs
from backend.golden.standing import lost_by_run, taken_and_kept
from backend.golden.weighing import Weighed, weigh
from dashboard.figures.steps import by_day, by_fill
from tests.lossy import Stretch, a_recipe, clause_about, luminosity, segments

CLAUSES = a_recipe()
HCAL, BEAM = clause_about(CLAUSES, "-hcal"), clause_about(CLAUSES, "beam1_stable")
THREE = (
    Stretch(1, 1, 10),
    Stretch(2, 1, 4, frozenset({BEAM})),
    Stretch(2, 5, 10),
    Stretch(3, 1, 3, frozenset({HCAL})),
    Stretch(3, 4, 4, frozenset({HCAL, BEAM})),
)


def weighed() -> Weighed:
    """Every lumisection of the runs 1 to 3 with 2 /pb delivered, half of it recorded."""
    held = luminosity({run: [2.0] * 20 for run in (1, 2, 3)})
    return weigh(segments(THREE, CLAUSES), CLAUSES, held)


def taken() -> pl.DataFrame:
    """The runs 1 to 4, of which OMS says 30 /pb delivered and 20 recorded, on 1, 1, 3 and 3 May in fills 7 and 8."""
    starts = [datetime(2018, 5, day, 6, tzinfo=UTC) for day in (1, 1, 3, 3)]
    return pl.DataFrame(
        {
            "run_number": [1, 2, 3, 4],
            "fill_number": [7, 7, 8, 8],
            "run_class": ["Collisions18"] * 4,
            "start_time": starts,
            "lumisections": [10] * 4,
            "delivered_per_pb": [30.0] * 4,
            "recorded_per_pb": [20.0, 20.0, 20.0, None],
        }
    )


def test_what_is_lost_is_told_once_and_adds_up_to_recorded_minus_certified() -> None:
    found, runs = lost_by_run(account(weighed())), of_runs(weighed())
    assert found.select("run_number", "category", "lumisections").rows() == [
        (2, "Beam", 4),
        (3, "HCAL", 3),
        (3, "Mixed", 1),
    ]
    assert found["recorded_per_pb"].sum() == pytest.approx((runs["recorded_per_pb"] - runs["certified_per_pb"]).sum())


def test_the_account_goes_before_oms_and_a_run_not_asked_about_has_nothing_certified() -> None:
    steps = taken_and_kept(taken(), of_runs(weighed()))
    assert steps["delivered_per_pb"].to_list() == [20.0, 20.0, 8.0, 30.0]
    assert steps["recorded_per_pb"].to_list() == [10.0, 10.0, 4.0, 0.0]
    assert steps["certified_per_pb"].to_list() == [10.0, 6.0, 0.0, 0.0]
    assert steps["is_asked"].to_list() == [True, True, True, False]


def test_while_the_account_is_made_what_is_certified_is_not_known_rather_than_nothing() -> None:
    steps = taken_and_kept(taken(), None)
    assert steps["delivered_per_pb"].to_list() == [30.0] * 4
    assert steps["certified_per_pb"].to_list() == [None] * 4


def test_days_without_a_run_stand_between_the_others() -> None:
    days = by_day(taken_and_kept(taken(), of_runs(weighed())))
    assert days.select("at", "runs", "certified_per_pb").rows() == [
        ("1 May", 2, 16.0),
        ("2 May", 0, 0.0),
        ("3 May", 2, 0.0),
    ]


def test_fills_add_up_their_runs() -> None:
    fills = by_fill(taken_and_kept(taken(), of_runs(weighed())))
    assert fills.select("at", "delivered_per_pb").rows() == [("7", 40.0), ("8", 38.0)]
