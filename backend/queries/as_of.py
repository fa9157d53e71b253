"""Time travel: what held after some change set, of one dataset or of all; folded from the log, never kept."""

from collections.abc import Iterable

from sqlalchemy import Engine
from sqlmodel import Session

from backend.projections.segments import SegmentArrays, fold_segments
from backend.rebuild.words import all_undone, words_until


def segments_as_of(on: Engine, change_set: int, *, datasets: Iterable[int] = ()) -> SegmentArrays:
    """The segments as they were once this change set had been recorded.

    Parameters
    ----------
    change_set
        The moment in the log; its own words count.
    datasets
        Of which datasets; of all if empty.

    Returns
    -------
    SegmentArrays
        ``dataset · column · first · last · value · change``, sorted by the first three.
    """
    with Session(on) as session:
        undone = all_undone(session, change_set)
    return fold_segments(words_until(on, undone, until=change_set, datasets=datasets))
