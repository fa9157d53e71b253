"""What accounting for losses costs: 2,000 datasets of 1,500 lumisections each, under the 48-clause golden rule."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from backend.golden.clauses import Clause, clauses_of_recipe
from backend.golden.loss import View, account, efficiencies
from backend.golden.loss_tables import by_category, by_clause, by_combination, runs_of
from backend.golden.weighing import weigh
from backend.queries.luminosities import Luminosities
from backend.rules import parse_text
from scripts.benchmarks.measure import Measure, timed

_RULE = Path(__file__).parents[2] / "tests" / "data" / "jsonlogic" / "golden_rule_2018.txt"
_LENGTH = 1_500
_CUTS = 100
_FIRST_RUN = 314_472


def measure_losing(*, datasets: int = 2_000) -> Iterator[Measure]:
    """The line about losses: luminosity of every lumisection, and all tables in all views."""
    _, _, written = _RULE.read_text(encoding="utf-8").partition("\n")
    clauses = clauses_of_recipe(parse_text(written))
    segments, luminosity = _segments(datasets, clauses), _luminosity(datasets)

    def account_for_all() -> None:
        weighed = weigh(segments, clauses, luminosity)
        efficiencies(weighed)
        for view in View:
            loss = account(weighed, view)
            by_category(loss), by_clause(loss), by_combination(loss), runs_of(loss)

    millions = datasets * _LENGTH / 1e6
    what = f"luminosity and full loss accounting in three views, {datasets:,} datasets × {millions:.1f} million LS"
    yield timed(what, account_for_all, times=5, target_ms=1_000, warm_up=1, original="no loss accounting")


def _segments(datasets: int, clauses: tuple[Clause, ...]) -> pl.DataFrame:
    """A run per dataset, cut a hundred times; in a quarter of the cells some of the clauses fail, often together."""
    chance = np.random.default_rng(2018)
    cuts = np.sort(chance.choice(np.arange(2, _LENGTH), (datasets, _CUTS - 1)), axis=1)
    first = np.hstack((np.ones((datasets, 1), int), cuts))
    last = np.hstack((cuts - 1, np.full((datasets, 1), _LENGTH)))
    run = np.repeat(np.arange(datasets) + _FIRST_RUN, _CUTS)
    is_failing = chance.random(len(run)) < 0.25
    where = {"run_number": run, "dataset_id": run, "first": first.ravel(), "last": last.ravel()}
    fails = {clause.column: ~(is_failing & (chance.random(len(run)) < 0.1)) for clause in clauses}
    return pl.DataFrame({**where, **fails}).filter(pl.col("first") <= pl.col("last"))


def _luminosity(datasets: int) -> Luminosities:
    """Delivered and recorded of every lumisection."""
    delivered = np.random.default_rng(2018).random(datasets * _LENGTH) * 0.5
    runs, starts = np.arange(datasets) + _FIRST_RUN, np.arange(datasets + 1) * _LENGTH
    return Luminosities(runs, starts, delivered, delivered * 0.94, {})
