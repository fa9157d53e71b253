"""Every clause on every kind of column says what it says of each value; what no rule can read is refused."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import polars as pl
import pytest

from backend.errors import InvalidRule
from backend.rules import parse, parse_text

WORDS = [
    "GOOD",
    "BAD",
    "",
    "0",
    "1",
    "6500",
    " 3.8 ",
    "true",
    "null",
    "[object Object]",
    "25ns_2556b",
    "😀",
    "\ue000",
    None,
]
NUMBERS = [0.0, -0.0, 1.0, -1.0, 3.8, 6500.0, 2.0**53, float("inf"), float("-inf"), float("nan"), None]
COLUMNS = [
    pl.Series("x", [True, False, None], dtype=pl.Boolean),
    pl.Series("x", [True, False], dtype=pl.Boolean),
    pl.Series("x", WORDS, dtype=pl.String),
    pl.Series("x", ["GOOD", "BAD", None], dtype=pl.Enum(["GOOD", "BAD"])),
    pl.Series("x", WORDS, dtype=pl.Categorical),
    pl.Series("x", NUMBERS, dtype=pl.Float64),
    pl.Series("x", NUMBERS, dtype=pl.Float32),
    pl.Series("x", [0, 1, -1, 6500, 2**53, 2**53 + 1, None], dtype=pl.Int64),
    pl.Series("x", [0, 1, 255, None], dtype=pl.UInt8),
    pl.Series("x", [None, None], dtype=pl.Null),
    pl.Series("x", [["GOOD"], [], ["1"], None], dtype=pl.List(pl.String)),
    pl.Series("x", [{"a": 1}, None], dtype=pl.Struct({"a": pl.Int64})),
]
CONSTANTS: list[Any] = [
    *(None, True, False, 0, -0.0, 1, 3.8, 6500, 2**53 + 1, 10**400, "", "GOOD", "0", " 1", "x", "0x1", "null", "😀"),
    *("\ud83d", "[object Object]", [], ["GOOD", "BAD"], [1, None, True], [6500], ["6500"], [[]], {}, {"a": 1, "b": 2}),
]
CLAUSES = [
    clause
    for operator, constant in product(["==", "===", "!=", "!==", "<", "<=", ">", ">=", "in"], CONSTANTS)
    for clause in ({operator: [{"var": "x"}, constant]}, {operator: [constant, {"var": "x"}]})
]
CLAUSES += [{o: [a, {"var": "x"}, b]} for o, a, b in product(["<", "<="], [None, 0, "1", "A"], [1, "6500", True, "c"])]
CLAUSES += [{"var": "x"}, {"!": {"var": "x"}}, {"!!": [{"var": "x"}]}, {"==": [{"in": ["GO", {"var": "x"}]}, False]}]
CLAUSES += [
    {"!==": [{"<": [{"var": "x"}, 1]}, True]},
    {"var": ["x", 1]},
    {"/": [1, {"var": "x"}]},
    {"cat": [{"var": "x"}]},
]
CLAUSES += [
    {"==": [True, {"!": {"var": "x"}}]},
    {"===": [{"in": [{"var": "x"}, ["GOOD", 1]]}, {"var": "x"}]},
    {"missing": "x"},
]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: str(column.dtype)[:12])
def test_a_clause_on_a_column_says_what_it_says_of_each_value(column: pl.Series) -> None:
    frame = column.to_frame()
    wrong = []
    for clause in CLAUSES:
        expected = [parse(clause).holds({"x": value}) for value in column.to_list()]
        if frame.select(parse({"!!": clause}).to_polars())["rule"].to_list() != expected:
            wrong.append((clause, expected))
    assert wrong == []


def test_what_a_rule_gives_decides_of_what_kind_its_column_is() -> None:
    frame = pl.DataFrame({"x": [1, None, 3]})
    kinds = {
        '{"<": [{"var": "x"}, 2]}': pl.Boolean,
        '{"and": [{"!": {"var": "x"}}, true]}': pl.Boolean,
        '{"+": [{"var": "x"}, 0.5]}': pl.Float64,
        '{"if": [{"<": [{"var": "x"}, 2]}, "low", "high"]}': pl.String,
        '{"var": "x"}': pl.Object,
    }
    assert {text: frame.select(parse_text(text).to_polars())["rule"].dtype for text in kinds} == kinds


def test_the_branches_of_an_if_become_one_column() -> None:
    rule = parse(
        {"if": [{"<": [{"var": "x"}, 2]}, "low", {"<": [{"var": "x"}, 3]}, {"cat": ["x=", {"var": "x"}]}, "high"]}
    )
    assert pl.DataFrame({"x": [1, 2, 3, None]}).select(rule.to_polars())["rule"].to_list() == [
        "low",
        "x=2",
        "high",
        "low",
    ]


def test_a_rule_without_facts_and_a_frame_without_rows_are_judged_too() -> None:
    assert pl.DataFrame({"x": [1, 2]}).select(parse({"==": [1, 1]}).to_polars())["rule"].to_list() == [True, True]
    empty = pl.DataFrame({"x": []}, schema={"x": pl.String})
    assert empty.select(parse({"==": [{"var": "x"}, "GOOD"]}).to_polars())["rule"].to_list() == []
    assert empty.select(parse({"cat": [{"var": "x"}, "GOOD"]}).to_polars())["rule"].to_list() == []


def test_a_rule_with_a_computed_name_reads_every_column() -> None:
    frame = pl.DataFrame({"run.energy": [1, 2], "run.which": ["energy", "which"]})
    rule = parse({"var": {"cat": ["run.", {"var": "run.which"}]}})
    assert frame.select(rule.to_polars())["rule"].to_list() == [1, "which"]


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="b_field"):
        pl.DataFrame({"x": [1]}).select(parse({">": [{"var": "b_field"}, 3.7]}).to_polars())


def test_decimals_are_numbers_and_times_are_refused() -> None:
    rule = parse({">": [{"var": "x"}, 1]})
    assert pl.DataFrame({"x": [Decimal("1.5"), None]}).select(rule.to_polars())["rule"].to_list() == [True, False]
    with pytest.raises(InvalidRule, match=r"The column 'x' holds Datetime.*, which no rule can read\."):
        pl.DataFrame({"x": [datetime(2026, 1, 1, tzinfo=UTC)]}).select(rule.to_polars())


def test_what_no_row_needs_is_not_judged() -> None:
    costly = {"==": [{"missing_some": [1, {"var": "names"}]}, 1]}
    frame = pl.DataFrame({"x": [False, False], "names": [None, None]}, schema={"x": pl.Boolean, "names": pl.String})
    assert frame.select(parse({"and": [{"var": "x"}, costly]}).condition().to_polars())["rule"].to_list() == [
        False,
        False,
    ]
    with pytest.raises(InvalidRule, match="'missing_some' is told of no names"):
        frame.select(parse({"or": [{"var": "x"}, costly]}).condition().to_polars())


def test_constants_that_no_row_needs_are_not_judged_either() -> None:
    broken = {"missing_some": [1, None]}
    frame = pl.DataFrame({"x": [False, False]})
    assert frame.select(parse({"and": [{"var": "x"}, broken]}).condition().to_polars())["rule"].to_list() == [
        False,
        False,
    ]


def test_a_frame_spends_of_one_budget() -> None:
    rule = parse({"some": [{"merge": [{"var": "x"}, list(range(2_000))]}, {"<": [{"var": ""}, 0]}]})
    assert rule.evaluate({"x": 1}) is False
    frame = pl.DataFrame({"x": range(2_000)})
    with pytest.raises(InvalidRule, match="The rule takes more than 3,000,000 steps"):
        frame.select(rule.to_polars())
