"""The contract of a season: what is DCS-good, what is golden, how much luminosity, and what people will say."""

from collections import Counter
from functools import cache, reduce
from itertools import pairwise
from operator import or_

import pytest

from models.lumi_formats import read_golden_json
from models.lumis import LumiSet
from models.vocabulary import DCS_BITS, GOLDEN_2018_BITS, OFFLINE_COMPONENTS
from scripts.simulator.feed import Feed, feed_of
from scripts.simulator.oms import OmsRun, read_time
from scripts.simulator.season import RunKind, Season, build_season
from scripts.simulator.seasons import DATA, PUBLISHED, season_named
from scripts.simulator.units import PER_PB

DCS = {316000: LumiSet.pairs([[20, 90], [95, 140]]), 316010: LumiSet.span(1, 300), 316200: LumiSet.span(5, 60)}
GOLDEN = {316000: LumiSet.pairs([[20, 50], [91, 91], [95, 140]]), 316010: LumiSet.span(2, 4)}

RULE_COMPONENTS = {
    "l1t-l1tmu", "l1t-l1tcalo", "hlt-hlt", "tracker-pixel", "tracker-strip", "tracker-track", "ecal-ecal", "ecal-es",
    "egamma-egamma", "hcal-hcal", "muon-muon", "jetmet-jetmet", "lumi-lumi",
}  # fmt: skip
"""The components that the golden rule of 2018 wants GOOD (field.md §2e)."""


@cache
def season(name: str) -> Season:
    return build_season("small", DCS, GOLDEN) if name == "small" else season_named(name)


@cache
def feed(name: str) -> Feed:
    return feed_of(season(name))


def file_of(name: str, which: int) -> dict[int, LumiSet]:
    return (DCS, GOLDEN)[which] if name == "small" else read_golden_json((DATA / PUBLISHED[name][which]).read_text())


def all_bits_true(run: OmsRun) -> LumiSet:
    rows = run.rows()
    return LumiSet.numbers(
        int(str(r["lumisection_number"])) for r in rows if all(r[bit] is True for bit in GOLDEN_2018_BITS)
    )


every_season = pytest.mark.parametrize("name", ["2018", "2022", "small"])


@every_season
def test_the_and_of_the_28_bits_is_the_dcs_only_file_and_what_only_the_golden_file_has(name: str) -> None:
    dcs, golden = file_of(name, 0), file_of(name, 1)
    wanted = {run: dcs.get(run, LumiSet()) | golden.get(run, LumiSet()) for run in {*dcs, *golden}}
    served = {run.run_number: lumis for run in feed(name).runs if (lumis := all_bits_true(run))}
    assert served == wanted


@pytest.mark.parametrize(("name", "count"), [("2018", 0), ("2022", 56), ("small", 1)])
def test_golden_lumisections_that_are_not_dcs_good_in_the_files_are_named(name: str, count: int) -> None:
    extra = season(name).golden_without_dcs
    assert sum(map(len, extra.values())) == count
    assert f"{count} golden lumisections are not DCS-good" in season(name).report
    assert all(str(run) in season(name).report for run in extra)


@every_season
def test_every_golden_run_recorded_enough_for_the_golden_rule_in_whatever_unit(name: str) -> None:
    for run in feed(name).runs:
        if run.run_number in season(name).golden:
            recorded = run.attributes["recorded_lumi"]
            assert isinstance(recorded, float)
            assert recorded / PER_PB[run.units["recorded_lumi"]] >= 0.08


@pytest.mark.parametrize(("name", "per_fb"), [("2018", 59.83), ("2022", 34.65)])
def test_the_golden_lumisections_sum_to_the_certified_luminosity_of_the_year(name: str, per_fb: float) -> None:
    runs = season(name).runs
    recorded = sum(runs[run].luminosity.recorded_in(lumis) for run, lumis in season(name).golden.items())
    assert recorded / 1000 == pytest.approx(per_fb, rel=0.01)


def test_the_luminosity_of_a_run_is_what_its_lumisections_count_up_to() -> None:
    for run in feed("2018").runs[::40]:
        last = next((r for r in reversed(run.rows()) if r["recorded_lumi"] is not None), None)
        assert run.attributes["recorded_lumi"] == pytest.approx(last["recorded_lumi"] if last else None, abs=2e-6)


def test_luminosity_decays_through_a_long_fill() -> None:
    run = max(season("2018").runs.values(), key=lambda run: len(run.good))
    delivered = run.luminosity.delivered[run.good.ranges[0].first : run.good.ranges[-1].last]
    tenth = len(delivered) // 10
    assert delivered[:tenth].mean() > 1.2 * delivered[-tenth:].mean()


@every_season
def test_verdicts_cover_exactly_what_is_dcs_good_and_not_golden(name: str) -> None:
    dcs, golden = file_of(name, 0), file_of(name, 1)
    lost = {run: lost for run, lumis in dcs.items() if (lost := lumis - golden.get(run, LumiSet()))}
    said: dict[int, list[LumiSet]] = {}
    for verdict in season(name).verdicts:
        said.setdefault(verdict.run_number, []).append(LumiSet.of([verdict.lumisections]))
    assert {run: reduce(or_, sets) for run, sets in said.items()} == lost
    assert sum(len(v.lumisections) for v in season(name).verdicts) == sum(map(len, lost.values()))


