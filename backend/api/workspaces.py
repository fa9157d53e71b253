"""The routes of the workspaces of a side with their columns, and the numbers that columns go by on the wire."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from backend.api.asked import as_json, moment, reading
from backend.configuration import GLOBAL, Authored, Side, WorkspaceBody, authored
from backend.queries import columns_catalogue

router = APIRouter(tags=["workspaces"])


@dataclass(frozen=True, slots=True, order=True)
class ColumnNumber:
    """A component on one side by one number: the original numbers online and offline columns apart."""

    column: int
    side: Side

    @classmethod
    def read(cls, number: int) -> "ColumnNumber":
        """What a number on the wire names."""
        column, side = divmod(number, len(Side))
        return cls(column, list(Side)[side])

    def __int__(self) -> int:
        return self.column * len(Side) + list(Side).index(self.side)


@router.get("/workspaces/{side}")
def workspaces_of(side: Side, request: Request) -> Response:
    """The workspaces of a side: ``[{"id", "workspace", "columns": […], "columns_with_id": [{"id", "name", …}]}]``.

    The global workspace, which has no columns of its own, is not among them.
    """
    with reading(request) as session:
        found = workspaces_by_name(session, side)
        numbers = columns_catalogue(session).flags
    ordered = sorted(found.values(), key=lambda w: (w.piece.body.position, w.piece.body.workspace))
    return as_json([_with_columns(w, numbers) for w in ordered if w.piece.body.workspace != GLOBAL])


def workspaces_by_name(session: Session, side: Side) -> dict[str, Authored[WorkspaceBody]]:
    """The workspaces of a side that are in use, by name."""
    standing = (found for found in authored(session, WorkspaceBody) if found.piece.is_enabled)
    return {found.piece.body.workspace: found for found in standing if found.piece.body.side is side}


def workspace_json(found: Authored[WorkspaceBody]) -> dict[str, Any]:
    """A workspace by itself."""
    body = found.piece.body
    return {"id": found.number, "workspace": body.workspace, "online_or_offline": body.side, **_dated(found)}


def column_json(found: Authored[WorkspaceBody], name: str, number: ColumnNumber) -> dict[str, Any]:
    """A column of a workspace by itself; its dates are those of the workspace, which lists it."""
    return {"id": int(number), "id_workspace": found.number, "name": name, **_dated(found)}


def _with_columns(found: Authored[WorkspaceBody], numbers: dict[str, int]) -> dict[str, Any]:
    body = found.piece.body
    names = [column.name for column in body.columns]
    with_id = [column_json(found, name, ColumnNumber(numbers[f"{body.workspace}-{name}"], body.side)) for name in names]
    return {**workspace_json(found), "columns": names, "columns_with_id": with_id}


def _dated(found: Authored[WorkspaceBody]) -> dict[str, str]:
    return {"createdAt": moment(found.made_at), "updatedAt": moment(found.changed_at)}
