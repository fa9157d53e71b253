"""The filter tree: what can be asked is read into proper names and values, what cannot is told in a sentence."""

from datetime import UTC, datetime
from typing import Any

import pytest

from backend.errors import InvalidFilter
from backend.queries import (
    EVERYTHING,
    RUNS,
    AllOf,
    AnyOf,
    Condition,
    Count,
    Filter,
    FlagCondition,
    Kind,
    Operator,
    Span,
    all_of,
    any_of,
    checked,
    operators_of,
)
from backend.queries.filters import DEEPEST, MOST_PARTS, MOST_VALUES
from models.vocabulary import Status

OPEN = Condition("state", Operator.IS, "OPEN")
BAD = FlagCondition("tracker-strip", Status.BAD)


@pytest.mark.parametrize(
    ("condition", "proper"),
    [
        (Condition("run", Operator.IS, "379024"), Condition("run_number", Operator.IS, 379024)),
        (Condition("lumisections", Operator.AT_LEAST, 100.0), Condition("lumisections", Operator.AT_LEAST, 100)),
        (Condition("oms.energy", Operator.MORE, "6500"), Condition("energy_gev", Operator.MORE, 6500.0)),
        (Condition("oms.ls_duration", Operator.LESS, "5"), Condition("lumisections", Operator.LESS, 5)),
        (Condition("significant", Operator.IS, "yes"), Condition("is_significant", Operator.IS, True)),
        (Condition("oms.era", Operator.IS, "C"), Condition("oms.era", Operator.IS, "C")),
        (
            Condition("start", Operator.LESS, "2018-10-24T11:42+02:00"),
            Condition("start_time", Operator.LESS, datetime(2018, 10, 24, 9, 42, tzinfo=UTC)),
        ),
        (
            Condition("run", Operator.IN, (Span("1", "5"), 7)),
            Condition("run_number", Operator.IN, (Span(1, 5), 7)),
        ),
    ],
)
def test_names_become_proper_and_values_of_the_kind(condition: Condition, proper: Condition) -> None:
    assert checked(condition, RUNS) == proper


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (Condition("run_numbr", Operator.IS, 1), r"A run has no attribute 'run_numbr': did you mean run_number\?"),
        (Condition("oms.ener'gy", Operator.IS, 1), r"no attribute \"oms.ener'gy\""),
        (Condition("state", Operator.LESS, "OPEN"), "State cannot be asked with <, only with =, !=, contains"),
        (Condition("run", Operator.IS, "abc"), "Run is compared with a whole number, not with 'abc'"),
        (Condition("run", Operator.IS, 1.5), "not with 1.5"),
        (Condition("run", Operator.IS, True), "not with True"),
        (Condition("run", Operator.IS, 2**63), "whole number"),
        (Condition("run", Operator.IS, None), "Run = needs another value than None"),
        (Condition("run", Operator.IS_NULL, 1), "Run is null needs another value than 1"),
        (Condition("run", Operator.BETWEEN, Span(5, 1)), "between 5 and 1 ends before it begins"),
        (Condition("run", Operator.IN, ()), r"needs another value than \(\)"),
        (Condition("run", Operator.IN, (Span(-3, 1),)), "a range in a list is of whole numbers from 0"),
        (Condition("energy", Operator.MORE, float("nan")), "a number, not with nan"),
        (Condition("energy", Operator.MORE, float("inf")), "a number, not with inf"),
        (Condition("start", Operator.MORE, "yesterday"), "a time, not with 'yesterday'"),
        (Condition("class", Operator.IS, "a\0b"), "a text, not with"),
        (Condition("class", Operator.IS, "x" * 3_000), "a text, not with"),
        (Condition("comments", Operator.CONTAINS, ""), "searchable words"),
        (Condition("oms.x", Operator.MORE, "a"), "needs a number, not 'a'"),
        (Condition("oms.x", Operator.LIKE, 5), "needs a text, not 5"),
        (FlagCondition("tracker-strip", Status.BAD, Count(Operator.MORE, -1)), "cannot be counted with > -1"),
        (FlagCondition("tracker-strip", Status.BAD, Count(Operator.LIKE, 1)), "cannot be counted with like 1"),
        (FlagCondition("tracker strip", Status.BAD), "'tracker strip' is not a component"),
    ],
)
def test_what_cannot_be_asked_is_told(condition: Filter, sentence: str) -> None:
    with pytest.raises(InvalidFilter, match=sentence):
        checked(condition, RUNS)


def test_an_unknown_component_is_told_where_the_components_are_known() -> None:
    assert checked(BAD, RUNS) == BAD
    with pytest.raises(InvalidFilter, match="no component 'tracker-strip': did you mean tracker-stripe"):
        checked(BAD, RUNS, flags=["tracker-stripe"])


def test_a_group_of_one_is_that_one_and_a_group_of_none_is_no_filter() -> None:
    assert checked(AllOf((AnyOf((AllOf((OPEN,)),)), EVERYTHING)), RUNS) == OPEN
    assert all_of([]) == any_of([]) == EVERYTHING
    assert any_of([OPEN, EVERYTHING]) == EVERYTHING
    assert all_of([OPEN, BAD]) == AllOf((OPEN, BAD))


def test_a_filter_may_be_deep_and_wide_but_not_without_end() -> None:
    deep: Filter = OPEN
    for _ in range(DEEPEST):
        deep = AllOf((deep, BAD))
    with pytest.raises(InvalidFilter, match="nested deeper"):
        checked(deep, RUNS)
    assert checked(AnyOf((OPEN,) * (MOST_PARTS - 1)), RUNS)
    for wide in (AnyOf((OPEN,) * MOST_PARTS), Condition("run", Operator.IN, tuple(range(MOST_VALUES + 1)))):
        with pytest.raises(InvalidFilter, match="more than"):
            checked(wide, RUNS)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_attribute_can_be_asked_something(kind: Kind) -> None:
    assert operators_of(kind)


def test_every_attribute_has_a_name_of_its_own_and_says_what_it_means() -> None:
    names: list[Any] = [name for a in RUNS.attributes for name in {a.name, a.word}]
    assert len(names) == len(set(names))
    assert all(a.label and a.meaning and "-" not in a.word for a in RUNS.attributes)
