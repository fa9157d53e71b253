"""Which value holds in which lumisection: a person outranks a rule; among equals, the later word wins.

The one fold of lumisection words. Writing, undo, time travel and rebuild all call :func:`fold_segments`, on one column
of one dataset as on two thousand datasets at once: it is vectorised over all of them and never looks at single
lumisections.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from models.vocabulary import Origin

Ints = npt.NDArray[np.int64]

_DECIDING = (int(Origin.RULE), int(Origin.PERSON))
_STRIDE = 1 << 16
"""More than the highest lumisection plus one: a dataset's column and a lumisection in one sortable number."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words about lumisections, one element per word and column; parallel arrays.

    ``change`` is the id of the word, rising with time within a dataset. Where ``is_withdrawal``, the word takes back
    what ``origin`` said before over its range, and ``value`` means nothing.
    """

    dataset: Ints
    column: Ints
    first: Ints
    last: Ints
    value: Ints
    change: Ints
    origin: Ints
    is_withdrawal: npt.NDArray[np.bool_]
    is_noted: npt.NDArray[np.bool_]
    """Has it a cause or a comment?"""

    def __len__(self) -> int:
        return len(self.change)

    def take(self, chosen: npt.NDArray[np.bool_] | Ints) -> "Words":
        """The words at these positions, or where true."""
        return Words(*(getattr(self, f.name)[chosen] for f in fields(self)))


@dataclass(frozen=True, slots=True)
class SegmentArrays:
    """Disjoint segments of equal value, sorted by dataset, column, first lumisection; parallel arrays."""

    dataset: Ints
    column: Ints
    first: Ints
    last: Ints
    value: Ints
    change: Ints

    def __len__(self) -> int:
        return len(self.change)

    def take(self, chosen: npt.NDArray[np.bool_] | slice | Ints) -> "SegmentArrays":
        """The segments at these positions, or where true."""
        return SegmentArrays(*(getattr(self, f.name)[chosen] for f in fields(self)))


NO_SEGMENTS = SegmentArrays(*(np.empty(0, np.int64) for _ in range(6)))


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A row of ``lumisection_change`` as the fold reads it: one value, several columns, one range."""

    change: int
    dataset: int
    columns: Sequence[int]
    first: int
    last: int
    value: int | None
    origin: int
    withdraws: Sequence[int] | None
    is_noted: bool = False


def spread(spoken: Sequence[SpokenWord]) -> Words:
    """The words, one element per column, and for a withdrawal per origin that it takes back."""
    said_by = [w.withdraws if w.withdraws is not None else (w.origin,) for w in spoken]
    times = np.fromiter((len(w.columns) * len(o) for w, o in zip(spoken, said_by, strict=True)), np.int64, len(spoken))

    def each(value: Callable[[SpokenWord], int]) -> Ints:
        return np.repeat(np.fromiter(map(value, spoken), np.int64, len(spoken)), times)

    pairs = ((column, origin) for w, o in zip(spoken, said_by, strict=True) for origin in o for column in w.columns)
    column, origin = np.array(list(pairs), np.int64).reshape(-1, 2).T.copy()
    return Words(
        dataset=each(lambda w: w.dataset),
        column=column,
        first=each(lambda w: w.first),
        last=each(lambda w: w.last),
        value=each(lambda w: w.value or 0),
        change=each(lambda w: w.change),
        origin=origin,
        is_withdrawal=each(lambda w: w.withdraws is not None).astype(bool),
        is_noted=each(lambda w: w.is_noted).astype(bool),
    )


def fold_segments(words: Words, origins: Sequence[int] = _DECIDING, *, is_joined: bool = True) -> SegmentArrays:
    """What holds, of all that was said: per dataset and column, the segments of the word that decides.

    Neighbours of equal value that rules or OMS said without cause or comment are one segment, of the first of their
    words: a run that is looked at while it grows ends with as few segments as one that is looked at once.

    Parameters
    ----------
    words
        All words of the columns concerned, but for those of undone acts and proposals, in any order.
    origins
        Whose words count, lowest rank first. A model's words decide nothing unless asked for.
    is_joined
        False: every segment is of one word, also where its neighbour says the same.
    """
    words = words.take(np.isin(words.origin, origins))
    if words.is_withdrawal.any():
        words = _without_withdrawn(words)
    if not len(words):
        return NO_SEGMENTS
    key, dataset, column = _keys(words.dataset, words.column)
    order = np.lexsort((words.change, words.origin, key))
    at, first, last, top = _topmost(key[order], words.first[order], words.last[order])
    speaks = order[top]
    value, change = words.value[speaks], words.change[speaks]
    plain = (words.origin[speaks] == Origin.RULE) & ~words.is_noted[speaks]
    begins = ~(_continues(at, first, last, value=value, plain=plain) & is_joined)
    ends = np.append(begins[1:], True) if len(begins) else begins
    return SegmentArrays(
        dataset[at[begins]], column[at[begins]], first[begins], last[ends], value[begins], change[begins]
    )


def _continues(
    key: Ints, first: Ints, last: Ints, *, value: Ints, plain: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Where a segment only goes on with what the one before it says, plainly."""
    joins = (key[1:] == key[:-1]) & (first[1:] == last[:-1] + 1) & (value[1:] == value[:-1]) & plain[1:] & plain[:-1]
    return np.append(False, joins)


def _without_withdrawn(words: Words) -> Words:
    """The words as they stand after each origin's withdrawals: each origin's words folded on their own."""
    key, dataset, column = _keys(words.dataset, words.column * 8 + words.origin)
    order = np.lexsort((words.change, key))
    at, first, last, top = _topmost(key[order], words.first[order], words.last[order])
    speaks = order[top]
    kept = ~words.is_withdrawal[speaks]
    return Words(
        dataset[at][kept],
        column[at][kept] // 8,
        first[kept],
        last[kept],
        words.value[speaks][kept],
        words.change[speaks][kept],
        words.origin[speaks][kept],
        np.zeros(int(kept.sum()), bool),
        words.is_noted[speaks][kept],
    )


def _keys(dataset: Ints, column: Ints) -> tuple[Ints, Ints, Ints]:
    """Each (dataset, column) as a small number, and the dataset and column of each number."""
    joined = dataset * _STRIDE + column
    names, key = np.unique(joined, return_inverse=True)
    return key.astype(np.int64), names // _STRIDE, names % _STRIDE


def _topmost(key: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Of ranges painted in order, what is seen: (key, first, last, position of the range on top), merged and sorted.

    The ranges come sorted by key; within a key a later one covers an earlier one.
    """
    edges = np.sort(np.concatenate((key * _STRIDE + first, key * _STRIDE + last + 1)))
    edges = edges[np.append(True, edges[1:] != edges[:-1])]
    start = np.searchsorted(edges, key * _STRIDE + first)
    length = np.searchsorted(edges, key * _STRIDE + last + 1) - start
    ends = np.cumsum(length)
    covered = np.arange(ends[-1]) - np.repeat(ends - length, length) + np.repeat(start, length)
    top = np.full(len(edges), -1, np.int64)
    top[covered] = np.repeat(np.arange(len(key)), length)

    begins = np.flatnonzero((top >= 0) & (top != np.concatenate(([-1], top[:-1]))))
    changes = np.flatnonzero(np.concatenate((top[1:] != top[:-1], [True])))
    stops = changes[np.searchsorted(changes, begins)] + 1
    return edges[begins] // _STRIDE, edges[begins] % _STRIDE, edges[stops] % _STRIDE - 1, top[begins]
