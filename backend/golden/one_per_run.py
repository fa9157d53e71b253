"""One verdict for each lumisection of a run, where several datasets of the run each have theirs."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from backend.projections.segments import Ints

Bools = npt.NDArray[np.bool_]

_RUN = 2**16
"""More than the highest lumisection: a run and a lumisection make one number."""


class Choice(StrEnum):
    """What becomes of a lumisection that several datasets of its run are asked about."""

    EVERY = "every dataset keeps it"
    ANY = "any dataset keeps it"


@dataclass(frozen=True, slots=True)
class Rows:
    """Ranges of runs with their verdicts: ``failed`` has a row per range, a column per clause."""

    run: Ints
    first: Ints
    last: Ints
    failed: Bools
    kept: Bools

    def __len__(self) -> int:
        return len(self.run)

    def in_order(self) -> "Rows":
        """The same, sorted by run and first lumisection."""
        places = self.run * _RUN + self.first
        if (places[1:] > places[:-1]).all():
            return self
        order = np.argsort(places)
        return Rows(self.run[order], self.first[order], self.last[order], self.failed[order], self.kept[order])


def one_per_run(rows: Rows, dataset: Ints, choice: Choice) -> Rows:
    """The same lumisections, each once: what fails in any dataset fails, and is kept as chosen.

    A lumisection that one dataset of the run does not have is not kept by every dataset.

    Parameters
    ----------
    dataset
        Whose each row is; the ranges of one dataset are disjoint.
    """
    if not _overlap(rows, dataset):
        return rows
    begin, end = rows.run * _RUN + rows.first, rows.run * _RUN + rows.last + 1
    edges = np.unique(np.concatenate((begin, end)))
    at, until = np.searchsorted(edges, begin), np.searchsorted(edges, end)
    times = until - at
    row = np.repeat(np.arange(len(rows)), times)
    cell = np.repeat(at - (np.cumsum(times) - times), times) + np.arange(len(row))
    order = np.argsort(cell, kind="stable")
    row, cell = row[order], cell[order]
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    cells, run = cell[starts], rows.run[row[starts]]
    keeping = np.add.reduceat(rows.kept[row].astype(np.int64), starts)
    needed = _datasets_of(rows.run, dataset, run) if choice is Choice.EVERY else np.ones(len(run), np.int64)
    return Rows(
        run,
        edges[cells] - run * _RUN,
        edges[cells + 1] - run * _RUN - 1,
        np.logical_or.reduceat(rows.failed[row], starts, axis=0),
        keeping >= needed,
    )


def _overlap(rows: Rows, dataset: Ints) -> bool:
    """Whether a run has more than one dataset."""
    return len(np.unique(rows.run)) < len(np.unique(dataset))


def _datasets_of(run: Ints, dataset: Ints, wanted: Ints) -> Ints:
    """How many datasets the wanted runs have."""
    pairs = np.unique(np.stack((run, dataset)), axis=1)
    runs, counts = np.unique(pairs[0], return_counts=True)
    return np.asarray(counts[np.searchsorted(runs, wanted)], np.int64)
