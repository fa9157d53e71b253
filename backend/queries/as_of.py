"""Time travel: what held after some change set, of one dataset or of all; folded from the log, never kept."""

from collections.abc import Iterable

import numpy as np
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.projections.attributes import AttributeChange
from backend.projections.runs import run_row
from backend.projections.segments import SegmentArrays, fold_segments
from backend.projections.undone import Undone
from backend.rebuild.words import all_undone, words_until
from models.lumis import LumiSet

_MADE_BY = text("""
    SELECT i.id, i.change_set, coalesce(array_agg(c.change_set) FILTER (WHERE c.id IS NOT NULL), '{}')
    FROM dataset_identity i
    LEFT JOIN dataset_change c ON c.dataset_id = i.id AND c.said ? 'made' AND c.change_set <= :until
    WHERE i.change_set = ANY(:acts) GROUP BY i.id
""")
"""Who made the datasets whose first making may be undone, and who made them again."""
_RUN_CHANGES = text("""
    SELECT c.id, c.change_set, c.run_number, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM run_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = :run AND c.change_set <= :until ORDER BY c.id
""")


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
        gone = _gone(session, undone, until=change_set)
    segments = fold_segments(words_until(on, undone, until=change_set, datasets=datasets))
    return segments.take(~np.isin(segments.dataset, gone)) if gone else segments


def _gone(session: Session, undone: Undone, *, until: int) -> list[int]:
    """The datasets whose making was undone, each time they were made."""
    asked = {"acts": [undo.undoes for undo in undone.undos], "until": until}
    rows = session.execute(_MADE_BY, asked) if undone.undos else ()
    return [id_ for id_, made_by, again in rows if {made_by, *again} <= undone.acts("datasets", id_)]


def known_as_of(session: Session, run_number: int, change_set: int) -> LumiSet:
    """The lumisections that the run had, according to OMS, once this change set had been recorded."""
    rows = session.execute(_RUN_CHANGES, {"run": run_number, "until": change_set})
    row = run_row(run_number, (AttributeChange(*r) for r in rows), all_undone(session, change_set))
    return LumiSet() if row is None else LumiSet.flat(row["known"])
