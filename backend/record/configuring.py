"""Configuration through the door: the next version of each piece, and the one that is in force afterwards."""

from collections.abc import Collection

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


def configurations_after_undo(
    session: Session, act: int, *, pieces: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Row]:
    """(Kind, name) → the version of each of these pieces that would be in force if the act were undone; a body that
    is none took the piece away, and one of which no version is left is not among them."""
    rows = _versions(session, pieces)
    undone = load_undone(session, {row["change_set"] for row in rows})
    return _in_force(rows, Undone.of((*undone.undos, Undo(PENDING, act, None))))


def draw_configurations(session: Session, picture: Picture, *, act: Act, reach: Reach) -> list[Row]:
    """Add the configuration rows to the picture; gives the versions that the act appends to the log."""
    if not reach.configurations:
        return []
    pairs = sorted(reach.configurations)
    rows = _versions(session, pairs)
    undone = load_undone(session, {row["change_set"] for row in rows})
    if act.undoes is not None:
        undone = Undone.of((*undone.undos, Undo(PENDING, act.undoes, act.scope)))
    latest = {(row["kind"], row["name"]): row["version"] for row in rows}
    in_force = _in_force(rows, undone)
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


def _versions(session: Session, pieces: Collection[tuple[str, str]]) -> list[Row]:
    """Every version of these pieces, the latest last."""
    asked = {"kinds": [kind for kind, _ in pieces], "names": [name for _, name in pieces]}
    return [dict(row) for row in session.execute(_VERSIONS, asked).mappings()]


def _in_force(rows: list[Row], undone: Undone) -> dict[tuple[str, str], Row]:
    standing = (row for row in rows if row["change_set"] not in undone.everywhere)
    return {(row["kind"], row["name"]): row for row in standing}
