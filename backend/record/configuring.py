"""Configuration through the door: the next version of each piece, and the one that is in force afterwards."""

from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.projections.picture import Picture, Row
from backend.projections.undone import Undo, Undone
from backend.record.act import Act
from backend.record.loading import load_undone
from backend.record.numbering import PENDING
from backend.record.reach import Reach

_VERSIONS = text("""
    SELECT c.kind, c.name, c.version, c.body, c.is_enabled, c.change_set
    FROM configuration_change c
    WHERE (c.kind, c.name) IN (SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:names AS text[])))
    ORDER BY c.version
""")


def draw_configurations(session: Session, picture: Picture, *, act: Act, reach: Reach) -> list[Row]:
    """Add the configuration rows to the picture; gives the versions that the act appends to the log."""
    if not reach.configurations:
        return []
    pairs = sorted(reach.configurations)
    rows = list(session.execute(_VERSIONS, {"kinds": [k for k, _ in pairs], "names": [n for _, n in pairs]}).mappings())
    undone = load_undone(session, {row["change_set"] for row in rows})
    if act.undoes is not None:
        undone = Undone.of((*undone.undos, Undo(PENDING, act.undoes, act.scope)))
    latest: dict[tuple[str, str], int] = {}
    in_force: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        pair = row["kind"], row["name"]
        latest[pair] = row["version"]
        if row["change_set"] not in undone.everywhere:
            in_force[pair] = dict(row)
    appended = []
    for said in act.configurations:
        pair = said.kind, said.name
        latest[pair] = latest.get(pair, 0) + 1
        in_force[pair] = {
            "kind": said.kind,
            "name": said.name,
            "version": latest[pair],
            "body": said.body,
            "is_enabled": said.is_enabled,
            "change_set": PENDING,
        }
        appended.append(in_force[pair])
    for pair in pairs:
        standing = in_force.get(pair)
        if standing is None or standing["body"] is None:
            picture.gone_configurations.append(pair)
        else:
            picture.configurations.append({**standing, "last_change": standing["change_set"]})
    return appended
