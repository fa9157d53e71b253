"""Laws of the text of a filter: it says exactly one tree, whatever stands in it, and nothing typed breaks it."""

import contextlib

from hypothesis import example, given
from hypothesis import strategies as st

from backend.errors import InvalidFilter
from backend.queries import RUNS, Condition, Filter, Operator, format_filter, parse_filter
from tests.filter_trees import texts, trees


@given(trees)
def test_the_text_of_a_tree_says_that_tree(tree: Filter) -> None:
    assert parse_filter(format_filter(tree, RUNS), RUNS) == tree


@given(texts)
def test_any_text_may_be_a_value(value: str) -> None:
    for attribute in ("hlt_key", "oms.era"):
        tree = Condition(attribute, Operator.IN, (value, "x"))
        assert parse_filter(format_filter(tree, RUNS), RUNS) == tree


@given(st.floats(-1e300, 1e300) | st.integers(-(2**63), 2**63 - 1))
def test_any_number_may_be_a_value_of_what_oms_gives(number: float) -> None:
    tree = Condition("oms.init_lumi", Operator.AT_LEAST, number)
    if abs(number) < 2**63:
        assert parse_filter(format_filter(tree, RUNS), RUNS) == tree


words = [
    "run",
    "class",
    "tracker-strip",
    "BAD",
    "and",
    "or",
    "(",
    ")",
    "=",
    "<",
    "5",
    "1-3",
    ",",
    "not",
    "in",
    "is",
    "null",
]


@given(
    st.lists(st.sampled_from([*words, '"', "all", "between", "\\"]), max_size=12).map(" ".join) | st.text(max_size=40)
)
@example("(" * 5_000)
@example("run is not")
def test_whatever_is_typed_is_a_filter_or_one_sentence(text: str) -> None:
    with contextlib.suppress(InvalidFilter):
        assert format_filter(parse_filter(text, RUNS), RUNS) is not None