@every_season
def test_one_stretch_has_one_cause(name: str) -> None:
    for before, after in pairwise(season(name).verdicts):
        assert before.run_number != after.run_number or before.lumisections.last + 1 < after.lumisections.first


def test_people_call_bad_what_the_golden_rule_reads_and_say_why() -> None:
    catalogue = {f"{workspace}-{name}" for workspace, names in OFFLINE_COMPONENTS.items() for name in names}
    assert catalogue >= RULE_COMPONENTS
    counts = Counter(verdict.component for verdict in season("2018").verdicts)
    assert set(counts) == RULE_COMPONENTS
    assert max(counts.values()) < 0.3 * counts.total()
    assert all(verdict.cause and len(verdict.comment) > 3 for verdict in season("2018").verdicts)


@every_season
def test_runs_between_collisions_have_another_class_and_no_good_lumisection(name: str) -> None:
    others = [run for run in season(name).runs.values() if run.kind is not RunKind.COLLISIONS]
    assert others
    assert not any(run.good for run in others)
    assert {run.run_class for run in others} <= {f"{kind}{run.year.year % 100}" for run in others
                                                 for kind in ("Cosmics", "Commissioning")}  # fmt: skip


def test_year_and_class_come_from_the_run_number() -> None:
    assert season("2018").runs[316944].run_class == "Collisions18"
    assert season("2022").runs[355404].run_class == "Collisions22"
    assert season("2022").runs[360459].year.era(360459) == "F"


@every_season
def test_runs_follow_one_another_in_time_as_their_lumisections_last(name: str) -> None:
    for before, after in pairwise(feed(name).runs):
        assert read_time(before.attributes["end_time"]) <= read_time(before.attributes["last_update"])
        assert read_time(before.attributes["last_update"]) < read_time(after.attributes["start_time"])
        assert before.attributes["fill_number"] <= after.attributes["fill_number"]
    for run in feed(name).runs[::50]:
        begin, end = (read_time(run.attributes[key]) for key in ("start_time", "end_time"))
        seconds = (end - begin).total_seconds()
        assert seconds == pytest.approx(23.31 * run.attributes["last_lumisection_number"], abs=3)
        assert read_time(run.rows()[-1]["end_time"]) <= end


def test_a_season_lies_in_its_year() -> None:
    starts = [run.start for run in season("2018").runs.values()]
    assert (starts[0].year, starts[0].month) == (2018, 4)
    assert (starts[-1].year, starts[-1].month) == (2018, 10)


def test_collision_runs_look_as_the_golden_rule_wants_them() -> None:
    for run in feed("2018").runs:
        if season("2018").runs[run.run_number].kind is RunKind.COLLISIONS:
            attributes = run.attributes
            assert attributes["energy"] == 6500
            assert attributes["b_field"] == 3.8
            assert "25ns" in str(attributes["injection_scheme"])
            assert "WMass" not in str(attributes["hlt_key"])
            assert {"PIXEL", "TRACKER", "ES"} <= set(attributes["components"])
            assert "GEM" not in attributes["components"]
    assert feed("2022").runs[0].attributes["energy"] == 6800
    assert "GEM" in feed("2022").runs[0].attributes["components"]


def test_holes_are_never_dcs_good_and_there_are_some() -> None:
    runs = season("2018").runs.values()
    holes = {run.run_number: LumiSet.span(1, run.last) - run.known for run in runs if len(run.known) < run.last}
    assert 5 < len(holes) < 200
    assert not any(holes[run] & season("2018").runs[run].good for run in holes)


def test_units_differ_between_runs_and_some_are_longer_than_a_page() -> None:
    units = Counter(run.units["recorded_lumi"] for run in feed("2018").runs)
    assert set(units) == {"pb^{-1}", "nb^{-1}", r"{\mu}b^{-1}"}
    assert max(run.count for run in feed("2018").runs) > 5000


def test_all_35_bits_are_there_and_only_detectors_that_do_not_count_are_null() -> None:
    for run in feed("2018").runs[::60]:
        for row in run.rows():
            assert set(DCS_BITS) <= set(row)
            assert all(row[bit] is not None for bit in GOLDEN_2018_BITS)
            assert row["gemp_ready"] is None


def test_luminosity_per_lumisection_is_given_since_run_3_only() -> None:
    assert "recorded_lumi_per_lumisection" not in feed("2018").runs[300].rows()[0]
    run = next(r for r in feed("2022").runs if r.run_number == 360459)
    rows = run.rows()
    assert sum(float(str(r["recorded_lumi_per_lumisection"] or 0)) for r in rows) == pytest.approx(
        run.attributes["recorded_lumi"], abs=1e-3
    )


def test_the_reasons_why_lumisections_are_not_good_are_many() -> None:
    phases = [phase for run in season("2018").runs.values() if run.good for phase in run.phases if phase.missing]
    lumisections = Counter[str]()
    for phase in phases:
        lumisections[phase.why] += len(phase.lumisections)
    assert lumisections.most_common(1)[0][0] == "beams not yet stable"
    assert len(lumisections) > 15


def test_the_same_files_give_the_same_season() -> None:
    again = feed_of(build_season("small", DCS, GOLDEN))
    assert [run.attributes for run in again.runs] == [run.attributes for run in feed("small").runs]
    assert [run.rows() for run in again.runs] == [run.rows() for run in feed("small").runs]
    assert again.season.verdicts == season("small").verdicts


def test_a_season_without_a_run_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing has no DCS-good run"):
        build_season("nothing", {}, {})
