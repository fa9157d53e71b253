"""One verdict for each lumisection of a run, where several datasets of the run each have theirs."""

from dataclasses import dataclass, replace

import numpy as np

from backend.golden.cells import Bools
from backend.golden.ranges import RUN, places, ranges_of
from backend.projections.segments import Ints
from models.lumi_json import GoldenJson
from models.lumis import LumiSet


@dataclass(frozen=True, slots=True)
class Rows:
    """Ranges of runs; ``failed`` has a row per range, a column per clause; ``kept`` is the outcome."""

    run: Ints
    first: Ints
    last: Ints
    failed: Bools
    kept: Bools

    def __len__(self) -> int:
        return len(self.run)

    def take(self, at: Ints | Bools) -> "Rows":
        """Some of the rows, by position or where it is so said."""
        return Rows(self.run[at], self.first[at], self.last[at], self.failed[at], self.kept[at])

    def in_order(self) -> "Rows":
        """The same, sorted by run and first lumisection."""
        begins = places(self.run, self.first)
        return self if (begins[1:] > begins[:-1]).all() else self.take(np.argsort(begins))


def one_per_run(rows: Rows, dataset: Ints) -> Rows:
    """The same lumisections, each once: what fails in any dataset fails; kept is what every dataset of the run keeps.

    Parameters
    ----------
    dataset
        Whose each row is; the ranges of one dataset are disjoint.
    """
    if not _overlap(rows, dataset):
        return rows
    begin, end = places(rows.run, rows.first), places(rows.run, rows.last) + 1
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
    return Rows(
        run,
        edges[cells] - run * RUN,
        edges[cells + 1] - run * RUN - 1,
        np.logical_or.reduceat(rows.failed[row], starts, axis=0),
        keeping == _datasets_of(rows.run, dataset, run),
    )


def parted(rows: Rows, json: GoldenJson) -> tuple[Rows, Bools]:
    """The rows, cut so that each is wholly in the JSON or wholly out of it, and which are in it."""
    held, length = _held(rows, json), rows.last - rows.first + 1
    is_cut = (held > 0) & (held < length)
    if not is_cut.any():
        return rows, held > 0
    at, pieces = [np.flatnonzero(~is_cut)], []
    for row in np.flatnonzero(is_cut).tolist():
        whole = LumiSet.span(int(rows.first[row]), int(rows.last[row]))
        inside = json.at(int(rows.run[row]))
        found = [*(whole & inside).as_pairs(), *(whole - inside).as_pairs()]
        at.append(np.full(len(found), row))
        pieces += found
    cut = rows.take(np.concatenate(at))
    first, last = cut.first.copy(), cut.last.copy()
    first[len(at[0]) :], last[len(at[0]) :] = np.array(pieces, np.int64).T
    ordered = replace(cut, first=first, last=last).in_order()
    return ordered, _held(ordered, json) > 0


def _held(rows: Rows, json: GoldenJson) -> Ints:
    """How many lumisections of each row the JSON holds."""
    run, first, last = ranges_of(json)
    begins, ends = places(run, first), places(run, last) + 1
    before = np.append(0, np.cumsum(ends - begins))

    def below(place: Ints) -> Ints:
        at = np.searchsorted(begins, place)
        reach = np.minimum(place, np.append(ends, 0)[at - 1]) - np.append(ends, 0)[at - 1]
        return np.asarray(before[at] + np.where(at > 0, reach, 0))

    return below(places(rows.run, rows.last) + 1) - below(places(rows.run, rows.first))


def _overlap(rows: Rows, dataset: Ints) -> bool:
    """Whether a run has more than one dataset."""
    return len(np.unique(rows.run)) < len(np.unique(dataset))


def _datasets_of(run: Ints, dataset: Ints, wanted: Ints) -> Ints:
    """How many datasets the wanted runs have."""
    pairs = np.unique(np.stack((run, dataset)), axis=1)
    runs, counts = np.unique(pairs[0], return_counts=True)
    return np.asarray(counts[np.searchsorted(runs, wanted)], np.int64)
