"""To configure: a new version of one piece, checked before it passes the door for writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from backend.access import Action, Matrix, who_may
from backend.configuration.bodies import Body, PermissionBody, WorkspaceBody, WorkspaceColumn, body_model
from backend.configuration.reading import configuration, rights
from backend.errors import InvalidInput, NotFound
from backend.record import (
    Act,
    ConfigurationSaid,
    Recorded,
    columns_by_name,
    lock_configuration,
    record,
    register_columns,
)
from backend.record.columns import NewColumn
from models.vocabulary import ActKind, ColumnKind, ConfigurationKind


def configure(
    session: Session,
    kind: ConfigurationKind,
    *,
    name: str,
    body: Body | Mapping[str, Any] | None,
    by: str,
    why: str,
    is_enabled: bool = True,
    seen: int | None = None,
) -> Recorded:
    """Record a new version of a piece of configuration. The right (``access.CONFIGURING``) is the caller's to check.

    Parameters
    ----------
    body
        What the piece shall hold; none takes it away.
    is_enabled
        A piece that is not enabled is kept and shown, and plays no part.
    seen
        The change-set id that the author looked at; none means that no conflict is checked.

    Raises
    ------
    InvalidInput
        If the body cannot be, the name does not suit it, there is no reason, nothing would change, or nobody would be
        left who may change rights.
    NotFound
        If a piece that is to be taken away does not exist.
    Conflict
        If somebody changed the same piece after ``seen``, or at the same moment.
    """
    if not why.strip():
        raise InvalidInput(f"A change of the {kind.value} {name!r} needs a reason.")
    checked = None if body is None else _checked(kind, name, body)
    lock_configuration(session, [kind.value])
    _refuse_no_change(session, kind, name=name, body=checked, is_enabled=is_enabled)
    if kind is ConfigurationKind.PERMISSION:
        grants = checked.grants if isinstance(checked, PermissionBody) and is_enabled else ()
        refuse_locking_out(session, {name: grants})
    if isinstance(checked, WorkspaceBody):
        _ensure_columns(session, checked, by=by, why=why)
    stored = None if checked is None else checked.model_dump(mode="json")
    said = ConfigurationSaid(kind.value, name, stored, is_enabled)
    return record(session, Act(by=by, why=why, kind=ActKind.CONFIGURE, configurations=(said,)), seen=seen)


def refuse_locking_out(session: Session, changed: Mapping[str, Sequence[str]]) -> None:
    """Refuse with :class:`InvalidInput` other grants of e-groups with which nobody would be left who may change
    rights: else nobody could ever give them back."""
    before = rights(session)
    after = Matrix({**before.grants, **Matrix.of(changed).grants})
    if who_may(Action.PERMISSION, matrix=before) and not who_may(Action.PERMISSION, matrix=after):
        raise InvalidInput(f"Without {', '.join(changed)} nobody would be left who may {Action.PERMISSION.meaning}.")


def flag_column(workspace: str, column: WorkspaceColumn) -> NewColumn:
    """The lumisection column that a component of a workspace needs."""
    return NewColumn(workspace, column.name, ColumnKind.FLAG, column.is_inverted)


def _checked(kind: ConfigurationKind, name: str, body: Body | Mapping[str, Any]) -> Body:
    if not name.strip() or name != name.strip():
        raise InvalidInput(f"A {kind.value} cannot be named {name!r}.")
    model = body_model(kind)
    try:
        checked = model.model_validate(body.model_dump() if isinstance(body, Body) else body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise InvalidInput(f"The {kind.value} {name!r} cannot be so: {where}: {first['msg']}.") from error
    checked.check_name(name)
    return checked


def _refuse_no_change(
    session: Session, kind: ConfigurationKind, *, name: str, body: Body | None, is_enabled: bool
) -> None:
    standing = configuration(session, kind).get(name)
    if standing is None:
        if body is None:
            raise NotFound(f"There is no {kind.value} {name!r} to take away.")
    elif (standing.body, standing.is_enabled) == (body, is_enabled):
        raise InvalidInput(f"The {kind.value} {name!r} is so already (version {standing.version}).")


def _ensure_columns(session: Session, body: WorkspaceBody, *, by: str, why: str) -> None:
    known = columns_by_name(session)
    for column in (wanted := [flag_column(body.workspace, column) for column in body.columns]):
        standing = known.get(str(column))
        if standing is not None and (standing.kind, standing.is_inverted) != (column.kind, column.is_inverted):
            is_what = "inverted" if standing.is_inverted else "not inverted"
            raise InvalidInput(f"The column {column} is a {standing.kind} that is {is_what}, and stays so.")
    register_columns(session, wanted, by=by, why=why)
