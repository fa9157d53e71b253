"""What judging costs: the golden rule of 2018 once, and over two hundred thousand intervals at once."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from backend.rules import Rule, parse_text
from scripts.benchmarks.measure import Measure, timed

_RULE = Path(__file__).parents[2] / "tests" / "data" / "jsonlogic" / "golden_rule_2018.txt"
_INTERVALS = 200_000
_MANY = 1_000


def measure_judging() -> Iterator[Measure]:
    """The lines about rules."""
    _, _, written = _RULE.read_text(encoding="utf-8").partition("\n")
    rule = parse_text(written)
    facts = _facts_that_pass(rule)
    assert rule.evaluate(facts) is True

    def judge_many() -> None:
        for _ in range(_MANY):
            rule.evaluate(facts)

    yield timed(f"the 48-clause golden rule, {_MANY:,} times", judge_many, times=7, target_ms=15, warm_up=1)
    frame, expression = _frame(rule), rule.to_polars()
    what = f"the same rule over {_INTERVALS:,} intervals"
    yield timed(what, lambda: frame.select(expression), times=7, target_ms=50, warm_up=1)


def _facts_that_pass(rule: Rule) -> dict[str, object]:
    facts: dict[str, object] = {}
    for variable in rule.variables:
        at = facts
        *path, name = variable.name.split(".")
        for part in path:
            at = at.setdefault(part, {})  # type: ignore[assignment]  # nested facts
        at[name] = _value(variable.name)
    return facts


def _value(name: str) -> object:
    of_run = {"energy": 6500, "b_field": 3.8, "injection_scheme": "25ns_2556b", "hlt_key": "/cdaq", "recorded_lumi": 1}
    last = name.rpartition(".")[2]
    if ".rr." in name:
        return "BAD" if last == "dc-lowlumi" else "GOOD"
    return of_run.get(last, True)


def _frame(rule: Rule) -> pl.DataFrame:
    chance = np.random.default_rng(2018)
    columns = {}
    for variable in rule.variables:
        value = _value(variable.name)
        if isinstance(value, bool):
            columns[variable.name] = pl.Series(chance.random(_INTERVALS) < 0.97)
        elif isinstance(value, str):
            columns[variable.name] = pl.Series([value]).sample(_INTERVALS, with_replacement=True)
        else:
            columns[variable.name] = pl.Series(np.full(_INTERVALS, float(value)))
    return pl.DataFrame(columns)
