"""The text of a filter: short forms people type, and one sentence with the position where it cannot be read."""

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
    Operator,
    Quantifier,
    Span,
    format_filter,
    parse_filter,
)
from models.vocabulary import Status

RANGE = Condition("run_number", Operator.BETWEEN, Span(324200, 325175))
OPEN = Condition("state", Operator.IS, "OPEN")
SIGNIFICANT = Condition("is_significant", Operator.IS, True)


def test_the_filter_of_a_night_shift_reads_as_it_is_said() -> None:
    text = "run 324200-325175 and lumisections >= 100 and (state = OPEN or tracker-strip BAD > 5 or significant)"
    tree = AllOf(
        (
            RANGE,
            Condition("lumisections", Operator.AT_LEAST, 100),
            AnyOf((OPEN, FlagCondition("tracker-strip", Status.BAD, Count(Operator.MORE, 5)), SIGNIFICANT)),
        )
    )
    assert parse_filter(text, RUNS) == tree
    assert format_filter(tree, RUNS) == text


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("", EVERYTHING),
        ("   ", EVERYTHING),
        ("324200–325175", RANGE),
        ("355300", Condition("run_number", Operator.IS, 355300)),
        ("run 5, 7-9", Condition("run_number", Operator.IN, (5, Span(7, 9)))),
        ("state OPEN", OPEN),
        ('state="OPEN"', OPEN),
        ("class ≠ Collisions18", Condition("run_class", Operator.IS_NOT, "Collisions18")),
        ("lumisections≥100", Condition("lumisections", Operator.AT_LEAST, 100)),
        ("significant = no", Condition("is_significant", Operator.IS, False)),
        ("hlt_key NOT LIKE %VdM%", Condition("hlt_key", Operator.NOT_LIKE, "%VdM%")),
        ('comments contains "power supply"', Condition("words", Operator.CONTAINS, "power supply")),
        ("class is not null", Condition("run_class", Operator.IS_NOT_NULL)),
        ("ecal-es all good", FlagCondition("ecal-es", Status.GOOD, Quantifier.ALL)),
        ("ecal-es no EMPTY", FlagCondition("ecal-es", None, Quantifier.NONE)),
        ('ecal-es "NO VALUE FOUND"', FlagCondition("ecal-es", Status.NO_VALUE_FOUND)),
        ('oms.era = "5"', Condition("oms.era", Operator.IS, "5")),
        ("oms.era = 5", Condition("oms.era", Operator.IS, 5)),
        ("oms.dt_included", Condition("oms.dt_included", Operator.IS, True)),
    ],
)
def test_short_forms_are_understood(typed: str, tree: Filter) -> None:
    assert parse_filter(typed, RUNS) == tree


def test_and_binds_closer_than_or() -> None:
    assert parse_filter("significant or state = OPEN and 324200-325175", RUNS) == AnyOf(
        (SIGNIFICANT, AllOf((OPEN, RANGE)))
    )


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("clas = x", r"At character 1: A run has no attribute 'clas': did you mean class\?"),
        ("run", "Something to compare run with is expected at character 4, not the end"),
        ("run = 5 and", "An attribute or a component is expected at character 12, not the end"),
        ("run = 5 foo", "“and”, “or” or the end is expected at character 9, not 'foo'"),
        ("(run = 5", "A closing parenthesis is expected at character 9"),
        ("run = 5)", "the end is expected at character 8, not '\\)'"),
        ('hlt_key = "x', "cannot be read from '\"x' on, at character 11"),
        ('hlt_key = "\\q"', "at character 11"),
        ("energy > high", "At character 1: Energy is compared with a number, not with 'high'"),
        ("run between 3 or 5", "“and” is expected at character 15, not 'or'"),
        ("run = ,", "A value is expected at character 7, not ','"),
        ("tracker-strip GREEN", "'GREEN' at character 15 is not a status; there are GOOD, BAD"),
        ("tracker-strip BAD > x", "'x' at character 21 is not a number of lumisections"),
        ("tracker-strip BAD > 99999", "cannot be counted with > 99999"),
        ("(" * 20 + "run = 5" + ")" * 20, "Nested deeper than 12 levels at character 14"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_position(typed: str, sentence: str) -> None:
    with pytest.raises(InvalidFilter, match=sentence):
        parse_filter(typed, RUNS)
