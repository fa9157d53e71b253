"""The parts of the simulator without a network: query language, tokens, faults, pace, changes, GUI listing."""

from base64 import b64encode

import pytest

from models.lumis import LumiSet
from scripts.simulator import oms
from scripts.simulator.answers import lumisections_page, runs_page
from scripts.simulator.faults import Fault, FaultKind, Faults
from scripts.simulator.feed import feed_of, recorded_scenario
from scripts.simulator.fills import fills
from scripts.simulator.gui import Sample, legacy_listing, matching, v1_listing
from scripts.simulator.holdings import Holdings, UnknownRun
from scripts.simulator.jsonapi import MAX_LIMIT, BadQuery, in_order, keep, read_query
from scripts.simulator.oms import OmsRun
from scripts.simulator.pace import ALL_AT_ONCE, LAST_RUN_SECONDS, Pace, read_pace
from scripts.simulator.schema import LUMISECTIONS, RUNS
from scripts.simulator.season import build_season
from scripts.simulator.tokens import EXCHANGE, OMS_AUDIENCE, Refused, Tokens

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


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def found(**filters: str) -> list[object]:
    """The runs that filters find; ``a__GE="3"`` is ``filter[a][GE]=3``."""
    params = []
    for key, value in filters.items():
        name, _, operator = key.partition("__")
        params.append((f"filter[{name}]" + (f"[{operator}]" if operator else ""), value))
    return [row["run_number"] for row in keep(ROWS, read_query(params, RUNS).filters)]


def newest(holdings: Holdings) -> OmsRun:
    return holdings.runs()[-1]


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


def test_a_token_is_for_its_audience_and_ends() -> None:
    clock = Clock()
    tokens = Tokens(lifetime_seconds=60, clock=clock)
    form = {"grant_type": "client_credentials", "client_id": "rr", "client_secret": "s", "audience": OMS_AUDIENCE}
    token = tokens.grant(form, None)
    assert token["expires_in"] == 60
    assert tokens.is_good_for_oms(f"Bearer {token['access_token']}")
    other = tokens.grant(form | {"audience": "another"}, None)
    assert not tokens.is_good_for_oms(f"Bearer {other['access_token']}")
    clock.now = 60.0
    assert not tokens.is_good_for_oms(f"Bearer {token['access_token']}")


def test_a_token_is_exchanged_for_one_that_oms_accepts() -> None:
    tokens = Tokens()
    basic = "Basic " + b64encode(b"rr:secret").decode()
    first = tokens.grant({"grant_type": "client_credentials"}, basic)["access_token"]
    assert not tokens.is_good_for_oms(f"Bearer {first}")
    form = {"grant_type": EXCHANGE, "subject_token": str(first), "audience": OMS_AUDIENCE}
    second = tokens.grant(form, basic)["access_token"]
    assert tokens.is_good_for_oms(f"Bearer {second}")
    tokens.revoke_all()
    assert not tokens.is_good_for_oms(f"Bearer {second}")
    with pytest.raises(Refused, match="unknown or stale"):
        tokens.grant(form, basic)


@pytest.mark.parametrize(
    ("form", "authorization", "error"),
    [
        ({"grant_type": "client_credentials"}, None, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "rr", "client_secret": "wrong"}, None, "invalid_client"),
        ({"grant_type": "client_credentials"}, "Basic %%%", "invalid_client"),
        ({"grant_type": "password", "client_id": "rr", "client_secret": "s"}, None, "unsupported_grant_type"),
    ],
)
def test_token_requests_are_turned_down_by_name(form: dict[str, str], authorization: str | None, error: str) -> None:
    with pytest.raises(Refused) as refusal:
        Tokens(clients={"rr": "s"}).grant(form, authorization)
    assert refusal.value.error == error


def test_a_fault_strikes_the_next_answers_of_its_path_and_is_over() -> None:
    faults = Faults()
    faults.add("error", times=2, path="/lumisections")
    assert not faults.on("/agg/api/v1/runs")
    assert [bool(faults.on("/agg/api/v1/lumisections")) for _ in range(3)] == [True, True, False]
    assert faults.active == []


