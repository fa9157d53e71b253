"""What people do to classifiers: write a version, take one out of play and back, restore an old one, take one away.

Each command is one act with an author and a reason. It asks in the order right → existence → state → input, and the
author always names the change set that he or she looked at: nobody overwrites what somebody else wrote meanwhile.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from backend.access import CONFIGURING, Action, Actor, Matrix, require
from backend.classify.bodies import CLASSIFIERS, ClassifierBody, ComponentBody, OfflineDatasetBody
from backend.classify.saving import save_classifier
from backend.configuration import Body, Version, configuration, configure, rights, versions
from backend.errors import InvalidInput, NotFound, WrongState
from backend.record import Recorded, undo
from models.vocabulary import ConfigurationKind

NEVER = 0
"""What the author of a new classifier looked at: that there is none of this name, and never was."""

Written = ClassifierBody | Mapping[str, Any]


def write_classifier(
    session: Session,
    actor: Actor,
    kind: ConfigurationKind,
    *,
    name: str,
    body: Written,
    why: str,
    seen: int,
) -> Recorded:
    """Save a new classifier, or a new version of one; one that was out of play stays so.

    Parameters
    ----------
    seen
        The change set of the version that the author began from; :data:`NEVER` for a new one.

    Raises
    ------
    NotPermitted
        If the actor may not; the sentence names the e-groups that may.
    InvalidRule
        If the rule is not well-formed or reads what there is not, with the place where it is wrong.
    InvalidInput
        If the rest cannot be, there is no reason, or nothing would change.
    Conflict
        If somebody changed the same classifier after ``seen``, or at the same moment.
    """
    model = model_of(kind)
    standing = configuration(session, kind).get(name)
    said = body.model_dump() if isinstance(body, ClassifierBody) else body
    _require(session, actor, kind, *(() if standing is None else (workspace_of(standing.body),)), _said_workspace(said))
    is_enabled = standing is None or standing.is_enabled
    return save_classifier(
        session, model, name=name, body=body, by=actor.name, why=why, is_enabled=is_enabled, seen=seen
    )


def switch_classifier(
    session: Session,
    actor: Actor,
    kind: ConfigurationKind,
    *,
    name: str,
    is_enabled: bool,
    why: str,
    seen: int,
) -> Recorded:
    """Take a classifier out of play, or back into it; its rule stays as it is.

    Raises
    ------
    NotPermitted, InvalidInput, Conflict
        As :func:`write_classifier`.
    NotFound
        If there is no such classifier.
    """
    body = _standing(session, actor, kind, name=name)
    return configure(session, kind, name=name, body=body, by=actor.name, why=why, is_enabled=is_enabled, seen=seen)


def restore_classifier(
    session: Session,
    actor: Actor,
    kind: ConfigurationKind,
    *,
    name: str,
    version: int,
    why: str,
    seen: int,
) -> Recorded:
    """Say an old version again, as a new one; also of a classifier that was taken away.

    Raises
    ------
    NotPermitted, InvalidRule, InvalidInput, Conflict
        As :func:`write_classifier`; an old rule may read facts that there are no more.
    NotFound
        If there never was such a version.
    WrongState
        If that version took the classifier away, so that there is nothing in it to restore.
    """
    said = _said(session, actor, kind, name=name)
    old = next((one for one in said if one.version == version), None)
    if old is None:
        raise NotFound(f"There is no version {version} of the {kind.value} {name!r}.")
    if old.body is None:
        raise WrongState(f"Version {version} of the {kind.value} {name!r} took it away; restore one before it.")
    return save_classifier(
        session, model_of(kind), name=name, body=old.body, by=actor.name, why=why, is_enabled=old.is_enabled, seen=seen
    )


def remove_classifier(
    session: Session, actor: Actor, kind: ConfigurationKind, *, name: str, why: str, seen: int
) -> Recorded:
    """Take a classifier away; its versions are kept and can be restored.

    Raises
    ------
    NotPermitted, InvalidInput, Conflict
        As :func:`write_classifier`.
    NotFound
        If there is no such classifier.
    """
    _standing(session, actor, kind, name=name)
    return configure(session, kind, name=name, body=None, by=actor.name, why=why, seen=seen)


def undo_version(
    session: Session, actor: Actor, kind: ConfigurationKind, *, name: str, change_set: int, why: str
) -> Recorded:
    """Take back the act that made a version: the one before it is in force again.

    Raises
    ------
    NotPermitted
        If the actor may not change this classifier, or may not undo, or not what somebody else did.
    NotFound
        If no version of this classifier was made by that act.
    InvalidInput
        If it was undone already, or is what the registry started with.
    """
    said = _said(session, actor, kind, name=name)
    made = next((version for version in said if version.change_set == change_set), None)
    if made is None:
        raise NotFound(f"Change set {change_set} made no version of the {kind.value} {name!r}.")
    require(actor, Action.UNDO if made.by == actor.name else Action.UNDO_OTHERS, matrix=rights(session))
    return undo(session, change_set, by=actor.name, why=why)


def model_of(kind: ConfigurationKind) -> type[ClassifierBody]:
    """The body that classifiers of this kind have.

    Raises
    ------
    InvalidInput
        If the kind is none of classifiers.
    """
    model = next((model for model in CLASSIFIERS if model.kind is kind), None)
    if model is None:
        raise InvalidInput(f"A {kind.value} is no classifier.")
    return model


def workspace_of(body: Body) -> str | None:
    """The workspace in which one needs the right to change it; none if the kind is not per workspace."""
    return body.workspace if isinstance(body, ComponentBody | OfflineDatasetBody) else None


def _said_workspace(said: Mapping[str, Any]) -> str | None:
    """The same of a body that is not checked yet; none, so in every workspace, if it names none."""
    if isinstance(component := said.get("component"), str):
        return component.partition("-")[0]
    return said["workspace"] if isinstance(said.get("workspace"), str) else None


def _require(session: Session, actor: Actor, kind: ConfigurationKind, *workspaces: str | None) -> None:
    model_of(kind)
    matrix: Matrix = rights(session)
    for workspace in dict.fromkeys(workspaces or (None,)):
        require(actor, CONFIGURING[kind], workspace, matrix=matrix)


def _standing(session: Session, actor: Actor, kind: ConfigurationKind, *, name: str) -> Body:
    """The body in force of a classifier that the actor may change."""
    piece = configuration(session, kind).get(name)
    if piece is None:
        _require(session, actor, kind)
        raise NotFound(f"There is no {kind.value} {name!r}.")
    _require(session, actor, kind, workspace_of(piece.body))
    return piece.body


def _said(session: Session, actor: Actor, kind: ConfigurationKind, *, name: str) -> list[Version]:
    """Every version, the latest first, of a classifier that the actor may change."""
    said = versions(session, kind, name=name)
    _require(session, actor, kind, *(_said_workspace(version.body) for version in said if version.body is not None))
    return said
