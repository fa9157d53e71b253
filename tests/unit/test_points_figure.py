"""Runs as points: every point carries its run, kinds are told apart without colour, and distributions add up."""

from datetime import UTC, datetime, timedelta

import polars as pl

from backend.queries.quantities import Quantity, Scale
from dashboard.explore.selected import filter_of
from dashboard.figures.points import MANY, OTHERS, UNKNOWN, distribution_data, points_figure, with_kind

RUN = Quantity("run_number", "Run", Scale.NUMBER)
STRIP = Quantity("tracker-strip BAD", "tracker-strip BAD", Scale.SHARE, "of LS", "tracker-strip")


def points(n: int, colours: list[str | None], y: pl.Series | None = None) -> pl.DataFrame:
    runs = [300_000 + i for i in range(n)]
    return pl.DataFrame(
        {
            "run_number": runs,
            "x": [float(run) for run in runs],
            "y": [i % 10 / 10 for i in range(n)] if y is None else y,
            "colour": pl.Series([colours[i % len(colours)] for i in range(n)], dtype=pl.String),
        }
    )


def test_every_point_carries_its_run_and_every_kind_a_symbol_of_its_own() -> None:
    figure = points_figure(points(30, ["Cosmics18", "Collisions18", None]), y=STRIP, x=RUN, theme="light")
    assert sorted(int(run) for trace in figure.data for run in trace.customdata) == list(range(300_000, 300_030))
    assert (
        len({trace.marker.symbol for trace in figure.data}) == len({trace.marker.color for trace in figure.data}) == 3
    )


def test_the_worst_status_lies_on_top() -> None:
    figure = points_figure(points(30, ["BAD", "GOOD", "STANDBY"]), y=STRIP, x=RUN, theme="dark")
    assert [trace.name for trace in figure.data] == ["GOOD", "STANDBY", "BAD"]
    assert len({trace.marker.symbol for trace in figure.data}) == 3


def test_many_points_are_left_to_the_graphics_card() -> None:
    few, many = (points_figure(points(n, ["A"]), y=STRIP, x=RUN, theme="light") for n in (MANY, MANY + 1))
    assert (few.data[0].type, many.data[0].type) == ("scatter", "scattergl")


def test_kinds_beyond_those_that_have_a_colour_are_others() -> None:
    kinds = with_kind(points(100, [f"kind {i}" for i in range(9)] + [None]))["kind"]
    assert kinds.n_unique() == 9 and OTHERS in kinds and UNKNOWN in kinds


def test_every_run_is_in_one_bar_of_the_distribution_of_numbers_times_and_words() -> None:
    begin = datetime(2018, 5, 1, tzinfo=UTC)
    times = pl.Series([begin + timedelta(hours=i) for i in range(50)])
    words = pl.Series(["IONS", "PROTONS"] * 25)
    for y in (None, times, words):
        assert distribution_data(points(50, ["A", "B"], y))["runs"].sum() == 50


def test_a_distribution_of_nothing_has_no_bars() -> None:
    assert distribution_data(points(3, ["A"], pl.Series([None] * 3, dtype=pl.Float64))).height == 0


def test_the_filter_names_exactly_the_chosen_runs() -> None:
    assert filter_of((300_001, 300_007)) == "run in 300001, 300007"
