"""Arranges what losses are counted from: the clauses of a recipe, and segments of runs in which some of them fail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from backend.golden.clauses import Clause, clauses_of_recipe
from backend.queries.luminosities import Luminosities
from backend.rules import parse

FLAGS = ("tracker-pixel", "tracker-strip", "tracker-track", "hcal-hcal", "jetmet-jetmet", "l1t-l1tmu")
BITS = ("bpix_ready", "tob_ready", "hf_ready", "beam1_stable")


def a_recipe(flags: Iterable[str] = FLAGS, bits: Iterable[str] = BITS) -> tuple[Clause, ...]:
    """A cut on the energy, one on the luminosity of the run, flags GOOD and bits true; counted from 0 in this order."""
    cuts = [{">=": [{"var": "run.oms.energy"}, 6000]}, {">=": [{"var": "run.oms.recorded_lumi"}, 0.08]}]
    said = [{"==": [{"var": f"lumisection.rr.{flag}"}, "GOOD"]} for flag in flags]
    ready = [{"==": [{"var": f"lumisection.oms.{bit}"}, True]} for bit in bits]
    return clauses_of_recipe(parse({"and": [*cuts, *said, *ready]}))


def clause_about(clauses: Sequence[Clause], word: str) -> int:
    """The index of the clause that reads a fact of that name."""
    return next(c.index for c in clauses if any(name.endswith(word) for name in c.reads))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lumisections of a dataset of a run in which the clauses of these indexes fail."""

    run: int
    first: int
    last: int
    failed: frozenset[int] = field(default_factory=frozenset)
    dataset: int | None = None


def segments(stretches: Iterable[Stretch], clauses: Sequence[Clause]) -> pl.DataFrame:
    """The stretches as the frame that losses are counted from; a run's only dataset has the number of the run."""
    rows = [
        {
            "run_number": s.run,
            "dataset_id": s.run if s.dataset is None else s.dataset,
            "first": s.first,
            "last": s.last,
            **{clause.column: clause.index not in s.failed for clause in clauses},
        }
        for s in stretches
    ]
    whole = dict.fromkeys(("run_number", "dataset_id", "first", "last"), pl.Int32())
    return pl.DataFrame(rows, schema={**whole, **{clause.column: pl.Boolean() for clause in clauses}})


def luminosity(of_runs: Mapping[int, Sequence[float | None]], *, recorded: float = 0.5) -> Luminosities:
    """What each run delivered by lumisection from 1 on, in /pb, a share of it recorded; none where unknown."""
    runs = sorted(of_runs)
    series = [np.array([np.nan if v is None else v for v in of_runs[run]], float) for run in runs]
    starts = np.append(0, np.cumsum([len(of_run) for of_run in series])).astype(np.int64)
    delivered = np.concatenate([np.empty(0), *series])
    return Luminosities(np.array(runs, np.int64), starts, delivered, delivered * recorded, {})
