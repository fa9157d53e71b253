"""Very many runs in Explore: counted where they lie close together, drawn where they lie alone, chosen by area."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from backend.errors import InvalidFilter
from backend.queries.quantities import Quantity, Scale
from dashboard.explore.area import Area, area_of_box, read_area
from dashboard.figures.density import FEW, MOST_POINTS, UP, density_figure, in_cells, is_dense

RUN = Quantity("run_number", "Run", Scale.NUMBER)
RECORDED = Quantity("recorded_per_pb", "Recorded", Scale.NUMBER, "/pb")
STARTED = Quantity("start_time", "Started", Scale.TIME)
CLASS = Quantity("run_class", "Class", Scale.WORDS)


def points(many: int = MOST_POINTS + 1) -> pl.DataFrame:
    """So many runs at 3 /pb, every third a cosmic one; and two that lie alone, at 9 /pb."""
    runs = np.arange(many + 2)
    y = np.where(runs < many, 3.0, 9.0)
    kinds = ["Cosmics18" if run % 3 == 0 else "Collisions18" for run in runs]
    return pl.DataFrame({"run_number": runs, "x": runs.astype(float), "y": y, "colour": kinds})


def test_every_run_is_counted_or_drawn() -> None:
    drawn = points()
    cells = in_cells(drawn)
    assert int(np.nansum(cells.runs)) + cells.alone.height == drawn.height
    assert sorted(cells.alone["run_number"]) == [MOST_POINTS + 1, MOST_POINTS + 2]
    assert np.nanmin(cells.runs) > FEW


def test_a_cell_says_which_kind_most_of_its_runs_are() -> None:
    assert in_cells(points()).words[0, 0] == "67% Collisions18"


def test_values_that_are_all_alike_lie_in_one_row_of_cells() -> None:
    cells = in_cells(points().with_columns(y=pl.lit(3.0)))
    assert cells.alone.is_empty()
    assert np.flatnonzero(~np.isnan(cells.runs).all(axis=1)).tolist() == [0]


def test_times_are_drawn_as_times() -> None:
    start = pl.datetime(2018, 5, 1, time_zone="UTC") + pl.duration(minutes=pl.col("run_number"))
    cells = in_cells(points().with_columns(x=start))
    assert cells.x.dtype == pl.Datetime("ms", "UTC")
    assert cells.x[0].date() == datetime(2018, 5, 1, tzinfo=UTC).date()


@pytest.mark.parametrize(
    ("many", "x", "dense"),
    [(MOST_POINTS, RUN, False), (MOST_POINTS + 1, RUN, True), (MOST_POINTS + 1, STARTED, True), (20_000, CLASS, False)],
)
def test_only_very_many_are_counted_and_never_words(many: int, x: Quantity, dense: bool) -> None:
    assert is_dense(points(many).head(many), y=RECORDED, x=x) is dense


def test_the_figure_has_the_cells_and_every_point_that_lies_alone_with_its_run() -> None:
    figure = density_figure(points(), y=RECORDED, x=RUN, theme="dark")
    heat, *alone = figure.data
    assert heat.type == "heatmap" and np.asarray(heat.customdata).shape[0] == UP
    assert sorted(run for trace in alone for run in trace.customdata) == [MOST_POINTS + 1, MOST_POINTS + 2]


def test_a_box_chooses_what_lies_in_it_and_the_address_holds_it() -> None:
    area = area_of_box({"x": [20.5, 10], "y": [4, 2]}, y=RECORDED, x=RUN)
    assert area.of(points())["run_number"].to_list() == list(range(10, 21))
    assert read_area(area.written(y=RECORDED, x=RUN), y=RECORDED, x=RUN) == area


def test_a_box_along_time_is_of_utc() -> None:
    area = area_of_box({"x": ["2018-05-01 12:00", "2018-05-02"], "y": [0, 1]}, y=RECORDED, x=STARTED)
    assert area == Area((datetime(2018, 5, 1, 12, tzinfo=UTC), datetime(2018, 5, 2, tzinfo=UTC)), (0.0, 1.0))
    assert read_area(area.written(y=RECORDED, x=STARTED), y=RECORDED, x=STARTED) == area


def test_an_area_of_other_axes_is_none() -> None:
    assert read_area("run_number,recorded_per_pb,1,2,3,4", y=RECORDED, x=STARTED) is None
    assert read_area("", y=RECORDED, x=RUN) is None


@pytest.mark.parametrize("edges", ["1,2,3", "1,2,3,4,5", "1,2,3,many"])
def test_what_is_no_area_is_told(edges: str) -> None:
    with pytest.raises(InvalidFilter, match="is no part of the figure"):
        read_area(f"run_number,recorded_per_pb,{edges}", y=RECORDED, x=RUN)
