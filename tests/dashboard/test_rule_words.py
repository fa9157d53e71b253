"""Rules in words and as text, and two of them side by side: nothing said that the rule does not say."""

import json

import pytest

from backend.rules import parse, parse_text
from backend.rules.facts import Subject, facts_for
from dashboard.rule_diff import Line, Pair, count_of, texts_beside, trees_beside
from dashboard.rule_text import rule_text
from dashboard.rule_words import Worded, worded

FACTS = facts_for(Subject.OFFLINE_COMPONENT)


def words(rule: object) -> str:
    return worded(parse(rule), FACTS).words


def bit(name: str, value: object = False, operator: str = "==") -> dict[str, object]:
    return {operator: [{"var": f"lumisection.oms.{name}"}, value]}


def oms(name: str, operator: str, value: object) -> dict[str, object]:
    return {operator: [{"var": f"run.oms.{name}"}, value]}


@pytest.mark.parametrize(
    "rule,said",
    [
        (oms("tracker_included", "==", True), "tracker is in the run"),
        (oms("tracker_included", "!=", True), "tracker is not in the run"),
        (oms("tracker_included", "==", False), "tracker is said to be out of the run"),
        (bit("tecp_ready"), "TEC+ is off"),
        (bit("tibtid_ready", True, "!="), "TIB/TID is not ready"),
        (bit("cms_active", True), "CMS is active"),
        (bit("beam1_stable"), "beam 1 is not stable"),
        (bit("beam1_stable", True, "!="), "beam 1 is not known to be stable"),
        (bit("dt0_ready", None), "DT0 is unknown"),
        (oms("init_lumi", ">", 19000), "initial luminosity > 19,000 ×10³⁴ cm⁻²s⁻¹"),
        (oms("run_number", ">=", 315252), "run number ≥ 315252"),
        ({"<=": [6000, {"var": "run.oms.energy"}]}, "energy ≥ 6,000 GeV"),
        ({"<": [3.7, {"var": "run.oms.b_field"}, 3.9]}, "3.7 < B field < 3.9 T"),
        ({"in": ["WMass", {"var": "run.oms.hlt_key"}]}, "HLT key contains WMass"),
        ({"in": [{"var": "run.rr.class"}, ["Collisions18", "Cosmics18"]]}, "class is one of Collisions18, Cosmics18"),
        ({"==": [{"var": "lumisection.rr.ecal-ecal.status"}, "GOOD"]}, "ecal-ecal is GOOD"),
        ({"var": "run.oms.stable_beam"}, "stable beam is there and not empty"),
        ({"+": [1, 2]}, '{"+": [1, 2]}'),
    ],
)
def test_a_clause_is_said_as_people_say_it(rule: object, said: str) -> None:
    assert words(rule) == said


def test_the_tree_in_words_goes_with_the_explanation_node_by_node() -> None:
    rule = parse({"and": [bit("cms_active", True), {"!": [{"or": [bit("tob_ready"), bit("tecm_ready")]}]}, {"!": []}]})
    explained = rule.explain({})

    def shapes(node: object) -> object:
        return [shapes(child) for child in node.children]  # type: ignore[attr-defined]

    assert shapes(worded(rule, FACTS)) == shapes(explained)


@pytest.mark.parametrize(
    "rule",
    [
        {"and": [bit("tob_ready"), {"or": [bit("tecp_ready"), {"!": [bit("tecm_ready")]}]}]},
        {"!": {"and": [bit("tob_ready"), bit("tecp_ready")]}},
        {"if": [bit("tob_ready"), True, False]},
        {"in": [{"var": "run.rr.class"}, [f"Collisions{year}" for year in range(10, 40)]]},
        {"and": []},
        {"==": [{"var": ""}, 'quotes " and µ']},
    ],
)
def test_the_text_of_a_rule_is_that_rule_again(rule: object) -> None:
    text = rule_text(rule)  # type: ignore[arg-type]
    assert parse_text(text).as_json() == rule
    assert rule_text(json.loads(text)) == text


def test_each_clause_has_a_line_of_its_own() -> None:
    rule = {"and": [bit("tob_ready"), bit("tecp_ready"), {"or": [bit("dt0_ready"), bit("rpc_ready")]}]}
    lines = rule_text(rule).splitlines()  # type: ignore[arg-type]
    assert len(lines) == 8
    assert lines[0] == '{ "and": ['
    assert lines[1] == '  { "==": [{ "var": "lumisection.oms.tob_ready" }, false] },'


def tree(rule: object) -> Worded:
    return worded(parse(rule), FACTS)


def test_versions_stand_branch_beside_branch() -> None:
    in_run, tob, tecp = oms("tracker_included", "==", True), bit("tob_ready"), bit("tecp_ready")
    left = tree({"and": [in_run, {"or": [tob, tecp]}]})
    right = tree({"and": [in_run, bit("cms_active", True), {"or": [tob, bit("tecm_ready")]}]})
    pairs = trees_beside(left, right)
    assert [(p.change, (p.right or p.left).text) for p in pairs] == [  # type: ignore[union-attr]
        ("same", "all of"),
        ("same", "tracker is in the run"),
        ("added", "CMS is active"),
        ("same", "any of"),
        ("same", "TOB is off"),
        ("removed", "TEC+ is off"),
        ("added", "TEC− is off"),
    ]
    assert (count_of(pairs, "added"), count_of(pairs, "removed")) == (2, 1)
    assert pairs[4].left == Line(2, "TOB is off")


def test_a_rule_that_became_a_part_of_the_new_one_stands_beside_that_part() -> None:
    either = {"or": [bit("tob_ready"), bit("tecp_ready")]}
    whole = {"and": [bit("cms_active", True), {"or": [bit("tob_ready"), bit("tecm_ready")]}]}
    pairs = trees_beside(tree(either), tree(whole))
    assert [pair.change for pair in pairs] == ["added", "added", "same", "same", "removed", "added"]
    back = trees_beside(tree(whole), tree(either))
    assert [pair.change for pair in back] == ["removed", "removed", "same", "same", "removed", "added"]


def test_rules_with_nothing_in_common_stand_one_after_the_other() -> None:
    pairs = trees_beside(tree(bit("tob_ready")), tree({"and": [bit("tecp_ready")]}))
    assert [pair.change for pair in pairs] == ["removed", "added", "added"]


def test_a_comma_makes_no_difference_between_texts() -> None:
    pairs = texts_beside('{ "and": [\n  1\n] }', '{ "and": [\n  1,\n  2\n] }')
    assert [pair.change for pair in pairs] == ["same", "same", "added", "same"]
    assert pairs[2] == Pair(None, Line(0, "  2"))
