"""Summaries of a dataset: lumisections per flag and status, and the comments and causes that are in force."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from backend.projections.segments import Ints, SegmentArrays
from models.attributes import COUNTS_PER_FLAG
from models.lumis import MAX_LUMISECTION, LumiSet
from models.vocabulary import Status

FIRST_OTHER_COLUMN = 1001
"""Flags are numbered below; what OMS fills from here on (``models/identity.py``)."""

_STRIDE = MAX_LUMISECTION + 2
Counts = dict[tuple[int, int], list[int]]
Notes = dict[tuple[int, int], dict[str, list[str]]]


def flag_counts(segments: SegmentArrays, known: Mapping[int, LumiSet]) -> Counts:
    """Lumisections per status for each (dataset, flag) that has segments, counted within the known ones."""
    flags = segments.take(segments.column < FIRST_OTHER_COLUMN)
    if not len(flags):
        return {}
    lengths = known_lengths(flags, known)
    joined = flags.dataset * FIRST_OTHER_COLUMN + flags.column
    names, key = np.unique(joined, return_inverse=True)
    slots = key * COUNTS_PER_FLAG + flags.value - Status.GOOD
    table = np.bincount(slots, lengths, len(names) * COUNTS_PER_FLAG).astype(int).reshape(-1, COUNTS_PER_FLAG)
    return {
        (int(n) // FIRST_OTHER_COLUMN, int(n) % FIRST_OTHER_COLUMN): row
        for n, row in zip(names, table.tolist(), strict=True)
    }


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


def counts_array(counts: Mapping[int, list[int]], old: list[int] | None = None) -> list[int]:
    """The dense array of ``dataset.counts``: ``old`` with the given flags replaced, without trailing zeros."""
    array = list(old or [])
    for column, row in counts.items():
        begin = (column - 1) * COUNTS_PER_FLAG
        array.extend([0] * (begin + COUNTS_PER_FLAG - len(array)))
        array[begin : begin + COUNTS_PER_FLAG] = row
    while array and not array[-1]:
        array.pop()
    return array


def notes_object(notes: Mapping[int, dict[str, Any]], old: Mapping[str, Any], touched: set[int]) -> dict[str, Any]:
    """``dataset.notes``: the old notes with those of the touched columns replaced."""
    kept = {column: note for column, note in old.items() if int(column) not in touched}
    return kept | {str(column): note for column, note in notes.items()}
