"""How a simulated season arrives, changes while one looks, and shows in the DQM GUI."""

import pytest

from models.lumis import LumiSet
from scripts.simulator import oms
from scripts.simulator.answers import runs_page
from scripts.simulator.feed import feed_of, recorded_scenario
from scripts.simulator.fills import fills
from scripts.simulator.gui import Sample, legacy_listing, matching, v1_listing
from scripts.simulator.holdings import Holdings, UnknownRun
from scripts.simulator.jsonapi import read_query
from scripts.simulator.oms import OmsRun
from scripts.simulator.pace import ALL_AT_ONCE, LAST_RUN_SECONDS, Pace, read_pace
from scripts.simulator.schema import RUNS
from scripts.simulator.season import build_season

DCS = {316000: LumiSet.pairs([[20, 90], [95, 140]]), 316010: LumiSet.span(1, 300), 316200: LumiSet.span(5, 60)}
FEED = feed_of(build_season("small", DCS, {316010: LumiSet.span(2, 290)}))


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def newest(holdings: Holdings) -> OmsRun:
    return holdings.runs()[-1]


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
