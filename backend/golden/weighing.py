"""What a recipe was asked about, weighed with luminosity and sorted by the clauses that fail together.

Hundreds of thousands of segments fail in a few hundred combinations of clauses; every table of losses sums those.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from sqlmodel import Session

from backend.golden.cells import Bools
from backend.golden.clauses import Clause, clauses_of_recipe
from backend.golden.one_per_run import Rows, one_per_run, parted
from backend.golden.ranges import json_of
from backend.golden.selection import Selection
from backend.golden.sums import LuminositySums, Weights
from backend.projections.segments import Ints
from backend.queries import latest_change
from backend.queries.luminosities import Floats, Luminosities, luminosities
from models.lumi_json import GoldenJson
from models.lumis import LumiRange, LumiSet

_WORD = 63
"""So many clauses make one number."""


@dataclass(frozen=True, slots=True)
class Amount:
    """So many lumisections and what they hold; ``without`` of them have no known luminosity, and add none."""

    lumisections: int
    delivered_per_pb: float
    recorded_per_pb: float
    without: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """Disjoint ranges of runs, sorted by run, with what they hold and the combination of clauses that fail in them.

    Parameters
    ----------
    combination
        Of each range, the row of ``failed`` and ``keeps``.
    failed
        Of each combination, which clauses fail, by position in ``clauses``.
    keeps
        Of each combination, whether the golden JSON holds its lumisections.
    """

    clauses: tuple[Clause, ...]
    run: Ints
    first: Ints
    last: Ints
    weights: Weights
    combination: Ints
    failed: Bools
    keeps: Bools
    _sums: LuminositySums

    @property
    def lumisections(self) -> Ints:
        """How many lumisections each range has."""
        return self.last - self.first + 1

    def amount(self, where: Bools) -> Amount:
        """What the ranges hold where it is so said."""
        weights = self.weights
        return Amount(
            int(self.lumisections[where].sum()),
            float(weights.delivered[where].sum()),
            float(weights.recorded[where].sum()),
            int(weights.without[where].sum()),
        )

    def of_combinations(self, values: Ints | Floats) -> Floats:
        """What is said of each range, summed by combination."""
        return np.bincount(self.combination, weights=values, minlength=len(self.keeps)).astype(np.float64)

    def ranges(self, where: Bools) -> tuple[Ints, Ints, Ints]:
        """Run, first and last of the ranges where it is so said."""
        return self.run[where], self.first[where], self.last[where]

    def json(self, where: Bools) -> GoldenJson:
        """The lumisections of the ranges where it is so said."""
        return json_of(*self.ranges(where))

    def without_luminosity(self) -> GoldenJson:
        """The lumisections of which no luminosity is known, by name."""
        lacking = np.flatnonzero(self.weights.without)
        found: dict[int, list[LumiRange]] = {}
        for i in lacking:
            run = int(self.run[i])
            unknown = self._sums.unknown(run, int(self.first[i]), int(self.last[i]))
            found.setdefault(run, []).extend(LumiRange(first, last) for first, last in unknown)
        return GoldenJson.of({run: LumiSet.of(ranges) for run, ranges in found.items()})


def weigh(
    segments: pl.DataFrame,
    clauses: Sequence[Clause],
    luminosity: Luminosities,
    *,
    kept: GoldenJson | None = None,
    within: GoldenJson | None = None,
) -> Weighed:
    """What a recipe judged, weighed.

    Parameters
    ----------
    segments
        ``run_number · dataset_id · first · last`` and ``clause.<index> bool`` for each clause.
    kept
        What was made of it; what passes all clauses in every dataset of a run, unless it is given.
    within
        Only these lumisections were asked about.
    """
    verdicts = segments.select([clause.column for clause in clauses])
    run, dataset, first, last = (
        segments[name].to_numpy().astype(np.int64) for name in ("run_number", "dataset_id", "first", "last")
    )
    failed = ~verdicts.to_numpy() if clauses else np.zeros((segments.height, 0), bool)
    passes = np.asarray(~failed.any(axis=1))
    rows = one_per_run(Rows(run, first, last, failed, passes), dataset).in_order()
    if within is not None:
        rows, is_within = parted(rows, within)
        rows = rows.take(is_within)
    if kept is not None:
        rows, is_kept = parted(rows, kept)
        rows = replace(rows, kept=is_kept)
    combination, representative = distinct(rows.failed, rows.kept)
    sums = LuminositySums.of(luminosity)
    weights = sums.over(rows.run, rows.first, rows.last)
    of_each = rows.failed[representative], rows.kept[representative]
    return Weighed(tuple(clauses), rows.run, rows.first, rows.last, weights, combination, *of_each, sums)


def weigh_selection(session: Session, selection: Selection) -> Weighed:
    """What a selection was asked about, weighed with the luminosity of its moment."""
    clauses, frame = clauses_of_recipe(selection.rule), selection.in_full()
    is_now = latest_change(session).change_set == selection.as_of
    runs = frame["run_number"].unique().to_list()
    return weigh(
        frame.with_columns(clause.rule.condition().to_polars().alias(clause.column) for clause in clauses),
        clauses,
        luminosities(session, runs, as_of=None if is_now else selection.as_of),
        kept=selection.kept,
        within=selection.within,
    )


def distinct(failed: Bools, apart: Bools) -> tuple[Ints, Ints]:
    """The combination of clauses that fail in each row, numbered from 0, and for each combination a row that has it.

    Rows of which one is to stand ``apart`` and the other is not are never one combination.
    """
    found = apart.astype(np.int64)
    for begin in range(0, failed.shape[1], _WORD):
        bits = failed[:, begin : begin + _WORD]
        word = bits @ (np.int64(1) << np.arange(bits.shape[1], dtype=np.int64))
        _, at = np.unique(word, return_inverse=True)
        _, found = np.unique(found * (at.max(initial=0) + 1) + at, return_inverse=True)
    _, representative, combination = np.unique(found, return_index=True, return_inverse=True)
    return np.asarray(combination, np.int64), np.asarray(representative, np.int64)
