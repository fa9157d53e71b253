"""How many known lumisections hold each value of each DCS bit: counted from segments for the datasets of one page."""

from collections.abc import Collection, Mapping

import numpy as np
from sqlalchemy import text
from sqlmodel import Session

from backend.projections.segments import SegmentArrays
from backend.projections.summaries import known_lengths
from models.lumis import LumiSet

_SEGMENTS = text("""
    SELECT dataset_id, columns, firsts, lasts, "values" FROM segments WHERE dataset_id = ANY(:datasets)
""")
_VALUES = 4
"""More than the bits there are: true, false, null."""
_COLUMNS = 1 << 15

BitCounts = dict[int, dict[int, dict[int, int]]]


def bit_counts(session: Session, known: Mapping[int, LumiSet], columns: Collection[int]) -> BitCounts:
    """Dataset id → column id → bit → lumisections, zeros left out; ``known`` is dataset id → known lumisections."""
    segments = _segments_of(session, known, columns)
    if not len(segments):
        return {}
    slots = (segments.dataset * _COLUMNS + segments.column) * _VALUES + segments.value
    names, at = np.unique(slots, return_inverse=True)
    lengths = np.bincount(at, known_lengths(segments, known)).astype(int)
    counts: BitCounts = {}
    for slot, length in zip(names.tolist(), lengths.tolist(), strict=True):
        if length:
            column, dataset = slot // _VALUES % _COLUMNS, slot // (_VALUES * _COLUMNS)
            counts.setdefault(dataset, {}).setdefault(column, {})[slot % _VALUES] = length
    return counts


def _segments_of(session: Session, known: Mapping[int, LumiSet], columns: Collection[int]) -> SegmentArrays:
    rows = session.execute(_SEGMENTS, {"datasets": list(known)}).all()
    ids, *arrays = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    parts = [np.array([n for of_one in of_all for n in of_one], np.int64) for of_all in arrays]
    dataset = np.repeat(np.array(ids, np.int64), [len(of_one) for of_one in arrays[0]])
    column, first, last, value = parts
    segments = SegmentArrays(dataset, column, first, last, value, np.zeros_like(column))
    return segments.take(np.isin(column, np.fromiter(columns, np.int64, len(columns))))
