"""A rule that cannot be is refused in one sentence that says where it is wrong and what was most likely meant."""

from typing import Any

import pytest

from backend.errors import InvalidInput, InvalidRule
from backend.rules import OPERATORS, parse, parse_text

ENERGY = {">=": [{"var": "run.oms.energy"}, 6000]}


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"adn": [True]}, "There is no operator 'adn'; did you mean 'and'?"),
        ({"and": [ENERGY, ENERGY, {"=": [1, 1]}]}, "There is no operator '=' at and › 3; did you mean '=='?"),
        (
            {"and": [ENERGY, {"or": [{"==": [{"vra": "x"}, 1]}]}]},
            "There is no operator 'vra' at and › 2 › or › 1 › == › 1; did you mean 'var'?",
        ),
        ({"!": {"AND": []}}, "There is no operator 'AND' at !; did you mean 'and'?"),
        ({"if": [True, [{"&&": []}]]}, "There is no operator '&&' at if › 2 › 1; did you mean 'and'?"),
        ({"missing-some": [1, ["a"]]}, "There is no operator 'missing-some'; did you mean 'missing_some'?"),
        ({"method": [1, "toString"]}, "There is no operator 'method'; there are ! !! != !== "),
        (
            {"and": ["x", {"==": [1, 1], "in": ["a", "b"]}]},
            "An object holds one operator, but there are 2, such as '==' at and › 2.",
        ),
        ({"*": []}, "The operator '*' needs 1 or more operands at *."),
        ({"missing_some": [1]}, "The operator 'missing_some' needs 2 or more operands at missing_some."),
        ({"==": [{1, 2}, 1]}, "JSON has no set such as {1, 2} at == › 1."),
        ({"==": [{"a": {1: 2}, "b": 1}, 1]}, "JSON has no key such as 1 at == › 1."),
    ],
)
def test_what_is_wrong_is_said_with_its_place(rule: Any, sentence: str) -> None:
    with pytest.raises(InvalidRule) as refused:
        parse(rule)
    assert str(refused.value).startswith(sentence)
    assert str(refused.value)[-1] in ".?"
    assert str(refused.value)[-2] not in ".?"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '{"and": [\n  {"==": [1, 1]}\n  {"==": [1, 1]}\n]}',
            "The rule is no JSON: line 3, column 3: Expecting ',' delimiter.",
        ),
        ("", "The rule is no JSON: line 1, column 1: Expecting value."),
        ('{"==": [1, NaN]}', "The rule is no JSON: NaN is no JSON number."),
        ('{"and": [true], "and": [false]}', "The rule says 'and' twice in one object; put both into one list."),
        ("[" * 100_000, "The rule has more than 100 levels."),
        ('{"==": [1, ' + "9" * 5_000 + "]}", "The rule has a number that is too long"),
        ('{"adn": []}', "There is no operator 'adn'; did you mean 'and'?"),
    ],
)
def test_a_text_that_is_no_rule_is_refused_with_line_and_column(text: str, sentence: str) -> None:
    with pytest.raises(InvalidRule) as refused:
        parse_text(text)
    assert str(refused.value).startswith(sentence)


def test_an_invalid_rule_is_an_invalid_input() -> None:
    assert issubclass(InvalidRule, InvalidInput)


def test_every_operator_of_json_logic_js_is_known() -> None:
    assert len(OPERATORS) == 35
    for operator in OPERATORS:
        assert parse({operator: [1, [1]]}).as_json() == {operator: [1, [1]]}


def test_an_object_that_is_no_operation_stands_for_itself() -> None:
    assert parse({"a": {"unknown": 1}, "b": 2}).evaluate({}) == {"a": {"unknown": 1}, "b": 2}
    assert parse({}).evaluate({}) == {}


def test_what_json_logic_js_throws_at_is_refused_while_judging() -> None:
    with pytest.raises(InvalidRule, match="'missing_some' is told of no names"):
        parse({"missing_some": [1, {"var": "names"}]}).evaluate({})
    with pytest.raises(InvalidRule, match="a key 'indexOf'"):
        parse({"in": ["a", {"var": "o"}]}).evaluate({"o": {"indexOf": 1}})


def test_facts_that_are_no_json_are_named() -> None:
    with pytest.raises(InvalidRule, match=r"The facts hold \(1, 2\), a tuple, which is no JSON\."):
        parse({"var": "x"}).evaluate({"x": (1, 2)})
