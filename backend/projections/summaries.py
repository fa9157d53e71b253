"""Summaries of a dataset: lumisections per status of a flag and value of a bit, the comments and causes in force."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from backend.projections.segments import Ints, SegmentArrays
from models.attributes import COUNTED_BITS, COUNTS_PER_FLAG, FIRST_OTHER_COLUMN
from models.lumis import MAX_LUMISECTION, LumiSet
from models.vocabulary import Status

_STRIDE = MAX_LUMISECTION + 2
_COLUMNS = 1 << 15
Counts = dict[tuple[int, int], list[int]]
Notes = dict[tuple[int, int], dict[str, list[str]]]


def flag_counts(segments: SegmentArrays, known: Mapping[int, LumiSet]) -> Counts:
    """Lumisections per status for each (dataset, flag) that has segments, counted within the known ones."""
    flags = segments.take(segments.column < FIRST_OTHER_COLUMN)
    return _counts(flags, known, first=Status.GOOD, values=COUNTS_PER_FLAG)


def bit_counts(segments: SegmentArrays, known: Mapping[int, LumiSet]) -> Counts:
    """Lumisections FALSE and TRUE for each (dataset, column that OMS fills) that has segments of these values.

    What a column holds is not asked: of one that holds no bits, nobody reads the counts.
    """
    bits = segments.take((segments.column >= FIRST_OTHER_COLUMN) & np.isin(segments.value, COUNTED_BITS))
    return _counts(bits, known, first=COUNTED_BITS[0], values=len(COUNTED_BITS))


def _counts(segments: SegmentArrays, known: Mapping[int, LumiSet], *, first: int, values: int) -> Counts:
    """Lumisections per value from ``first`` on, for each (dataset, column)."""
    if not len(segments):
        return {}
    lengths = known_lengths(segments, known)
    names, key = np.unique(segments.dataset * _COLUMNS + segments.column, return_inverse=True)
    slots = key * values + segments.value - first
    table = np.bincount(slots, lengths, len(names) * values).astype(int).reshape(-1, values)
    return {(int(n) // _COLUMNS, int(n) % _COLUMNS): row for n, row in zip(names, table.tolist(), strict=True)}


def known_lengths(segments: SegmentArrays, known: Mapping[int, LumiSet]) -> Ints:
    """How many known lumisections each segment holds."""
    datasets = np.unique(segments.dataset)
    place = np.searchsorted(datasets, segments.dataset)
    ranges = [(i * _STRIDE + r.first, len(r)) for i, d in enumerate(datasets.tolist()) for r in known[d].ranges]
    if not ranges:
        return np.zeros(len(segments), np.int64)
    start, length = (np.array(column, np.int64) for column in zip(*ranges, strict=True))
    before = np.cumsum(length) - length

    def up_to(position: Ints) -> Ints:
        at = np.searchsorted(start, position, "right") - 1
        within = before[at] + np.minimum(position - start[at] + 1, length[at])
        return np.where(at < 0, 0, within)

    last: Ints = up_to(place * _STRIDE + segments.last) - up_to(place * _STRIDE + segments.first - 1)
    return last


def notes_in_force(segments: SegmentArrays, said: Mapping[int, tuple[str | None, str | None]]) -> Notes:
    """The distinct causes and comments per (dataset, column) of words that still hold somewhere.

    ``said`` is word id → (cause, comment), for the words that have either.
    """
    notes: Notes = {}
    if not said or not len(segments):
        return notes
    noted = segments.take(np.isin(segments.change, np.fromiter(said, np.int64, len(said))))
    for dataset, column, change in zip(
        noted.dataset.tolist(), noted.column.tolist(), noted.change.tolist(), strict=True
    ):
        for kind, text in zip(("causes", "comments"), said[change], strict=True):
            if text:
                note = notes.setdefault((dataset, column), {"causes": [], "comments": []})
                if text not in note[kind]:
                    note[kind].append(text)
    return notes


def counts_array(counts: Mapping[int, list[int]], old: list[int] | None = None, *, first_column: int = 1) -> list[int]:
    """The dense array of ``dataset.counts``: ``old`` with the given flags replaced, without trailing zeros.

    With ``first_column`` that of ``dataset.bits``, whose columns are numbered from there on.
    """
    array = list(old or [])
    for column, row in counts.items():
        begin = (column - first_column) * len(row)
        array.extend([0] * (begin + len(row) - len(array)))
        array[begin : begin + len(row)] = row
    while array and not array[-1]:
        array.pop()
    return array


def notes_object(notes: Mapping[int, dict[str, Any]], old: Mapping[str, Any], touched: set[int]) -> dict[str, Any]:
    """``dataset.notes``: the old notes with those of the touched columns replaced."""
    kept = {column: note for column, note in old.items() if int(column) not in touched}
    return kept | {str(column): note for column, note in notes.items()}
