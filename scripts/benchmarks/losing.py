"""What accounting for losses costs: 2,000 datasets of 1,500 lumisections each, under the 48-clause golden rule."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from sqlalchemy import Engine, text

from backend.db import transaction
from backend.golden.clauses import Clause, clauses_of_recipe
from backend.golden.loss import View, account, efficiencies
from backend.golden.loss_tables import by_category, by_clause, by_combination, runs_of
from backend.golden.progress import progress
from backend.golden.selection import select
from backend.golden.weighing import weigh, weigh_selection
from backend.queries.luminosities import Luminosities
from backend.rules import parse_text
from scripts.benchmarks.measure import Measure, timed

_RULE = Path(__file__).parents[2] / "tests" / "data" / "jsonlogic" / "golden_rule_2018.txt"
_PATTERN = "/PromptReco/Collisions2018%/DQM"
_LUMINOSITY = text("""
    INSERT INTO luminosity (run_number, source, delivered, recorded, last_change)
    SELECT run_number, 'oms', array_fill(0.25::float8, ARRAY[lumisections]),
        array_fill(0.23::float8, ARRAY[lumisections]), last_change
    FROM run ON CONFLICT DO NOTHING
""")
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


def measure_losing_of_selection(on: Engine, *, runs: int) -> Iterator[Measure]:
    """The line about the losses of a golden JSON, from the question to the table; its datasets are there already."""
    with transaction(on) as session:
        session.execute(_LUMINOSITY)
    _, _, written = _RULE.read_text(encoding="utf-8").partition("\n")
    rule = parse_text(written)

    def losses() -> None:
        selection = select(on, rule, datasets=_PATTERN)
        with transaction(on) as session:
            weighed = weigh_selection(session, selection)
            progress(session, weighed)
        efficiencies(weighed)
        loss = account(weighed)
        by_category(loss), by_clause(loss), by_combination(loss)

    what = f"golden JSON of {runs:,} datasets, its luminosity, losses and efficiencies, read from the database"
    yield timed(what, losses, times=7, target_ms=1_000, warm_up=1)


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
