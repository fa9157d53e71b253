"""Datasets by their names, as a page keeps the ticked ones: where they stand, without what their rows show."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from backend.record import DatasetKey

_NAMED = text("""
    SELECT d.id, d.run_number, d.name, d.lumisections, d.states, d.last_change, d.changed_by
    FROM unnest(CAST(:runs AS int[]), CAST(:names AS text[])) AS asked (run_number, name)
    JOIN dataset d ON d.run_number = asked.run_number AND d.name = asked.name
    ORDER BY d.run_number DESC, d.id
""")


@dataclass(frozen=True, slots=True)
class TickedRow:
    """A dataset: how many lumisections it has, its states by workspace, and the act that last touched it."""

    id: int
    run_number: int
    name: str
    lumisections: int
    states: Mapping[str, str]
    last_change: int
    changed_by: str


def ticked_rows(session: Session, keys: Collection[DatasetKey]) -> tuple[TickedRow, ...]:
    """The datasets with these names, hidden ones too, the latest run first; what does not exist is left out."""
    asked = {"runs": [key.run_number for key in keys], "names": [key.name for key in keys]}
    return tuple(TickedRow(*row) for row in session.execute(_NAMED, asked).all()) if keys else ()
