"""Which facts a rule reads, and with what it compares them."""

from typing import Any

import pytest

from backend.rules import Comparison, Variable, parse


def read(rule: Any) -> dict[str, list[tuple[str, Any]]]:
    return {v.name: [(c.operator, c.constant) for c in v.comparisons] for v in parse(rule).variables}


def test_names_come_in_the_order_of_the_rule_with_every_comparison_once() -> None:
    energy, field = {"var": "run.oms.energy"}, {"var": ["run.oms.b_field"]}
    rule = {"and": [{">=": [energy, 6000]}, {"<": [7000, energy]}, {">=": [energy, 6000]}, {"!": field}]}
    assert parse(rule).variables == (
        Variable("run.oms.energy", (Comparison(">=", 6000), Comparison(">", 7000))),
        Variable("run.oms.b_field"),
    )


@pytest.mark.parametrize(
    ("clause", "comparisons"),
    [
        ({"==": ["GOOD", {"var": "x"}]}, [("==", "GOOD")]),
        ({"<=": [6000, {"var": "x"}]}, [(">=", 6000)]),
        ({"<": [6000, {"var": "x"}, 7000]}, [(">", 6000), ("<", 7000)]),
        ({"in": [{"var": "x"}, ["GOOD", "BAD"]]}, [("in", ["GOOD", "BAD"])]),
        ({"in": ["25ns", {"var": "x"}]}, [("has", "25ns")]),
        ({"and": [{"==": [{"var": "x"}, 1]}, {"==": [{"var": "x"}, True]}]}, [("==", 1), ("==", True)]),
        ({"==": [{"var": "x"}, {"var": "x"}]}, []),
        ({"==": [{"+": [{"var": "x"}, 1]}, 2]}, []),
    ],
)
def test_a_comparison_is_told_as_if_the_fact_stood_on_the_left(clause: Any, comparisons: Any) -> None:
    assert read(clause)["x"] == comparisons
    assert [type(c) for _, c in read(clause)["x"]] == [type(c) for _, c in comparisons]


def test_names_in_a_loop_are_those_of_items_but_its_list_is_a_fact() -> None:
    body = {"+": [{"var": "current"}, {"var": "accumulator"}]}
    assert list(read({"reduce": [{"var": "items"}, body, {"var": "start"}]})) == ["items", "start"]
    assert list(read({"all": [{"var": "tags"}, {"in": ["x", {"var": ""}]}]})) == ["tags"]


def test_what_is_asked_to_be_there_is_read() -> None:
    assert list(read({"missing": ["a", "b.c"]})) == ["a", "b.c"]
    assert list(read({"missing_some": [1, ["a", 5]]})) == ["a", "5"]
    assert list(read({"missing": [["a", "b"]]})) == ["a", "b"]


def test_a_default_value_may_read_facts_too() -> None:
    assert list(read({"var": ["a", {"var": "b"}]})) == ["a", "b"]


@pytest.mark.parametrize(
    ("rule", "is_computed"),
    [
        ({"var": {"cat": ["a", "b"]}}, True),
        ({"missing": {"var": "names"}}, True),
        ({"missing_some": [1, {"merge": [["a"], ["b"]]}]}, True),
        ({"missing": [["a"], {"if": [True, "b"]}]}, True),
        ({"missing_some": [{"var": "n"}, ["a", "b"]]}, False),
        ({"and": [{"missing": ["a", "b"]}, {"var": "c"}]}, False),
        ({"map": [{"var": "l"}, {"var": {"var": "x"}}]}, False),
    ],
)
def test_a_rule_says_whether_it_computes_names(rule: Any, is_computed: bool) -> None:
    assert parse(rule).has_computed_names is is_computed


def test_all_the_facts_have_the_empty_name() -> None:
    assert list(read({"var": ""})) == list(read({"var": []})) == list(read({"var": None})) == [""]
