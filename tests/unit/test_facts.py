"""The catalogue of facts: what a rule of each kind may read, and what is said of a name that there is not."""

import gzip
import json
from pathlib import Path

import pytest

from backend.classify.original import original_classifiers
from backend.errors import InvalidRule
from backend.rules import Json, parse, parse_text
from backend.rules.facts import FactCatalogue, FactKind, Source, Subject, facts_for, with_any_component
from backend.rules.facts_checking import check_variables
from models.vocabulary import DCS_BITS


def v(name: str) -> Json:
    return {"var": name}


def check(rule: Json, subject: Subject = Subject.RECIPE) -> None:
    check_variables(parse(rule), facts_for(subject))


def refusal(rule: Json, subject: Subject = Subject.RECIPE) -> str:
    with pytest.raises(InvalidRule) as refused:
        check(rule, subject)
    return str(refused.value)


@pytest.mark.parametrize("subject", Subject)
def test_every_fact_has_a_meaning_and_a_range_that_is_one(subject: Subject) -> None:
    for fact in facts_for(subject):
        assert fact.meaning
        assert fact.low is None or fact.high is None or fact.low < fact.high
        assert fact.words or fact.kind is not FactKind.STATUS


@pytest.mark.parametrize(
    ("subject", "names"),
    [
        (Subject.RUN, ("energy", "gem_included", "ls_duration", "beams_present_and_stable", "class", "cms_active")),
        (Subject.ONLINE_COMPONENT, ("b_field", "tracker_included", "bpix_ready", "prescale_index", "stop_reason")),
        (Subject.ONLINE_COMPONENT, ("recorded_lumi_per_lumi", "live_lumi_per_lumi", "lumisection_number")),
        (Subject.OFFLINE_COMPONENT, ("run.oms.energy", "run.rr.class", "lumisection.rr.tracker-strip.status")),
        (Subject.OFFLINE_COMPONENT, ("lumisection.rr.dt-dt.comment", "lumisection.rr.dt-dt.cause", "dataset.name")),
        (Subject.RECIPE, ("lumisection.rr.dc-lowlumi", "lumisection.rr.csc-occupancy", "lumisection.oms.recorded")),
        (Subject.RECIPE, ("run.run_number", "lumisection.lumisection_number", "dataset.name", "dataset.tracker_state")),
        (Subject.OFFLINE_DATASET, ("name", "Run.rr_attributes.class", "Run.oms_attributes.hlt_key", "run_number")),
    ],
)
def test_a_rule_reads_facts_by_the_names_that_its_kind_has_for_them(subject: Subject, names: tuple[str, ...]) -> None:
    assert [name for name in names if name not in facts_for(subject)] == []


def test_a_run_has_no_prescale_and_no_lumisection_number() -> None:
    catalogue = facts_for(Subject.RUN)
    assert "prescale_index" not in catalogue
    assert "lumisection_number" not in catalogue


def test_every_bit_is_read_online_and_offline() -> None:
    assert all(bit in facts_for(Subject.ONLINE_COMPONENT) for bit in DCS_BITS)
    assert all(f"lumisection.oms.{bit}" in facts_for(Subject.RECIPE) for bit in DCS_BITS)


def test_a_fact_knows_its_unit_and_where_its_value_stands() -> None:
    fact = facts_for(Subject.RECIPE).get("run.oms.b_field")
    assert fact is not None
    assert (fact.unit, fact.source, fact.attribute, fact.kind) == ("T", Source.RUN_OMS, "b_field", FactKind.NUMBER)