def test_chance_is_the_same_for_the_same_seed() -> None:
    def strikes(seed: int) -> list[bool]:
        fault = Fault(FaultKind.DROP, times=None, probability=0.3, seed=seed)
        return [fault.strikes("/runs") for _ in range(200)]

    assert strikes(1) == strikes(1) != strikes(2)
    assert 30 < sum(strikes(1)) < 90


def test_a_fault_that_cannot_be_is_refused() -> None:
    for how in ({"times": 0}, {"probability": 1.5}):
        with pytest.raises(ValueError, match="A fault strikes"):
            Faults().add("error", **how)
    with pytest.raises(ValueError, match="explosion"):
        Faults().add("explosion")


def test_the_default_pace_shows_a_hundred_runs_then_three_a_second_the_newest_still_going() -> None:
    pace = read_pace("default")
    assert pace.position(0.0, 846) == 99.0
    assert pace.position(10.0, 846) == pytest.approx(129.0)
    over = (846 - 100) / 3.0
    assert pace.position(over + LAST_RUN_SECONDS / 2, 846) == pytest.approx(845.5)
    assert pace.position(over + LAST_RUN_SECONDS + 5.0, 846) == pytest.approx(861.0)
    assert pace.position(0.0, 3) == 2.0
    assert read_pace("max").position(0.0, 846) == float("inf")


@pytest.mark.parametrize("text", ["fast", "0", "-1", "nan", "inf"])
def test_a_pace_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_pace(text)


def test_the_newest_run_grows_with_its_counters_and_then_ends() -> None:
    clock = Clock()
    holdings = Holdings(FEED, Pace(1.0, at_once=1), clock)
    before, stamps = newest(holdings), {holdings.stamp()}
    assert before.attributes["end_time"] is None
    for clock.now in (0.3, 0.6, 0.9):
        run = newest(holdings)
        stamps.add(holdings.stamp())
        assert run.count > before.count
        assert run.last_update > before.last_update
        assert int(str(run.attributes["hlt_physics_counter"])) > int(str(before.attributes["hlt_physics_counter"]))
        before = run
    clock.now = 1.0
    first, second = holdings.runs()
    assert first == FEED.runs[0]
    assert second.attributes["end_time"] is None
    assert len(stamps | {holdings.stamp()}) == 5
    clock.now = 1e4
    assert holdings.runs() == list(FEED.runs)


def test_datasets_come_to_the_gui_some_runs_after_the_run() -> None:
    clock = Clock()
    holdings = Holdings(FEED, Pace(1.0, at_once=1), clock)
    assert holdings.samples() == []
    clock.now = 1e4
    names = {sample.dataset for sample in holdings.samples() if sample.run_number == 316010}
    assert names == {"/StreamExpress/Run2018A-Express-v1/DQMIO", "/ZeroBias/Run2018A-PromptReco-v1/DQMIO"}
    clock.now = 3.5
    assert {s.dataset for s in holdings.samples()} == {"/StreamExpress/Run2018A-Express-v1/DQMIO"}


def test_a_run_grows_by_what_was_to_come_and_then_by_copies() -> None:
    whole = next(run for run in FEED.runs if run.run_number == 316010)
    running = oms.cut(whole, whole.count - 1)
    assert oms.grown(running, 1).rows() == whole.rows()
    longer = oms.grown(whole, 3)
    assert [row["lumisection_number"] for row in longer.rows()[-4:]] == [whole.count + i for i in range(4)]
    assert longer.attributes["last_lumisection_number"] == whole.count + 3
    assert longer.attributes["end_time"] > whole.attributes["end_time"]


def test_a_run_shrinks_gets_a_hole_and_says_something_else() -> None:
    run = next(run for run in FEED.runs if run.run_number == 316010)
    assert oms.shrunk(run, 100).attributes["last_lumisection_number"] == 100
    numbers = [row["lumisection_number"] for row in oms.without(run, 10, 12).rows()]
    assert numbers[8:10] == [9, 13]
    said = oms.lumisections_changed(run, 5, 6, attributes={"rpc_ready": False}).rows()
    assert [row["rpc_ready"] for row in said[3:7]] == [True, False, False, True]
    assert oms.changed(run, {"b_field": 0.0}).attributes["b_field"] == 0.0
    assert run.attributes["b_field"] == 3.8


