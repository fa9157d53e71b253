"""Before an undo: somebody will be left who may change rights, as when they are changed."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from backend.certify.deeds import Deed
from backend.configuration import refuse_locking_out
from backend.record import configurations_after_undo
from models.vocabulary import ConfigurationKind


def refuse_lost_rights(session: Session, deed: Deed) -> None:
    """See that after an undo somebody may change rights.

    Raises
    ------
    InvalidInput
        If nobody would be left.
    """
    pieces = [(kind, name) for kind, name, _ in deed.configurations if kind == ConfigurationKind.PERMISSION]
    if not pieces:
        return
    standing = configurations_after_undo(session, deed.act, pieces=pieces)
    refuse_locking_out(session, {name: _grants(standing.get((kind, name))) for kind, name in pieces})


def _grants(version: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What a version of an e-group's rights grants; one that is taken away or not enabled grants nothing."""
    if version is None or version["body"] is None or not version["is_enabled"]:
        return ()
    return tuple(version["body"]["grants"])
