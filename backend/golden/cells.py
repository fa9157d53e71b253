"""Elementary segments of many datasets at once: cut wherever anything said of them changes, never lumisection by
lumisection."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NO_INTS = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Spans:
    """Ranges of lumisections of datasets, as parallel arrays. ``dataset`` is the position of the dataset."""

    dataset: Ints
    first: Ints
    last: Ints

    def __len__(self) -> int:
        return len(self.dataset)


@dataclass(frozen=True, slots=True)
class ColumnSpans:
    """What columns say: spans with column and coded value, disjoint within a column of a dataset."""

    column: Ints
    dataset: Ints
    first: Ints
    last: Ints
    value: Ints

    def by_column(self) -> "ColumnSpans":
        """The same sorted by column, if they were sorted by dataset, column and first lumisection."""
        return self.take(np.argsort(self.column.astype(np.int16), kind="stable"))

    def take(self, chosen: Ints | Bools | slice) -> "ColumnSpans":
        """The spans at these positions, or where true."""
        return ColumnSpans(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def of_column(self, column: int) -> "ColumnSpans":
        """What one column says; of spans that are sorted by column."""
        begin, end = np.searchsorted(self.column, (column, column + 1))
        return self.take(slice(int(begin), int(end)))

    @property
    def spans(self) -> Spans:
        """The spans without what they say."""
        return Spans(self.dataset, self.first, self.last)

    def __len__(self) -> int:
        return len(self.column)


@dataclass(frozen=True, slots=True)
class Cells:
    """The known lumisections of datasets, cut at given places; sorted by dataset and first lumisection.

    ``dataset``, ``first`` and ``last`` have an element per cell. The other arrays also hold the gaps between what is
    known, where cuts were made too.
    """

    dataset: Ints
    first: Ints
    last: Ints
    _starts: Ints
    _is_known: Bools
    _offset: Ints
    _top: Ints

    def __len__(self) -> int:
        return len(self.dataset)

    @property
    def lumisections(self) -> int:
        """How many lumisections there are in all cells."""
        return int((self.last - self.first).sum()) + len(self)

    @property
    def size_bytes(self) -> int:
        """How much memory they take."""
        return int(sum(getattr(self, field.name).nbytes for field in fields(self)))

    def painted(self, said: ColumnSpans, otherwise: int) -> npt.NDArray[np.int32]:
        """The value in every cell of one column, at whose spans the cells were cut; another where nothing is said."""
        begin, end = _clipped(said.spans, self._offset, self._top)
        starts, stops = np.searchsorted(self._starts, begin), np.searchsorted(self._starts, end)
        is_there = stops > starts
        difference = said.value[is_there].astype(np.int32) - otherwise
        steps = np.zeros(len(self._starts) + 1, np.int32)
        steps[starts[is_there]] += difference
        steps[stops[is_there]] -= difference
        values: npt.NDArray[np.int32] = np.cumsum(steps[:-1], dtype=np.int32)[self._is_known] + np.int32(otherwise)
        return values


def cut(datasets: int, known: Spans, at: Iterable[Spans]) -> Cells:
    """The known lumisections of so many datasets, cut wherever one of the spans begins or ends.

    Parameters
    ----------
    known
        Disjoint within a dataset, sorted by dataset.
    """
    top = np.zeros(datasets, np.int64)
    np.maximum.at(top, known.dataset, known.last + 1)
    ends = np.cumsum(top + 1)
    offset = ends - (top + 1)
    is_cut = np.zeros(int(ends[-1]) + 1 if datasets else 1, bool)
    for spans in (known, *at):
        begin, end = _clipped(spans, offset, top)
        is_cut[begin] = True
        is_cut[end] = True
    starts = np.flatnonzero(is_cut)
    begin, end = _clipped(known, offset, top)
    steps = np.zeros(len(starts) + 1, np.int32)
    steps[np.searchsorted(starts, begin)] += 1
    steps[np.searchsorted(starts, end)] -= 1
    is_known = np.cumsum(steps[:-1]) > 0
    first = starts[is_known]
    dataset = np.searchsorted(offset, first, side="right") - 1
    last = np.append(starts[1:], 0)[is_known] - 1
    return Cells(dataset, first - offset[dataset], last - offset[dataset], starts, is_known, offset, top)


def _clipped(spans: Spans, offset: Ints, top: Ints) -> tuple[Ints, Ints]:
    """Where the spans begin, and where what follows them does, cut off behind the last known lumisection."""
    at, most = offset[spans.dataset], top[spans.dataset]
    return at + np.minimum(spans.first, most), at + np.minimum(spans.last + 1, most)
