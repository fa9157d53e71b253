"""The routes of the accepted datasets: which datasets runs of a class get, and how the DQM GUI calls them."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.asked import as_json, moment, reading
from backend.certify.accepted import AcceptedDatasetBody
from backend.configuration import Authored, authored

router = APIRouter(tags=["accepted datasets"])


@router.get("/datasets_accepted")
def datasetsaccepted_json(request: Request) -> Response:
    """``[{"id", "name", "regexp", "class", "run_from", "run_to", "enabled", …}]``; one pattern per line."""
    return as_json(_listed(request))


@router.get("/datasets_accepted/{run_class}")
def datasets_accepted_of_class(run_class: str, request: Request) -> Response:
    """Those of runs of one class."""
    return as_json([accepted for accepted in _listed(request) if accepted["class"] == run_class])


def _listed(request: Request) -> list[dict[str, Any]]:
    with reading(request) as session:
        return [accepted_json(accepted) for accepted in authored(session, AcceptedDatasetBody)]


def accepted_json(found: Authored[AcceptedDatasetBody]) -> dict[str, Any]:
    """What accepts a dataset, as the original writes it."""
    body = found.piece.body
    return {
        "id": found.version_number,
        "name": body.name,
        "regexp": "\n".join(body.patterns),
        "class": body.run_class,
        "run_from": body.run_from,
        "run_to": body.run_to,
        "enabled": found.piece.is_enabled,
        "createdAt": moment(found.changed_at),
    }
