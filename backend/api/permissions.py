"""The route of the rights: which e-group may do what."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.asked import as_json, moment, reading
from backend.configuration import PermissionBody, authored

router = APIRouter(tags=["permissions"])


@router.get("/permissions")
def permissions(request: Request) -> Response:
    """``[{"id", "egroup", "grants": ["flags:tracker", …], "enabled", "createdAt"}]``; see docs/rights.md."""
    with reading(request) as session:
        found = authored(session, PermissionBody)
    return as_json(
        [
            {
                "id": rights.version_number,
                "egroup": rights.piece.name,
                "grants": list(rights.piece.body.grants),
                "enabled": rights.piece.is_enabled,
                "createdAt": moment(rights.changed_at),
            }
            for rights in found
        ]
    )
