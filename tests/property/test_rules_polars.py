"""A rule says the same of a whole frame as of each of its rows, whatever the rule, its columns and their nulls."""

import json
from typing import Any

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.rules import Json, evaluate, parse
from tests.laws import examples

HEIGHT = 6
WORDS = [
    "GOOD",
    "BAD",
    "STANDBY",
    "",
    "0",
    "1",
    "6500",
    " 3.8 ",
    "true",
    "null",
    "25ns_2556b",
    "25ns",
    "é",
    "😀",
    "\ue000",
]
NUMBERS = [0.0, -0.0, 1.0, -1.0, 3.8, 6500.0, 0.1, 1e21, float("inf"), float("nan")]
COLUMNS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "lumisection.oms.bpix_ready": (pl.Boolean, st.booleans()),
    "lumisection.oms.gemp_ready": (pl.Boolean, st.booleans()),
    "lumisection.rr.tracker-strip": (pl.String, st.sampled_from(WORDS)),
    "lumisection.rr.ecal-ecal": (pl.Enum(["GOOD", "BAD", "STANDBY"]), st.sampled_from(["GOOD", "BAD", "STANDBY"])),
    "run.oms.hlt_key": (pl.Categorical, st.sampled_from(WORDS)),
    "run.oms.energy": (pl.Float64, st.sampled_from(NUMBERS) | st.floats(-1e6, 1e6)),
    "run.oms.fill": (pl.Int64, st.sampled_from([0, 1, 6500, -1, 2**53, 2**53 + 1])),
    "recorded": (pl.Float32, st.floats(0, 100, width=32)),
    "nothing": (pl.Null, st.none()),
    "tags": (pl.List(pl.String), st.lists(st.sampled_from(WORDS), max_size=2)),
    "cms": (
        pl.Struct({"active": pl.Boolean, "n": pl.Int64}),
        st.fixed_dictionaries({"active": st.booleans(), "n": st.integers(0, 2)}),
    ),
}
PARTS = [
    ("tags", "tags.0"),
    ("tags", "tags.length"),
    ("cms", "cms.active"),
    ("run.oms.hlt_key", "run.oms.hlt_key.length"),
]

frames = st.fixed_dictionaries(
    {name: st.lists(st.none() | values, min_size=HEIGHT, max_size=HEIGHT) for name, (_, values) in COLUMNS.items()}
).map(
    lambda columns: pl.DataFrame([pl.Series(name, columns[name], dtype=dtype) for name, (dtype, _) in COLUMNS.items()])
)

constants = st.sampled_from(
    [None, True, False, 0, 1, 3.8, 6500, 2**53 + 1, *WORDS, [], ["GOOD", "BAD"], [1, None, True], [6500], {}]
)
variables = st.sampled_from([*COLUMNS]).map(lambda name: {"var": name})
operators = ["==", "===", "!=", "!==", "<", "<=", ">", ">=", "in"]
clauses = st.builds(
    lambda operator, operands: {operator: list(operands)},
    st.sampled_from(operators),
    st.tuples(variables, constants) | st.tuples(constants, variables) | st.tuples(variables, variables),
)
between = st.builds(
    lambda o, *operands: {o: list(operands)}, st.sampled_from(["<", "<="]), constants, variables, constants
)


def _wider(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda operator, operands: {operator: operands}, st.sampled_from(["and", "or", "if"]), some),
        st.builds(lambda operator, operand: {operator: [operand]}, st.sampled_from(["!", "!!", "+", "max"]), inner),
        st.builds(
            lambda o, operands: {o: operands}, st.sampled_from(["cat", "+", "-", "/", "%", "merge", "==", "!=="]), some
        ),
        st.builds(lambda items, body: {"filter": [items, body]}, inner, inner),
        st.builds(lambda names: {"missing": names}, st.lists(st.sampled_from([*COLUMNS]) | variables, max_size=3)),
        st.builds(lambda name, default: {"var": [name, default]}, st.sampled_from([*COLUMNS]), inner),
    )


parts = st.builds(
    lambda operator, names: {operator: [{"var": names[0]}, {"var": names[1]}]},
    st.sampled_from(operators),
    st.sampled_from(PARTS),
)
rules = st.recursive(clauses | between | variables | constants | parts, _wider, max_leaves=8)


def facts_of(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the objects within each other that a rule is told of."""
    facts: dict[str, Any] = {}
    for name, value in row.items():
        *outer, last = name.split(".")
        inside = facts
        for part in outer:
            inside = inside.setdefault(part, {})
        inside[last] = value
    return facts


def each_row(rule: Json, frame: pl.DataFrame) -> list[Json]:
    return [evaluate(rule, facts_of(row)) for row in frame.to_dicts()]


def said(values: list[Any]) -> str:
    """Values in one text, where true is not 1, but 1.0 is."""
    return json.dumps([float(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in values])


@settings(max_examples=examples(120, at_length=400), deadline=None)
@given(rules, frames)
def test_a_frame_is_judged_as_its_rows_are(rule: Json, frame: pl.DataFrame) -> None:
    judged = frame.select(parse(rule).to_polars())
    assert judged.columns == ["rule"]
    assert said(judged["rule"].to_list()) == said(each_row(rule, frame))


@settings(max_examples=examples(120, at_length=400), deadline=None)
@given(st.lists(clauses | between | variables | parts, min_size=1, max_size=6), st.sampled_from(["and", "or"]), frames)
@example([{"in": [{"var": "tags.0"}, "25ns"]}], "and", pl.DataFrame({"tags.0": ["25ns", None]}))
def test_the_condition_of_any_rule_is_a_column_of_true_and_false(
    among: list[Json], operator: str, frame: pl.DataFrame
) -> None:
    rule = {operator: among}
    judged = frame.select(parse(rule).condition().to_polars())["rule"]
    assert judged.dtype == pl.Boolean
    assert judged.to_list() == [parse(rule).holds(facts_of(row)) for row in frame.to_dicts()]


@settings(max_examples=examples(40, at_length=100), deadline=None)
@given(rules, frames)
def test_a_lazy_frame_says_the_same(rule: Json, frame: pl.DataFrame) -> None:
    condition = parse(rule).condition().to_polars()
    assert frame.lazy().filter(condition).collect().equals(frame.filter(frame.select(condition)["rule"]))
