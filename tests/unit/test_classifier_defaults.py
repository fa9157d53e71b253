"""The classifiers of a fresh registry, without a database: sound one by one, right about the runs of two seasons."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from backend.classify.bodies import ClassifierBody, ComponentBody, RunClassBody, SignificanceBody
from backend.classify.defaults import default_classifiers
from backend.configuration import Side
from backend.ingest.oms_run import read_run
from backend.rules.facts import facts_for
from backend.rules.facts_warnings import warnings
from models.vocabulary import DCS_BITS, OFFLINE_COMPONENTS, ONLINE_COMPONENTS, ConfigurationKind, Status
from scripts.simulator.attributes import oms_run
from scripts.simulator.bits import Phase, bits_of
from scripts.simulator.season import RunKind, Season, SeasonRun
from scripts.simulator.seasons import season_named

Facts = dict[str, Any]
DEFAULTS = default_classifiers()
SEASONS = ("2018", "2022")


@cache
def season(name: str) -> Season:
    return season_named(name)


def asked(model: type[ClassifierBody], **about: object) -> list[tuple[str, Any]]:
    """The default classifiers about that, in the order in which they are asked."""
    found = [
        (name, body)
        for name, body in DEFAULTS
        if isinstance(body, model) and all(getattr(body, word) == value for word, value in about.items())
    ]
    return sorted(found, key=lambda named: named[1].precedence(named[0]))


def run_class(facts: Facts) -> str | None:
    return next((body.run_class for _, body in asked(RunClassBody) if body.parsed.holds(facts)), None)


def is_significant(facts: Facts) -> bool:
    return any(b.parsed.holds(facts) for _, b in asked(SignificanceBody, run_class=run_class(facts)))


@cache
def component_rules(side: Side) -> dict[str, list[ComponentBody]]:
    components = dict.fromkeys(body.component for _, body in asked(ComponentBody, side=side))
    return {c: [body for _, body in asked(ComponentBody, side=side, component=c)] for c in components}


def verdicts(side: Side, facts: Facts) -> dict[str, Status | None]:
    """What the rules say of every component; nothing where none holds."""
    return {
        component: next((body.status for body in bodies if body.parsed.holds(facts)), None)
        for component, bodies in component_rules(side).items()
    }


def oms(run: SeasonRun) -> Facts:
    """What OMS says of a run, as it is ingested, with the bits that were true in some lumisection."""
    served = oms_run(run)
    units = {name: {"units": unit} for name, unit in served.units.items()}
    attributes = read_run({"attributes": served.attributes, "meta": {"row": units}}).attributes
    words = [bits(run, phase) for phase in run.phases]
    return {
        **attributes,
        "ls_duration": len(run.known),
        **{name: any(word[name] for word in words) for name in DCS_BITS},
    }


def bits(run: SeasonRun, phase: Phase) -> dict[str, bool | None]:
    return bits_of(phase, has_gem=run.year.has_gem, with_ions=run.kind is RunKind.IONS)


def offline(facts: Facts, words: Mapping[str, bool | None], online: Mapping[str, Status | None]) -> Facts:
    triplets = {c: {"status": status.word, "comment": "", "cause": ""} for c, status in online.items() if status}
    return {"run": {"oms": facts}, "lumisection": {"oms": words, "rr": triplets}}


def a_run(**more: Any) -> Facts:
    """What is told of a usual collision run of 2024."""
    return {
        "run_number": 380000, "start_time": "2024-05-01T10:00:00Z", "stable_beam": True, "energy": 6800, "b_field": 3.8,
        "hlt_key": "/cdaq/physics/Run2024/2e34/v1.4.0/HLT/V4", "l1_hlt_mode": "collisions2024",
        "fill_type_runtime": "PROTONS", "recorded_lumi": 250.0, "ls_duration": 900, "hlt_physics_counter": 3_000_000,
        "cms_active": True, "tracker_included": True, "pixel_included": True, **more,
    }  # fmt: skip


COSMICS = {
    "stable_beam": False, "hlt_key": "/cdaq/cosmic/commissioning2024/v1.3/HLT/V4", "l1_hlt_mode": "cosmics2024",
    "energy": 0, "fill_type_runtime": "COSMICS", "recorded_lumi": None,
}  # fmt: skip
DETECTORS_IN = {f"{part}_included": True for part in ("tracker", "pixel", "es", "ecal", "hcal", "dt", "trg", "gem")}


def test_every_default_rule_may_be_stored_under_its_name_and_has_nothing_to_be_told() -> None:
    for name, body in DEFAULTS:
        body.check_name(name)
        body.check_facts(facts_for(body.subject))
        assert (name, warnings(body.parsed, facts_for(body.subject))) == (name, ())
        assert (name, body.description[-1:]) == (name, ".")


def test_there_are_defaults_of_every_kind_and_no_two_of_one_name() -> None:
    kinds = Counter(body.kind for _, body in DEFAULTS)
    assert kinds == {
        ConfigurationKind.RUN_CLASS: 64,
        ConfigurationKind.SIGNIFICANCE: 52,
        ConfigurationKind.COMPONENT: 181,
        ConfigurationKind.OFFLINE_DATASET: 20,
        ConfigurationKind.RECIPE: 29,
    }
    assert len({(body.kind, name) for name, body in DEFAULTS}) == len(DEFAULTS)


@pytest.mark.parametrize(("side", "components"), [(Side.ONLINE, ONLINE_COMPONENTS), (Side.OFFLINE, OFFLINE_COMPONENTS)])
def test_every_component_that_is_certified_has_rules(side: Side, components: Mapping[str, tuple[str, ...]]) -> None:
    assert component_rules(side).keys() == {f"{w}-{c}" for w, own in components.items() for c in own}


@pytest.mark.parametrize("name", SEASONS)
def test_every_run_of_a_season_is_of_the_class_that_it_was_taken_for(name: str) -> None:
    wrong = {n: run_class(oms(run)) for n, run in season(name).runs.items() if run_class(oms(run)) != run.run_class}
    assert wrong == {}


@pytest.mark.parametrize("name", SEASONS)
def test_every_run_of_a_golden_json_is_significant(name: str) -> None:
    runs = season(name).runs
    assert [run for run in season(name).golden if not is_significant(oms(runs[run]))] == []


@pytest.mark.parametrize("name", SEASONS)
def test_commissioning_is_never_significant_by_itself(name: str) -> None:
    others = [run for run in season(name).runs.values() if run.run_class.startswith("Commissioning")]
    assert others
    assert [run.run_number for run in others if is_significant(oms(run))] == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, "Collisions24"),
        ({"hlt_key": "/cdaq/physics/Run2024/VdM/v1/HLT/V2"}, "VdM24"),
        ({"hlt_key": "/cdaq/special/2024/LowPU/v1.0.0/HLT/V3"}, "Special24"),
        ({"l1_hlt_mode": "collisionshi2024", "hlt_key": "/cdaq/physics/Run2024HI/v1/HLT/V3"}, "HeavyIon24"),
        ({"fill_type_runtime": "PB", "l1_hlt_mode": None}, "HeavyIon24"),
        ({"stable_beam": False}, "Commissioning24"),
        ({"stable_beam": None}, "Commissioning24"),
        ({"hlt_key": "/cdaq/special/2024/HcalTests/v1/HLT/V1", "stable_beam": False}, "Commissioning24"),
        (COSMICS, "Cosmics24"),
        (COSMICS | {"l1_hlt_mode": None}, "Cosmics24"),
        (COSMICS | {"start_time": "2019-12-31T23:59:59Z"}, "Cosmics19"),
        (COSMICS | {"start_time": "2020-01-01T00:00:00Z"}, "Cosmics20"),
        ({"start_time": "2015-06-03T08:00:00Z"}, "Collisions15"),
        ({"start_time": "2026-03-06T08:00:00Z"}, "Collisions26"),
        ({"start_time": "2027-01-01T00:00:00Z"}, None),
        ({"start_time": None}, None),
        ({"hlt_key": None, "stable_beam": False}, None),
    ],
)
def test_a_run_is_of_the_class_that_its_beams_and_keys_tell(told: Facts, expected: str | None) -> None:
    assert run_class(a_run(**told)) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, True),
        ({"recorded_lumi": 0.009}, False),
        ({"recorded_lumi": None}, False),
        ({"cms_active": False}, False),
        ({"ls_duration": 2}, False),
        ({"tracker_included": None}, True),
        ({"tracker_included": None, "pixel_included": None}, False),
        (COSMICS | {"ls_duration": 100}, True),
        (COSMICS | {"ls_duration": 99}, False),
        (COSMICS | {"cms_active": False}, True),
        ({"stable_beam": False}, False),
        ({"fill_type_runtime": "PB", "recorded_lumi": 5e-6}, True),
    ],
)
def test_a_run_is_significant_if_there_is_something_to_certify(told: Facts, expected: bool) -> None:
    assert is_significant(a_run(**told)) is expected


@pytest.mark.parametrize(
    ("component", "told", "expected"),
    [
        ("tracker-strip", {}, Status.GOOD),
        ("tracker-strip", {"tecm_ready": False}, Status.BAD),
        ("tracker-strip", {"tecm_ready": False, "beam1_stable": False}, Status.STANDBY),
        ("tracker-strip", {"tecm_ready": False, "beam2_stable": None}, Status.STANDBY),
        ("tracker-strip", {"tecm_ready": None}, Status.NOTSET),
        ("tracker-strip", {"tracker_included": None, "tecm_ready": False}, Status.EXCLUDED),
        ("ecal-ecal", {"ebp_ready": False, "beam1_stable": False}, Status.BAD),
        ("gem-gem", {"gem_included": None}, Status.EXCLUDED),
        ("castor-castor", {}, Status.EXCLUDED),
        ("cms-cms", {"cms_active": False}, Status.BAD),
        ("cms-cms", {"cms_active": None}, Status.NOTSET),
        ("lumi-lumi", {"beam1_stable": False}, Status.NOTSET),
        ("l1t-l1tmu", {}, Status.GOOD),
        ("l1t-l1tmu", {"dt_included": None}, Status.EXCLUDED),
        ("l1t-l1tcalo", {"trg_included": None}, Status.EXCLUDED),
        ("hlt-hlt", {}, Status.GOOD),
    ],
)
def test_a_component_is_judged_by_its_part_in_the_run_and_its_bits(
    component: str, told: Facts, expected: Status
) -> None:
    facts = a_run() | dict.fromkeys(DCS_BITS, True) | DETECTORS_IN | told
    assert verdicts(Side.ONLINE, facts)[component] is expected


@pytest.mark.parametrize("name", SEASONS)
def test_no_component_of_a_season_is_left_without_a_word_online(name: str) -> None:
    for run in list(season(name).runs.values())[::25]:
        facts = oms(run)
        for phase in run.phases:
            assert None not in verdicts(Side.ONLINE, facts | bits(run, phase)).values()


@pytest.mark.parametrize("name", SEASONS)
def test_rules_alone_keep_by_the_golden_recipe_what_is_dcs_good_and_nothing_else(name: str) -> None:
    recipe = dict(DEFAULTS)[f"golden {name}"].parsed
    runs = [run for run in season(name).runs.values() if run.luminosity is not None][::15]
    judged = Counter[bool]()
    for run in runs:
        facts = oms(run)
        for phase in run.phases:
            words = bits(run, phase)
            flags = verdicts(Side.OFFLINE, offline(facts, words, verdicts(Side.ONLINE, facts | words)))
            statuses = {component: status.word for component, status in flags.items() if status}
            kept = recipe.holds({"run": {"oms": facts}, "lumisection": {"oms": words, "rr": statuses}})
            assert kept is (not phase.missing and facts["recorded_lumi"] >= 0.08), (run.run_number, phase)
            judged[kept] += 1
    assert min(judged[True], judged[False]) > 20


@pytest.mark.parametrize(
    ("recorded", "key", "expected"),
    [(0.08, "/cdaq/physics/Run2024", Status.BAD), (0.07, "/cdaq/physics/Run2024", Status.GOOD),
     (None, "/cdaq/cosmic", Status.GOOD), (250.0, "/cdaq/special/2024/LowPU/v1.0.0/HLT/V3", Status.GOOD)],
)  # fmt: skip
def test_low_luminosity_is_bad_which_means_keep_unless_it_is_low(
    recorded: float | None, key: str, expected: Status
) -> None:
    facts = offline(a_run(recorded_lumi=recorded, hlt_key=key), {}, {})
    assert verdicts(Side.OFFLINE, facts)["dc-lowlumi"] is expected


@pytest.mark.parametrize(
    ("pixel", "strip", "expected"),
    [
        (Status.GOOD, Status.GOOD, Status.GOOD),
        (Status.GOOD, Status.BAD, Status.BAD),
        (Status.STANDBY, Status.GOOD, Status.STANDBY),
        (Status.EXCLUDED, Status.STANDBY, Status.EXCLUDED),
        (Status.GOOD, Status.NOTSET, Status.NOTSET),
    ],
)
def test_tracks_are_as_bad_as_the_worse_of_pixel_and_strips(pixel: Status, strip: Status, expected: Status) -> None:
    facts = offline(a_run(), {}, {"tracker-pixel": pixel, "tracker-strip": strip})
    assert verdicts(Side.OFFLINE, facts)["tracker-track"] is expected
