"""Workspaces, causes and rights as people change them: right first, then a new version with its reason.

Classifiers and accepted datasets have commands of their own, because more is checked there.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from backend.access import CONFIGURING, Actor
from backend.certify.permitted import permitted
from backend.configuration import Body, configuration, configure
from backend.errors import InvalidInput, NotFound
from backend.record import Recorded
from models.vocabulary import ConfigurationKind

KINDS = (ConfigurationKind.WORKSPACE, ConfigurationKind.CAUSE, ConfigurationKind.PERMISSION)
"""The kinds that are written here."""


def write_piece(
    session: Session,
    actor: Actor,
    kind: ConfigurationKind,
    *,
    name: str,
    body: Body | Mapping[str, Any],
    why: str,
    seen: int | None,
) -> Recorded:
    """Write a workspace, the causes of a workspace, or the rights of an e-group; a new one, or a new version.

    Raises
    ------
    NotPermitted
        If the actor may not; the sentence names the e-groups that may.
    InvalidInput
        If it cannot be so, there is no reason, nothing would change, a workspace would offer no cause (then its causes
        are taken away), or nobody would be left who may change rights.
    Conflict
        If somebody changed the same after ``seen``, or at the same moment.
    """
    _permitted(session, actor, kind, name)
    said = body.model_dump() if isinstance(body, Body) else body
    if kind is ConfigurationKind.CAUSE and not said.get("causes"):
        raise InvalidInput(f"{name} would offer no cause: name one, or take its causes away.")
    return configure(session, kind, name=name, body=body, by=actor.name, why=why, seen=seen)


def remove_piece(
    session: Session, actor: Actor, kind: ConfigurationKind, *, name: str, why: str, seen: int | None
) -> Recorded:
    """Take one away; what was said under it stays. As :func:`write_piece`.

    Raises
    ------
    NotFound
        If there is none of this name.
    """
    _permitted(session, actor, kind, name)
    if name not in configuration(session, kind):
        raise NotFound(f"There is no {kind.value} {name!r}.")
    return configure(session, kind, name=name, body=None, by=actor.name, why=why, seen=seen)


def _permitted(session: Session, actor: Actor, kind: ConfigurationKind, name: str) -> None:
    if kind not in KINDS:
        raise InvalidInput(f"A {kind.value} is not written here; only {', '.join(KINDS)}.")
    action = CONFIGURING[kind]
    permitted(session, actor, action, *((name,) if action.per_workspace else ()))