def test_what_changes_while_a_run_is_taken_is_still_so_when_it_ends() -> None:
    holdings = Holdings(FEED, ALL_AT_ONCE)
    holdings.change(316010, lambda run: oms.cut(run, 50))
    holdings.change(316010, lambda run: oms.changed(run, {"hlt_key": "/cdaq/other"}))
    holdings.change(316010, lambda run: oms.lumisections_changed(run, 5, 5, attributes={"rpc_ready": False}))
    run = holdings.change(316010, lambda run: run.whole or run)
    assert (run.attributes["hlt_key"], run.rows()[4]["rpc_ready"], run.attributes["end_time"] is None) == (
        "/cdaq/other",
        False,
        False,
    )


def test_every_change_moves_last_update_past_all_others_unless_it_is_silent() -> None:
    holdings = Holdings(FEED, ALL_AT_ONCE)
    latest = max(run.last_update for run in holdings.runs())
    assert holdings.change(316000, lambda run: oms.shrunk(run, 50)).last_update > latest
    silent = holdings.change(316010, lambda run: oms.shrunk(run, 50), silently=True)
    assert silent.last_update == next(run for run in FEED.runs if run.run_number == 316010).last_update


def test_a_run_taken_out_comes_back_in_its_place() -> None:
    holdings = Holdings(FEED, ALL_AT_ONCE)
    run = holdings.remove(316010)
    with pytest.raises(UnknownRun, match="Run 316010 is not in OMS"):
        holdings.run(316010)
    holdings.put(run)
    assert [r.run_number for r in holdings.runs()] == [r.run_number for r in FEED.runs]


def test_a_fill_adds_up_its_runs_in_one_unit() -> None:
    total = sum(
        float(row["recorded_lumi"])
        for row, units in fills(FEED.runs)
        if units["recorded_lumi"] == "pb^{-1}" and row["recorded_lumi"]
    )
    expected = sum(float(run.luminosity.recorded.sum()) for run in FEED.season.runs.values() if run.good)
    assert total == pytest.approx(expected, abs=1e-4)


def test_the_scenario_is_served_as_recorded_with_seven_later_versions() -> None:
    feed = recorded_scenario()
    holdings = Holdings(feed, ALL_AT_ONCE)
    assert len(runs_page(holdings, read_query([("page[limit]", "100")], RUNS)).rows) == 30
    assert [row["lumisection_number"] for row in holdings.run(379095).rows()][58:61] == [59, 63, 64]
    assert [run.run_number for run in feed.revisions] == [379193, 379029, 379024, 379119, 378988, 379043, 379139]
    assert holdings.apply_revision(6).count == 125
    assert holdings.run(379139).attributes["last_update"] == "2024-04-14T06:34:48Z"
    with pytest.raises(UnknownRun, match="7 revisions, no number 7"):
        holdings.apply_revision(7)


def test_gui_listings_have_the_shapes_that_clients_read() -> None:
    samples = [
        Sample(1, "/StreamExpress/Run2018D-Express-v1/DQMIO"),
        Sample(2, "/ZeroBias/Run2018D-PromptReco-v2/DQMIO"),
    ]
    assert legacy_listing(matching(samples, "*.")) == {
        "samples": [{"type": "offline_data", "items": [
            {"type": "offline_data", "run": "1", "dataset": samples[0].dataset, "version": "", "importversion": 1},
            {"type": "offline_data", "run": "2", "dataset": samples[1].dataset, "version": "", "importversion": 1},
        ]}]
    }  # fmt: skip
    assert v1_listing(matching(samples, "^/ZeroBias")) == {
        "data": [{"run": "2", "lumi": 0, "dataset": samples[1].dataset}]
    }
    with pytest.raises(ValueError, match="is not a pattern"):
        matching(samples, "(")
