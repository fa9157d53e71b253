"""The clauses of a recipe hold together exactly where the recipe holds."""

from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from backend.golden.clauses import clause_verdicts, clauses_of_recipe
from backend.rules import Json, parse, parse_text

_BITS = ("a", "b", "c")
_leaf = st.sampled_from(_BITS).map(lambda name: {"var": name}) | st.sampled_from(_BITS).map(
    lambda name: {"==": [{"var": name}, True]}
)
_rules: st.SearchStrategy[Json] = st.recursive(
    _leaf,
    lambda inner: st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, max_size=3)).map(lambda t: {t[0]: t[1]}),
)
_bits = st.none() | st.booleans()


def test_the_golden_rule_of_2018_has_48_clauses(data: Path) -> None:
    _, _, written = (data / "jsonlogic" / "golden_rule_2018.txt").read_text(encoding="utf-8").partition("\n")
    clauses = clauses_of_recipe(parse_text(written))
    assert len(clauses) == 48
    assert [clause.index for clause in clauses] == list(range(48))
    assert clauses[0].reads == ("run.oms.energy",)
    assert all(len(clause.reads) == 1 for clause in clauses)


def test_a_rule_that_is_no_and_is_its_one_clause() -> None:
    (clause,) = clauses_of_recipe(parse({"or": [{"var": "a"}, {"var": "b"}]}))
    assert clause.column == "clause.0"
    assert clause.text == '{"or": [{"var": "a"}, {"var": "b"}]}'
    assert clause.reads == ("a", "b")


@given(rule=_rules, rows=st.lists(st.fixed_dictionaries(dict.fromkeys(_BITS, _bits)), min_size=1, max_size=5))
def test_all_clauses_hold_exactly_where_the_rule_holds(rule: Json, rows: list[dict[str, bool | None]]) -> None:
    parsed = parse(rule)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(_BITS, pl.Boolean))
    verdicts = clause_verdicts(frame, clauses_of_recipe(parsed))
    assert verdicts.null_count().row(0) == (0,) * verdicts.width
    assert [all(row) for row in verdicts.rows()] == [parsed.holds(row) for row in rows]
