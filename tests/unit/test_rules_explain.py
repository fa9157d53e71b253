"""Why a rule says what it says: the clause that decided, with the value that it saw."""

from pathlib import Path
from typing import Any

import pytest

from backend.errors import InvalidRule
from backend.rules import Explained, Rule, Told, deciding_clauses, parse, parse_text

ENERGY = {">=": [{"var": "run.oms.energy"}, 6000]}
FIELD = {">=": [{"var": "run.oms.b_field"}, 3.7]}
BPIX = {"==": [{"var": "bpix_ready"}, True]}


def facts(energy: Any = 6500, b_field: Any = 3.8, **others: Any) -> dict[str, Any]:
    return {"run": {"oms": {"energy": energy, "b_field": b_field}}} | others


def deciding(rule: Any, told: Any, *, every: bool = False) -> list[str]:
    return [clause.text for clause in deciding_clauses(parse(rule).explain(told), every=every)]


@pytest.fixture(scope="module")
def golden(data: Path) -> Rule:
    return parse_text((data / "jsonlogic" / "golden_rule_2018.txt").read_text().split("\n", 1)[1])


def test_a_clause_is_told_with_its_operands_and_the_facts_that_it_reads() -> None:
    told = parse({"==": [{"in": ["WMass", {"var": "run.oms.hlt_key"}]}, False]}).explain(
        {"run": {"oms": {"hlt_key": "/cdaq/WMass"}}}
    )
    assert told == Explained(
        text='{"==": [{"in": ["WMass", {"var": "run.oms.hlt_key"}]}, false]}',
        operator="==",
        value=False,
        holds=False,
        operands=(Told('{"in": ["WMass", {"var": "run.oms.hlt_key"}]}', True), Told("false", False)),
        facts=(Told("run.oms.hlt_key", "/cdaq/WMass"),),
    )


def test_an_and_that_is_false_was_decided_by_its_first_false_clause() -> None:
    rule = {"and": [ENERGY, FIELD, BPIX]}
    assert deciding(rule, facts(b_field=0, bpix_ready=None)) == ['{">=": [{"var": "run.oms.b_field"}, 3.7]}']
    assert deciding(rule, facts(b_field=0, bpix_ready=None), every=True) == [
        '{">=": [{"var": "run.oms.b_field"}, 3.7]}',
        '{"==": [{"var": "bpix_ready"}, true]}',
    ]


def test_an_and_that_is_true_was_decided_by_all_its_clauses() -> None:
    assert len(deciding({"and": [ENERGY, FIELD, BPIX]}, facts(bpix_ready=True))) == 3


def test_an_or_that_is_true_was_decided_by_its_first_true_clause() -> None:
    assert deciding({"or": [ENERGY, FIELD, BPIX]}, facts(energy=450, bpix_ready=True)) == [
        '{">=": [{"var": "run.oms.b_field"}, 3.7]}'
    ]
    assert len(deciding({"or": [ENERGY, FIELD, BPIX]}, facts(energy=450, bpix_ready=True), every=True)) == 2
    assert len(deciding({"or": [ENERGY, FIELD]}, facts(450, 0))) == 2


def test_a_branch_that_was_not_needed_is_judged_but_not_reached() -> None:
    told = parse({"and": [FIELD, {"or": [BPIX, ENERGY]}]}).explain(facts(b_field=0, bpix_ready=True))
    field, either = told.children
    assert (field.is_reached, field.has_decided, either.is_reached, either.has_decided) == (True, True, False, False)
    assert either.holds
    assert [child.is_reached for child in either.children] == [False, False]


def test_an_if_was_decided_by_its_conditions_and_the_value_that_it_took() -> None:
    rule = {"if": [BPIX, "ready", FIELD, {"cat": ["field ", {"var": "run.oms.b_field"}]}, ENERGY, "beam", "nothing"]}
    told = parse(rule).explain(facts(bpix_ready=False))
    assert told.value == "field 3.8"
    assert [child.has_decided for child in told.children] == [True, False, True, True, False, False, False]
    assert [clause.operator for clause in deciding_clauses(told)] == ["==", ">=", "cat"]
    assert parse(rule).explain(facts(0, 0)).value == "nothing"
    assert parse({"if": [BPIX, "ready"]}).explain({}).value is None


def test_what_is_turned_round_is_told_as_it_stands() -> None:
    told = parse({"!": [{"and": [BPIX, FIELD]}]}).explain(facts(bpix_ready=False))
    assert (told.operator, told.value, told.children[0].value) == ("!", True, False)
    assert [clause.text for clause in deciding_clauses(told)] == ['{"==": [{"var": "bpix_ready"}, true]}']


def test_the_clause_that_rejects_a_lumisection_from_the_golden_rule_is_named_with_its_value(golden: Rule) -> None:
    told: dict[str, Any] = {"run": {"oms": {}}, "lumisection": {"rr": {}, "oms": {}}}
    for variable in golden.variables:
        table, source, name = variable.name.split(".")
        told[table][source][name] = variable.comparisons[0].constant if variable.comparisons else "25ns"
    told["run"]["oms"] |= {"injection_scheme": "25ns_2556b", "hlt_key": "/cdaq/physics"}
    assert golden.evaluate(told) is True
    told["lumisection"]["oms"]["tob_ready"] = None
    (clause,) = deciding_clauses(golden.explain(told))
    assert clause.facts == (Told("lumisection.oms.tob_ready", None),)


def test_a_branch_that_cannot_be_judged_spoils_nothing_unless_it_is_needed() -> None:
    broken = {"missing_some": [1, {"var": "names"}]}
    told = parse({"or": [True, broken]}).explain({})
    assert told.value is True
    assert told.children[1].trouble == "The operator 'missing_some' is told of no names on these facts."
    with pytest.raises(InvalidRule):
        parse({"or": [False, broken]}).explain({})


def test_a_loop_is_one_clause_and_its_names_are_no_facts() -> None:
    told = parse({"some": [{"var": "tags"}, {"==": [{"var": ""}, "lowPU"]}]}).explain({"tags": ["lowPU"]})
    assert (told.children, told.facts) == ((), (Told("tags", ["lowPU"]),))
    assert told.operands == (Told('{"var": "tags"}', ["lowPU"]),)


def test_constants_decide_but_are_no_clauses() -> None:
    assert deciding({"and": [True, BPIX, False]}, {"bpix_ready": True}) == []
    assert deciding(True, {}) == []


def test_without_operands_there_is_nothing_to_open() -> None:
    assert parse({"and": []}).explain({}).children == ()
