"""The query language of the simulated OMS: filters, sort, fields and pages."""

import pytest

from models.lumis import LumiSet
from scripts.simulator.answers import lumisections_page
from scripts.simulator.feed import feed_of
from scripts.simulator.holdings import Holdings
from scripts.simulator.jsonapi import MAX_LIMIT, BadQuery, in_order, keep, read_query
from scripts.simulator.pace import ALL_AT_ONCE
from scripts.simulator.schema import LUMISECTIONS, RUNS
from scripts.simulator.season import build_season

DCS = {316000: LumiSet.pairs([[20, 90], [95, 140]]), 316010: LumiSet.span(1, 300), 316200: LumiSet.span(5, 60)}
FEED = feed_of(build_season("small", DCS, {316010: LumiSet.span(2, 290)}))

ROWS: list[dict[str, object]] = [
    {"run_number": 1, "hlt_key": "/cdaq/Physics/V1", "components": ["DT", "ES"], "recorded_lumi": None,
     "stable_beam": True},
    {"run_number": 2, "hlt_key": None, "components": ["DT"], "recorded_lumi": 7.5, "stable_beam": False,
     "start_time": "2018-05-01T10:00:00Z"},
    {"run_number": 3, "hlt_key": "/cdaq/cosmic_V2", "components": [], "recorded_lumi": 0.5, "stable_beam": True,
     "start_time": "2018-05-02T10:00:00Z"},
]  # fmt: skip


def found(**filters: str) -> list[object]:
    """The runs that filters find; ``a__GE="3"`` is ``filter[a][GE]=3``."""
    params = []
    for key, value in filters.items():
        name, _, operator = key.partition("__")
        params.append((f"filter[{name}]" + (f"[{operator}]" if operator else ""), value))
    return [row["run_number"] for row in keep(ROWS, read_query(params, RUNS).filters)]


@pytest.mark.parametrize(
    ("filters", "runs"),
    [
        ({"run_number": "2"}, [2]),
        ({"run_number__EQ": "2"}, [2]),
        ({"run_number__eq": "2"}, [2]),
        ({"run_number__NEQ": "2"}, [1, 3]),
        ({"run_number__GT": "1", "run_number__LT": "3"}, [2]),
        ({"run_number__GE": "2"}, [2, 3]),
        ({"run_number__LE": "2"}, [1, 2]),
        ({"recorded_lumi__GE": "7.5"}, [2]),
        ({"recorded_lumi__EQ": "null"}, [1]),
        ({"stable_beam": "true"}, [1, 3]),
        ({"start_time__GE": "2018-05-01T12:00:00Z"}, [3]),
        ({"hlt_key__LIKE": "%physics%"}, [1]),
        ({"hlt_key__LIKE": "/cdaq/cosmic_V_"}, [3]),
        ({"hlt_key__CT": "cosmic"}, [3]),
        ({"components__CT": "ES"}, [1]),
    ],
)
def test_filters_find_runs_by_number_text_time_and_list(filters: dict[str, str], runs: list[int]) -> None:
    assert found(**filters) == runs


@pytest.mark.parametrize(
    "param",
    [
        ("filter[bogus]", "1"), ("filter[run_number][IN]", "1"), ("filter[run_number]", "one"), ("sort", "-bogus"),
        ("fields", "run_number,bogus"), ("page[limit]", "0"), ("page[offset]", "-1"), ("filter[stable_beam]", "maybe"),
        ("filter[components][GT]", "1"), ("filter[start_time][GT]", "yesterday"),
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_is_refused(param: tuple[str, str]) -> None:
    with pytest.raises(BadQuery):
        read_query([param], RUNS)


def test_a_query_tolerates_what_says_nothing_about_rows_and_no_page_is_endless() -> None:
    query = read_query([("include", "meta"), ("group[granularity]", "run"), ("page[limit]", "999999")], RUNS)
    assert (query.filters, query.offset, query.limit) == ((), 0, MAX_LIMIT)


def test_rows_without_a_value_are_sorted_last_either_way() -> None:
    for sort, wanted in (
        ("recorded_lumi", [3, 2, 1]),
        ("-recorded_lumi", [2, 3, 1]),
        ("stable_beam,-run_number", [2, 3, 1]),
    ):
        query = read_query([("sort", sort)], RUNS)
        assert [row["run_number"] for row in in_order(ROWS, query.sort)] == wanted


def test_lumisections_of_several_runs_are_paged_as_one_list() -> None:
    holdings = Holdings(FEED, ALL_AT_ONCE)
    every = [row for run in FEED.runs for row in run.rows()]
    paged = []
    for offset in range(0, len(every) + 70, 70):
        page = lumisections_page(
            holdings, read_query([("page[offset]", str(offset)), ("page[limit]", "70")], LUMISECTIONS)
        )
        assert page.total == len(every)
        paged += page.rows
    assert paged == every


def test_sorting_by_lumisection_number_alone_mixes_runs() -> None:
    query = read_query([("sort", "lumisection_number"), ("page[limit]", "3")], LUMISECTIONS)
    assert [row["lumisection_number"] for row in lumisections_page(Holdings(FEED, ALL_AT_ONCE), query).rows] == [
        1,
        1,
        1,
    ]
