"""What is explained is what is said, for any rule and any facts."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.errors import InvalidRule
from backend.rules import Explained, Json, deciding_clauses, parse
from backend.rules.parsing import OPERATORS

values = st.sampled_from([None, True, False, 0, 1, 2.5, "", "a", "1", "GOOD", [], [1], ["a", None], {}])
names = st.sampled_from(["x", "y", "x.y", "list", "list.0", "", "z"])
rules = st.recursive(
    values | names.map(lambda name: {"var": name}),
    lambda inner: st.builds(
        lambda operator, operands: {operator: operands},
        st.sampled_from([*sorted(OPERATORS - {"*", "missing_some"}), *(["and", "or", "if", "!", "?:"] * 5)]),
        st.lists(inner, max_size=4) | inner,
    ),
    max_leaves=15,
)
facts = st.fixed_dictionaries(
    {}, optional={"x": values | st.fixed_dictionaries({"y": values}), "y": values, "list": st.lists(values)}
)


def every(explained: Explained) -> list[Explained]:
    return [explained, *(node for child in explained.children for node in every(child))]


def attempt(act: Any) -> Any:
    try:
        return act()
    except InvalidRule as error:
        return str(error)


@given(rules, facts)
def test_the_root_of_what_is_explained_is_what_the_rule_says(rule: Json, told: Json) -> None:
    parsed = parse(rule)
    explained = attempt(lambda: parsed.explain(told))
    said = attempt(lambda: parsed.evaluate(told))
    assert repr(explained.value if isinstance(explained, Explained) else explained) == repr(said)
    if isinstance(explained, Explained):
        assert explained.holds is parsed.holds(told)


@given(rules, facts)
def test_what_was_reached_and_decided_says_what_stands_above_it(rule: Json, told: Json) -> None:
    explained = attempt(lambda: parse(rule).explain(told))
    for node in every(explained) if isinstance(explained, Explained) else []:
        decided = [child for child in node.children if child.has_decided]
        assert bool(decided) is bool(node.children)
        assert all(child.is_reached for child in decided) or not node.is_reached
        if node.operator in ("and", "or") and node.children:
            assert {child.holds for child in decided} == {node.holds}
            assert decided[-1].value == node.value
        if node.operator in ("!", "!!") and node.children:
            assert node.value is (node.children[0].holds is (node.operator == "!!"))


@given(rules, facts)
def test_deciding_clauses_are_among_all_that_would_decide_alike(rule: Json, told: Json) -> None:
    explained = attempt(lambda: parse(rule).explain(told))
    if isinstance(explained, Explained):
        alike = deciding_clauses(explained, every=True)
        assert all(any(clause is other for other in alike) for clause in deciding_clauses(explained))


@given(rules)
def test_a_rule_can_be_written_down_and_parsed_again(rule: Json) -> None:
    assert parse(parse(rule).as_json()) == parse(rule)
    assert parse(rule).as_json() == rule
