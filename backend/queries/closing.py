"""Who closed datasets: the person behind the state that a dataset has in a workspace, whatever was done to it since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from backend.record.loading import load_undone

_SAID = text("""
    SELECT w.dataset_id, w.change_set, c."by", c.at
    FROM dataset_change w JOIN dataset d ON d.id = w.dataset_id JOIN change_set c ON c.id = w.change_set
    WHERE w.dataset_id = ANY(:ids) AND w.withdraws IS NULL
      AND w.said ->> CAST(:state AS text) = d.states ->> CAST(:workspace AS text)
    ORDER BY w.id DESC
""")


@dataclass(frozen=True, slots=True)
class Closed:
    """Who brought a dataset into the state that it has, and when."""

    by: str
    at: datetime


def closed_by(session: Session, ids: Sequence[int], *, workspace: str) -> dict[int, Closed]:
    """Of each of these datasets, who last said the state that it has in the workspace; undone words do not count."""
    asked = {"ids": list(ids), "state": f"state.{workspace}", "workspace": workspace}
    rows = session.execute(_SAID, asked).all() if ids else []
    undone = load_undone(session, {row.change_set for row in rows})
    found: dict[int, Closed] = {}
    for id_, change_set, by, at in rows:
        if id_ not in found and change_set not in undone.acts("datasets", id_):
            found[id_] = Closed(by, at)
    return found
