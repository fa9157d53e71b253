"""No rule hangs or crashes the process that judges with it: what costs too much is refused, and quickly."""

import sys
import threading
from typing import Any

import pytest

from backend.errors import InvalidRule
from backend.rules import evaluate, parse
from backend.rules.limits import MOST_LEVELS, MOST_NODES

ACCUMULATOR = {"var": "accumulator"}
DOUBLED = [ACCUMULATOR, ACCUMULATOR]
ITEMS = {"var": "items"}


def nested(operator: str, levels: int) -> Any:
    """Operators in each other, each of which is two levels: an object and a list."""
    rule: Any = {"var": "x"}
    for _ in range(levels // 2):
        rule = {operator: [rule]}
    return rule


def refused(rule: Any, facts: Any, sentence: str) -> None:
    with pytest.raises(InvalidRule, match=sentence):
        evaluate(rule, facts)


@pytest.mark.parametrize(
    "operator", ["!", "and", "if", "+", "cat", "merge", "==", "missing", "var", "map", "all", "reduce"]
)
def test_the_deepest_rule_is_judged_explained_and_judged_on_frames(operator: str) -> None:
    rule = parse(nested(operator, MOST_LEVELS - 1))
    rule.evaluate({"x": 1})
    rule.explain({"x": 1})
    rule.to_polars()
    assert rule.as_json() == nested(operator, MOST_LEVELS - 1)


@pytest.mark.parametrize("rule", [nested("!", 102), nested("cat", 100_000), [[[]]] * 3])
def test_what_is_deeper_is_refused(rule: Any) -> None:
    if rule == [[[]]] * 3:
        rule.append(rule)
    with pytest.raises(InvalidRule, match=r"The rule has more than 100 levels|more than 20,000 parts"):
        parse(rule)


def test_what_is_larger_is_refused_before_it_is_built() -> None:
    wide = [0] * MOST_NODES
    with pytest.raises(InvalidRule, match=r"more than 20,000 parts"):
        parse({"in": [1, [wide] * MOST_NODES]})
    parse({"in": [1, list(range(MOST_NODES - 10))]})


def test_loops_within_loops_use_up_their_steps() -> None:
    rule: Any = {"var": ""}
    for _ in range(8):
        rule = {"map": [{"merge": [list(range(50))]}, rule]}
    refused(rule, {}, "more than 1,000,000 steps")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"cat": DOUBLED}, "a text of more than 100,000 characters|more than 1,000,000 steps"),
        ({"cat": [DOUBLED]}, "a text of more than 100,000 characters|more than 1,000,000 steps"),
        ({"merge": DOUBLED}, "more than 1,000,000 steps"),
        (DOUBLED, "more than 100 levels|more than 1,000,000 steps"),
        ([ACCUMULATOR], "more than 100 levels"),
        ({"substr": [{"cat": DOUBLED}, 0]}, "a text of more than 100,000 characters"),
        ({"+": [[DOUBLED], 1]}, "more than 1,000,000 steps|$^"),
    ],
)
def test_what_doubles_at_every_turn_is_refused(body: Any, sentence: str) -> None:
    if "$^" in sentence:
        assert evaluate({"reduce": [ITEMS, body, "ab"]}, {"items": list(range(1_000))}) is None
    else:
        refused({"reduce": [ITEMS, body, "ab"]}, {"items": list(range(1_000))}, sentence)


def test_a_list_that_holds_itself_many_times_is_refused_as_text() -> None:
    heap = {"reduce": [ITEMS, DOUBLED, "ab"]}
    for operator in ("==", "<", "in", "cat", "+", "substr", "max"):
        refused(
            {operator: [heap, "x"] if operator != "in" else [heap, "text"]}, {"items": list(range(60))}, "more than"
        )


def test_many_long_texts_use_up_their_steps() -> None:
    refused(
        {"map": [ITEMS, {"cat": [{"var": ""}] * 900}]}, {"items": ["x" * 100] * 10_000}, "more than 1,000,000 steps"
    )


def test_logic_in_the_facts_cannot_go_round_in_a_circle() -> None:
    facts: dict[str, Any] = {"x": {"missing": {"var": "x"}}}
    refused({"missing": {"var": "x"}}, facts, "'missing' is told of logic in logic, more than 3 deep")
    deep: Any = "a"
    for _ in range(30):
        deep = {"merge": [deep]}
    refused({"missing": {"var": "x"}}, {"x": deep}, "more than 20 levels")


@pytest.mark.parametrize(
    "text", ["1" * 100_000 + "x", " " * 100_000 + "x", "0x" + "f" * 100_000, "." * 100_000, "1e" + "9" * 100_000]
)
def test_long_texts_are_read_as_numbers_at_once(text: str) -> None:
    for operator in ("+", "-", "=="):
        evaluate({operator: [{"var": "t"}, 1]}, {"t": text})


def test_a_rule_is_judged_where_little_stack_is_left() -> None:
    """Pages call rules from deep within; half the stack of Python is enough for the deepest rule."""
    told: list[Any] = []

    def judge() -> None:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(600)
        try:
            for operator in ("!", "and", "if", "cat", "merge", "==", "missing", "map", "reduce"):
                rule = parse(nested(operator, MOST_LEVELS - 1))
                told.append((rule.evaluate({"x": [1]}), rule.explain({"x": [1]}), rule.variables))
        finally:
            sys.setrecursionlimit(limit)

    thread = threading.Thread(target=judge)
    thread.start()
    thread.join()
    assert len(told) == 9


def test_one_rule_judges_in_many_threads() -> None:
    rule = parse({"reduce": [ITEMS, {"+": [{"var": "current"}, ACCUMULATOR]}, 0]})
    told: list[Any] = []
    threads = [threading.Thread(target=lambda: told.append(rule.evaluate({"items": [1] * 5_000}))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [5_000] * 8
