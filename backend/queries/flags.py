"""The flags in force of many datasets at once: what holds of each component where, and whose word it is."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import text
from sqlmodel import Session

from models.lumis import LumiRange
from models.vocabulary import Origin, Status

_FLAGS = text("""
    SELECT s.dataset_id, u.column_id, u.first, u.last, u.value, w.origin, w.cause, w.comment
    FROM segments s,
         unnest(s.columns, s.firsts, s.lasts, s."values", s.changes) AS u (column_id, first, last, value, change)
         JOIN lumisection_change w ON w.id = u.change
    WHERE s.dataset_id = ANY(:datasets) AND u.column_id = ANY(:columns)
    ORDER BY s.dataset_id, u.column_id, u.first
""")


@dataclass(frozen=True, slots=True)
class FlagInForce:
    """A status that holds over a range, whose kind of word it is, and what was said with it."""

    range: LumiRange
    status: Status
    origin: Origin
    cause: str | None
    comment: str | None


Flags: TypeAlias = dict[tuple[int, int], list[FlagInForce]]
"""(Dataset, column) → what holds, ascending and disjoint; not cut to the known lumisections."""


def flags_in_force(session: Session, datasets: Collection[int], columns: Collection[int]) -> Flags:
    """What holds of these columns of these datasets; where nothing was said there is nothing."""
    found: Flags = {}
    asked = {"datasets": list(datasets), "columns": list(columns)}
    for dataset, column, first, last, value, origin, cause, comment in session.execute(_FLAGS, asked).all():
        flag = FlagInForce(LumiRange(first, last), Status(value), Origin(origin), cause, comment)
        found.setdefault((dataset, column), []).append(flag)
    return found
