"""Comparisons that cannot be meant: each is told in one sentence with its place, and nothing else is."""

import gzip
import json
from pathlib import Path

import pytest

from backend.classify.original import original_classifiers
from backend.rules import Json, parse, parse_text
from backend.rules.facts import Subject, facts_for
from backend.rules.facts_checking import check_variables
from backend.rules.facts_warnings import warnings

ENERGY, FIELD, STRIP = "run.oms.energy", "run.oms.b_field", "lumisection.rr.tracker-strip"


def v(name: str) -> Json:
    return {"var": name}


def told(rule: Json, subject: Subject = Subject.RECIPE) -> tuple[str, ...]:
    parsed, catalogue = parse(rule), facts_for(subject)
    check_variables(parsed, catalogue)
    return warnings(parsed, catalogue)


def the_warning(rule: Json, subject: Subject = Subject.RECIPE) -> str:
    (warning,) = told(rule, subject)
    return warning


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ({">": [v(ENERGY), 20000]}, "it lies between 0 and 8,000 GeV, so this never holds"),
        ({">=": [v(ENERGY), 13000]}, "it lies between 0 and 8,000 GeV, so this never holds"),
        ({">": [v(FIELD), 38]}, "it lies between 0 and 4 T, so this never holds"),
        ({"<": [38, v(FIELD)]}, "it lies between 0 and 4 T, so this never holds"),
        ({">": [v("run.oms.init_lumi"), 19000]}, "it lies between 0 and 20 10³⁴ cm⁻²s⁻¹, so this never holds"),
        ({"<": [v("run.oms.recorded_lumi"), 0]}, "it lies between 0 and 5,000 /pb, so this never holds"),
        ({"<": [v("run.oms.hlt_physics_counter"), 0]}, "it is at least 0, so this never holds"),
        ({"==": [v("run.run_number"), "abc"]}, "so this never holds"),
        ({"<=": [v(ENERGY), 7_000_000]}, "so this always holds"),
        ({">=": [v("run.oms.fill_number"), 0]}, "so this always holds"),
    ],
)
def test_a_number_outside_of_what_can_be_is_told_with_the_unit(rule: Json, part: str) -> None:
    assert part in the_warning(rule)


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ({"==": [v(STRIP), "GODO"]}, "the nearest is 'GOOD'"),
        ({"==": [v(STRIP), "good"]}, "the nearest is 'GOOD'"),
        ({"in": [v(STRIP), ["GOOD", "STANBDY"]]}, "'STANBDY' is there, but it is one of GOOD"),
        ({"!=": [v(STRIP), "PURPLE"]}, "so this always holds"),
        ({"==": [v("dataset.tracker_state"), "CLOSED"]}, "waiting dqm gui, not significant for workspace, OPEN"),
        ({"==": [v("run.rr.state"), "SIGNEDOFF"]}, "the nearest is 'SIGNOFF'"),
    ],
)
def test_a_word_that_is_none_is_told_with_the_nearest(rule: Json, part: str) -> None:
    assert part in the_warning(rule)


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ({">": [v("run.oms.hlt_key"), 5]}, "is a text, and is compared with a number"),
        ({"==": [v("run.rr.class"), True]}, "is a text, and is compared with true or false"),
        ({"==": [v(STRIP), 1]}, "is a status, and is compared with a number"),
        ({"==": [v("run.oms.components"), 3]}, "is a list, and is compared with a number"),
        ({">": [v("run.oms.start_time"), 1530000000]}, "is a time, and is compared with a number"),
        ({">": [v("run.oms.start_time"), "24 April 2018"]}, "a time is compared as a text such as"),
        ({"==": [v("lumisection.oms.cms_active"), "true"]}, "it is true, false or null, so this never holds"),
        ({"in": ["GOOD", v(ENERGY)]}, "so this never holds"),
        ({"in": [v("run.oms.injection_scheme"), "25ns"]}, "the operands are the wrong way round"),
    ],
)
def test_what_is_compared_with_another_kind_of_value_is_told(rule: Json, part: str) -> None:
    assert part in the_warning(rule)


@pytest.mark.parametrize(
    "rule",
    [
        {"==": [v(ENERGY), 13.6]},
        {"==": [v(STRIP), "NO VALUE FOUND"]},
        {"==": [v(STRIP), "EMPTY"]},
        {"in": [v(STRIP), ["GOOD", "STANDBY"]]},
        {"==": [v("run.rr.state"), None]},
        {">": [v("run.oms.start_time"), "2018-04-24T10:00:00Z"]},
        {"<": [v("run.oms.start_time"), "2019"]},
        {"==": [v("lumisection.oms.cms_active"), 1]},
        {"==": [v("lumisection.oms.cms_active"), None]},
        {"==": [v("run.oms.recorded_lumi"), None]},
        {"in": ["25ns", v("run.oms.injection_scheme")]},
        {"in": ["TRACKER", v("run.oms.components")]},
    ],
)
def test_where_nothing_is_wrong_nothing_is_told(rule: Json) -> None:
    assert told(rule) == ()


def test_a_comparison_is_told_as_it_is_read_and_with_its_place() -> None:
    rule: Json = {"and": [{"==": [v(STRIP), "GOOD"]}, {"<=": [6000, v(ENERGY), 13_000]}]}
    assert the_warning(rule) == (
        "run.oms.energy <= 13,000 at and › 2 › <=: it lies between 0 and 8,000 GeV, so this always holds."
    )


def test_the_names_of_online_rules_are_judged_alike() -> None:
    assert "never holds" in the_warning({">": [v("b_field"), 38]}, Subject.RUN)
    assert "never holds" in the_warning({"==": [v("tob_ready"), "TRUE"]}, Subject.ONLINE_COMPONENT)
    assert "nearest is 'BAD'" in the_warning(
        {"==": [v("lumisection.rr.dt-dt.status"), "BDA"]}, Subject.OFFLINE_COMPONENT
    )


def test_the_golden_rule_of_2018_has_nothing_to_be_told(data: Path) -> None:
    text = (data / "jsonlogic" / "golden_rule_2018.txt").read_text().partition("\n")[2]
    assert warnings(parse_text(text), facts_for(Subject.RECIPE)) == ()


def test_the_classifiers_of_the_recorded_scenario_have_nothing_to_be_told(data: Path) -> None:
    recorded = json.loads(gzip.decompress((data / "run_registry" / "scenario" / "classifiers.json.gz").read_bytes()))
    for name, body, _ in original_classifiers(recorded):
        assert (name, warnings(body.parsed, facts_for(body.subject))) == (name, ())