@pytest.mark.parametrize(
    ("subject", "wrong", "meant"),
    [
        (Subject.RUN, "b_fild", "b_field"),
        (Subject.RUN, "trakcer_included", "tracker_included"),
        (Subject.RUN, "run.oms.energy", "energy"),
        (Subject.ONLINE_COMPONENT, "bpix_redy", "bpix_ready"),
        (Subject.OFFLINE_COMPONENT, "lumisection.rr.tracker-strip", "lumisection.rr.tracker-strip.status"),
        (Subject.OFFLINE_COMPONENT, "bpix_ready", "lumisection.oms.bpix_ready"),
        (Subject.RECIPE, "lumisection.rr.tracker-strip.status", "lumisection.rr.tracker-strip"),
        (Subject.RECIPE, "lumisection.rr.tracker-stripp", "lumisection.rr.tracker-strip"),
        (Subject.RECIPE, "run.oms.tracker_incluced", "run.oms.tracker_included"),
        (Subject.OFFLINE_DATASET, "Run.rr_attributes.clas", "Run.rr_attributes.class"),
    ],
)
def test_an_unknown_name_is_refused_with_the_one_that_was_meant(subject: Subject, wrong: str, meant: str) -> None:
    assert refusal({"==": [v(wrong), 1]}, subject).endswith(f"did you mean {meant!r}?")


def test_an_unknown_name_is_refused_with_its_place() -> None:
    rule: Json = {"if": [{"and": [{"==": [v("run.oms.energy"), 6500]}, {"!": v("run.oms.enrgy")}]}, True, False]}
    assert "'run.oms.enrgy' at if › 1 › and › 2 › ! › var; did" in refusal(rule)


def test_a_name_that_is_asked_for_as_missing_must_be_known_too() -> None:
    assert "There is no fact 'run.oms.enrgy' at missing" in refusal({"missing": ["run.oms.energy", "run.oms.enrgy"]})


def test_a_name_that_is_like_no_other_is_refused_without_a_guess() -> None:
    assert refusal({"!!": v("zzz")}) == "There is no fact 'zzz' at !! › var."


def test_names_that_are_put_together_while_judging_are_refused() -> None:
    assert "names must be written out" in refusal({"var": {"cat": ["run.oms.", "energy"]}})


def test_all_facts_at_once_are_refused() -> None:
    assert "it must name one" in refusal({"==": [v(""), 1]})


def test_the_items_of_a_list_are_no_facts() -> None:
    check({"some": [v("components"), {"in": [v(""), ["PIXEL", "TRACKER"]]}]}, Subject.RUN)
    check({"some": [v("components"), {"==": [v("no.fact"), "PIXEL"]}]}, Subject.RUN)


def test_only_the_components_of_the_registry_are_known_if_they_are_given() -> None:
    catalogue = facts_for(Subject.RECIPE, components=["zdc-zdc"])
    assert "lumisection.rr.zdc-zdc" in catalogue
    assert "dataset.zdc_state" in catalogue
    assert "lumisection.rr.tracker-strip" not in catalogue


@pytest.mark.parametrize(
    ("name", "is_known"),
    [
        ("lumisection.rr.zdc-zdc", True),
        ("lumisection.rr.zdc", False),
        ("lumisection.rr.zdc-zdc.status", False),
        ("run.oms.zdc-zdc", False),
    ],
)
def test_where_components_are_not_known_yet_every_well_formed_one_is(name: str, is_known: bool) -> None:
    assert (name in with_any_component(facts_for(Subject.RECIPE))) is is_known


def test_the_golden_rule_of_2018_reads_known_facts_only(data: Path) -> None:
    rule = parse_text((data / "jsonlogic" / "golden_rule_2018.txt").read_text().partition("\n")[2])
    check_variables(rule, facts_for(Subject.RECIPE))
    assert len(rule.variables) == 47


def test_every_classifier_of_the_recorded_scenario_reads_known_facts_only(data: Path) -> None:
    recorded = json.loads(gzip.decompress((data / "run_registry" / "scenario" / "classifiers.json.gz").read_bytes()))
    found = list(original_classifiers(recorded))
    for _, body, _ in found:
        check_variables(body.parsed, facts_for(body.subject))
    assert len(found) == 184


def test_a_catalogue_says_how_many_facts_it_has() -> None:
    catalogue: FactCatalogue = facts_for(Subject.RUN)
    assert len(catalogue) == len(list(catalogue)) > 100
