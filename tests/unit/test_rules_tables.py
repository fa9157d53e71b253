"""Every rule that json-logic-js was asked about is answered alike: its own table, the fuzz and the corners."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from backend.errors import InvalidRule
from backend.rules import evaluate, parse


@pytest.fixture
def tables(data: Path) -> Path:
    return data / "jsonlogic"


def read(path: Path) -> list[Any]:
    return json.loads(gzip.decompress(path.read_bytes()))


def is_same(said: Any, expected: Any) -> bool:
    """Whether JavaScript would print both alike: true is not 1, but 1.0 is."""
    if isinstance(said, list) and isinstance(expected, list):
        return len(said) == len(expected) and all(map(is_same, said, expected))
    if isinstance(said, dict) and isinstance(expected, dict):
        return said.keys() == expected.keys() and all(is_same(said[key], expected[key]) for key in said)
    if isinstance(said, bool) or isinstance(expected, bool) or not isinstance(expected, int | float):
        return type(said) is type(expected) and said == expected
    return isinstance(said, int | float) and float(said) == float(expected)


def answer(rule: Any, facts: Any) -> tuple[str, Any]:
    try:
        return "says", evaluate(rule, facts)
    except InvalidRule as error:
        return "throws", str(error)


def test_the_official_table_is_answered_case_by_case(tables: Path) -> None:
    cases = [case for case in json.loads((tables / "tests.json").read_text()) if not isinstance(case, str)]
    assert len(cases) == 277
    assert [case for case in cases if not is_same(evaluate(case[0], case[1]), case[2])] == []


def test_the_fuzz_is_answered_as_json_logic_js_did(tables: Path) -> None:
    cases, answers = read(tables / "fuzz.json.gz"), read(tables / "fuzz_js.json.gz")
    assert len(cases) == len(answers) == 3_825
    told = [
        (rule, facts, expected, evaluate(rule, facts)) for (rule, facts), expected in zip(cases, answers, strict=True)
    ]
    assert [case for case in told if not is_same(case[3], case[2])] == []


def test_the_corners_of_javascript_are_answered_as_json_logic_js_does(tables: Path) -> None:
    cases = read(tables / "differential.json.gz")
    assert len(cases) > 50_000
    told = [(*case, answer(case[0], case[1])) for case in cases]
    wrong = [t for t in told if t[2] != t[4][0] or (t[2] == "says" and not is_same(t[4][1], t[3]))]
    assert wrong[:20] == []


def test_a_null_bit_is_not_false() -> None:
    assert evaluate({"==": [{"var": "gemp_ready"}, False]}, {"gemp_ready": None}) is False
    assert evaluate({"==": [{"var": "gemp_ready"}, False]}, {"gemp_ready": False}) is True
    assert evaluate({"==": [{"var": "gemp_ready"}, None]}, {}) is True


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ({"/": [1, 0]}, {}),
        ({"-": ["GOOD"]}, {}),
        ({"or": []}, {}),
        ({"max": []}, {}),
        ({"var": "x"}, {"x": float("nan")}),
    ],
)
def test_what_json_cannot_say_comes_back_as_null(rule: Any, facts: Any) -> None:
    assert evaluate(rule, facts) is None


def test_whole_numbers_come_back_as_integers_and_negative_zero_as_zero() -> None:
    assert (
        json.dumps([evaluate({"+": [1.5, 1.5]}, {}), evaluate({"-": [0]}, {}), evaluate({"/": [1, 2]}, {})])
        == "[3, 0, 0.5]"
    )


def test_a_rule_does_not_change_with_what_it_was_parsed_from() -> None:
    given: dict[str, Any] = {"in": [{"var": "x"}, ["a"]]}
    rule = parse(given)
    given["in"][1].append("b")
    assert rule.evaluate({"x": "b"}) is False
    assert rule.as_json() == {"in": [{"var": "x"}, ["a"]]}


def test_the_log_operator_gives_its_operand_and_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate({"log": "apple"}, {}) == "apple"
    assert capsys.readouterr().out == ""
