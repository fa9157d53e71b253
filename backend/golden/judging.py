"""Which lumisections a recipe keeps, dataset by dataset: clauses on runs first, then on segments, then on lumisections.

What a clause reads decides how finely it is judged: once per dataset, once per elementary segment, or, if it reads
luminosity or the number, in each lumisection of what every other clause keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from backend.golden.cells import Bools, Cells, Ints, Spans
from backend.golden.clauses import Clause
from backend.golden.frame import Frame
from backend.golden.luminous import facts_of_lumisections
from backend.golden.places import Level, level_of
from backend.rules import all_hold


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows that a recipe was judged on, and whether it keeps them: cells, or single lumisections of them.

    ``cell`` is the position of the cell; rows are sorted by dataset and first lumisection.
    """

    cell: Ints
    first: Ints
    last: Ints
    keep: Bools

    def spans(self, cells: Cells) -> Spans:
        """What is kept, by dataset."""
        return Spans(cells.dataset[self.cell[self.keep]], self.first[self.keep], self.last[self.keep])


def judge(frame: Frame, clauses: Sequence[Clause], *, among: Bools) -> Judged:
    """Judge the datasets among which it is asked; nothing of others is kept."""
    by_level: dict[Level, list[Clause]] = {level: [] for level in Level}
    for clause in clauses:
        by_level[level_of(clause.reads)].append(clause)
    of_dataset = by_level[Level.DATASET]
    wholes = among & _all_hold(frame.facts_of_datasets(_read_by(of_dataset)), of_dataset, frame.datasets)
    cells = frame.cells
    keep = wholes[cells.dataset]
    if of_cells := by_level[Level.SEGMENT]:
        keep = keep & _all_hold(frame.facts_of_cells(_read_by(of_cells)), of_cells, len(cells))
    if not (of_lumisections := by_level[Level.LUMISECTION]):
        return Judged(np.arange(len(cells)), cells.first, cells.last, keep)
    rows = expanded(frame, keep)
    split = keep[rows.cell]
    facts = facts_of_rows(frame, _read_by(of_lumisections), rows).filter(pl.Series(split))
    split[split] = _all_hold(facts, of_lumisections, facts.height)
    return Judged(rows.cell, rows.first, rows.last, split)


def expanded(frame: Frame, where: Bools) -> Judged:
    """The cells, one row for each; where it is so said, one for each of their lumisections."""
    cells = frame.cells
    times = np.where(where, cells.last - cells.first + 1, 1)
    cell = np.repeat(np.arange(len(cells)), times)
    within = np.arange(len(cell)) - np.repeat(np.cumsum(times) - times, times)
    first = cells.first[cell] + within
    return Judged(cell, first, np.where(where[cell], first, cells.last[cell]), np.zeros(len(cell), bool))


def facts_of_rows(frame: Frame, names: Sequence[str], rows: Judged) -> pl.DataFrame:
    """The facts of rows; those of single lumisections are null in rows that hold several."""
    of_cells = [name for name in names if level_of([name]) is not Level.LUMISECTION]
    facts = frame.facts_of_cells(of_cells)
    if facts.width and len(rows.cell) != len(frame.cells):
        facts = facts[rows.cell]
    single = [name for name in names if level_of([name]) is Level.LUMISECTION]
    if not single:
        return facts.select(names)
    dataset = frame.cells.dataset[rows.cell]
    number = np.where(rows.first == rows.last, rows.first, 0)
    further = facts_of_lumisections(single, frame.ground, dataset=dataset, number=number)
    return pl.DataFrame([*facts, *further]).select(names)


def _read_by(clauses: Sequence[Clause]) -> list[str]:
    return list(dict.fromkeys(name for clause in clauses for name in clause.reads))


def _all_hold(facts: pl.DataFrame, clauses: Sequence[Clause], height: int) -> Bools:
    """Where all clauses hold; a clause that reads nothing holds everywhere or nowhere."""
    if not all(clause.rule.holds({}) for clause in clauses if not clause.reads):
        return np.zeros(height, bool)
    reading = [clause.rule for clause in clauses if clause.reads]
    if not reading or not height:
        return np.ones(height, bool)
    holds: Bools = facts.select(all_hold(reading).to_polars()).to_series().to_numpy()
    return holds
