"""Values as JavaScript takes them: what the docstrings promise, and laws of numbers and texts."""

import doctest
import importlib
import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import rules
from backend.rules import evaluate, texts
from backend.rules.limits import Budget
from backend.rules.values import leading_number, number_text, to_number

TEXTS = st.text(st.sampled_from("ab\ud83d\ude00😀é\ue000"), max_size=6)


@pytest.mark.parametrize("name", ["", ".comparing", ".rule", ".values"])
def test_what_a_docstring_shows_is_so(name: str) -> None:
    told = doctest.testmod(importlib.import_module(f"{rules.__name__}{name}"))
    assert told.attempted > 0
    assert told.failed == 0


@given(st.floats(allow_nan=False))
def test_a_number_is_read_again_from_its_text(number: float) -> None:
    text = number_text(number)
    assert to_number(text, Budget()) == leading_number(text, Budget()) == number
    if math.isfinite(number):
        assert len(text.replace("-", "").replace(".", "")) <= 23


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (123456.789, "123456.789"),
        (0.000001, "0.000001"),
        (0.0000001, "1e-7"),
        (-1.25e-9, "-1.25e-9"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (2**53 + 1, "9007199254740992"),
        (10**400, "Infinity"),
    ],
)
def test_a_number_is_written_as_javascript_writes_it(number: float, text: str) -> None:
    assert number_text(number) == text


@given(TEXTS, TEXTS)
def test_texts_are_found_cut_and_ordered_by_code_units(text: str, other: str) -> None:
    units = [text.encode("utf-16-be", "surrogatepass")[i : i + 2] for i in range(0, 2 * texts.length(text), 2)]
    sought = [other.encode("utf-16-be", "surrogatepass")[i : i + 2] for i in range(0, 2 * texts.length(other), 2)]
    assert texts.contains(text, other) is any(
        units[start : start + len(sought)] == sought for start in range(len(units) - len(sought) + 1)
    )
    assert texts.is_before(text, other) is (units < sought)
    for start, count in product(range(len(units) + 1), range(len(units) + 1)):
        cut = texts.part(text, start, count).encode("utf-16-be", "surrogatepass")
        assert cut == b"".join(units[start : start + count])


@given(TEXTS, st.integers(0, 6))
def test_a_text_cut_anywhere_is_put_together_again(text: str, place: int) -> None:
    rule = {"cat": [{"substr": [{"var": ""}, 0, place]}, {"substr": [{"var": ""}, place]}]}
    assert evaluate(rule, text) == texts.whole(text)
