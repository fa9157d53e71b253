"""Configuration as it stands now, and every version of a piece that there ever was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from pydantic import ValidationError
from sqlmodel import Session, col, select

from backend.access import Matrix
from backend.configuration.bodies import B, Body, Cause, CausesBody, PermissionBody, Side, WorkspaceBody, body_model
from backend.errors import InvalidInput
from models.configuration import Configuration
from models.log import ChangeSet, ConfigurationChange
from models.vocabulary import ConfigurationKind


@dataclass(frozen=True, slots=True)
class Piece(Generic[B]):
    """The version in force of one piece; ``last_change`` is what a form hands back as ``seen``."""

    name: str
    body: B
    version: int
    is_enabled: bool
    last_change: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a piece: who wrote it, when and why. The body stays as it was written; none took it away."""

    version: int
    body: Mapping[str, Any] | None
    is_enabled: bool
    is_in_force: bool
    change_set: int
    at: datetime
    by: str
    why: str


def configuration(session: Session, kind: ConfigurationKind) -> dict[str, Piece[Body]]:
    """Every piece of a kind by name, those that are not enabled included."""
    return pieces(session, body_model(kind))


def pieces(session: Session, model: type[B], *, name: str | None = None) -> dict[str, Piece[B]]:
    """Every piece with such a body by name, or that of a ``name`` alone; those that are not enabled included."""
    asked = select(Configuration).where(Configuration.kind == model.kind.value).order_by(col(Configuration.name))
    rows = session.exec(asked if name is None else asked.where(Configuration.name == name))
    return {row.name: Piece(row.name, _read(model, row), row.version, row.is_enabled, row.last_change) for row in rows}


def versions(session: Session, kind: ConfigurationKind, *, name: str) -> list[Version]:
    """Every version of a piece, the latest first; of one that never was, none."""
    in_force = session.get(Configuration, (kind.value, name))
    rows = session.exec(
        select(ConfigurationChange, ChangeSet)
        .join(ChangeSet, col(ChangeSet.id) == col(ConfigurationChange.change_set))
        .where(ConfigurationChange.kind == kind.value, ConfigurationChange.name == name)
        .order_by(col(ConfigurationChange.version).desc())
    )
    return [
        Version(
            version=change.version,
            body=change.body,
            is_enabled=change.is_enabled,
            is_in_force=in_force is not None and in_force.version == change.version,
            change_set=act.id,
            at=act.at,
            by=act.by,
            why=act.why,
        )
        for change, act in rows
    ]


def rights(session: Session) -> Matrix:
    """The matrix of rights in force: what :func:`backend.access.may` judges by."""
    standing = pieces(session, PermissionBody)
    return Matrix.of({egroup: piece.body.grants for egroup, piece in standing.items() if piece.is_enabled})


def workspaces(session: Session, side: Side) -> tuple[WorkspaceBody, ...]:
    """The workspaces of a side in the order of their position."""
    standing = [piece.body for piece in pieces(session, WorkspaceBody).values() if piece.is_enabled]
    return tuple(sorted((w for w in standing if w.side is side), key=lambda w: (w.position, w.workspace)))


def causes(session: Session, workspace: str) -> tuple[Cause, ...]:
    """The causes that a workspace offers."""
    piece = pieces(session, CausesBody).get(workspace)
    return piece.body.causes if piece is not None and piece.is_enabled else ()


def _read(model: type[B], row: Configuration) -> B:
    try:
        return model.model_validate(row.body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidInput(
            f"The {row.kind} {row.name!r} (version {row.version}) cannot be read: {where}: {first['msg']}."
        ) from error
