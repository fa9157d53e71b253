"""One simulated CERN: what it holds, whom it lets in, what goes wrong; the state behind every route."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from anyio import sleep
from starlette.requests import Request
from starlette.responses import Response

from scripts.simulator.answers import Kept, errors_document
from scripts.simulator.faults import Fault, FaultKind, Faults
from scripts.simulator.holdings import Holdings
from scripts.simulator.lines import CutResponse, Lines
from scripts.simulator.provider import Provider
from scripts.simulator.tokens import Tokens

OMS_PATH = "/agg/api/v1"
REALM_PATH = "/auth/realms/cern"
TOKEN_PATH = f"{REALM_PATH}/api-access/token"
EXCHANGE_PATH = f"{REALM_PATH}/protocol/openid-connect/token"
GUI_PATH = "/dqm/offline"


@dataclass(slots=True)
class Site:
    """Everything that the routes share."""

    holdings: Holdings
    tokens: Tokens = field(default_factory=Tokens)
    faults: Faults = field(default_factory=Faults)
    lines: Lines = field(default_factory=Lines)
    provider: Provider = field(default_factory=Provider)
    kept: Kept = field(default_factory=Kept)
    requires_token: bool = True
    requests: dict[str, int] = field(default_factory=dict)
    """How many requests each path has had."""


async def answer(site: Site, request: Request, make: Callable[[list[Fault]], Response]) -> Response:
    """Answer a request, unless a fault that is switched on spoils it."""
    path = request.url.path
    site.requests[path] = site.requests.get(path, 0) + 1
    faults = site.faults.on(path)
    kinds = {fault.kind for fault in faults}
    for fault in faults:
        if fault.kind is FaultKind.SLOW:
            await sleep(fault.seconds)
    if FaultKind.DROP in kinds:
        await site.lines.hang_up(request.client)
        return Response(status_code=HTTPStatus.BAD_GATEWAY)
    if refusal := _refusal(kinds):
        return refusal
    response = make(faults)
    if FaultKind.CUT in kinds:
        return CutResponse(bytes(response.body), site.lines)
    if FaultKind.TRUNCATED in kinds:
        return json_response(bytes(response.body)[: len(response.body) // 2])
    return response


def json_response(body: bytes, status: int = 200) -> Response:
    """A body that is JSON already."""
    return Response(body, status_code=status, media_type="application/json")


def refused(status: HTTPStatus, detail: str, **headers: str) -> Response:
    """A JSON:API error."""
    body = errors_document(status, status.phrase, detail)
    return Response(body, status_code=status, headers=headers, media_type="application/vnd.api+json")


def _refusal(kinds: set[FaultKind]) -> Response | None:
    if FaultKind.ERROR in kinds:
        return refused(HTTPStatus.INTERNAL_SERVER_ERROR, "The aggregation service failed.")
    if FaultKind.UNAVAILABLE in kinds:
        return refused(HTTPStatus.SERVICE_UNAVAILABLE, "OMS is being restarted.", **{"Retry-After": "1"})
    if FaultKind.STALE_TOKEN in kinds:
        return refused(HTTPStatus.UNAUTHORIZED, "The token is stale.")
    return None
