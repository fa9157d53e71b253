"""The routes of the simulated CERN: OMS, its token endpoint and the DQM GUI; control stands beside them."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scripts.simulator import answers, gui
from scripts.simulator.answers import Page
from scripts.simulator.control import control_routes
from scripts.simulator.faults import Fault, FaultKind, nonsense, some_missing
from scripts.simulator.holdings import Holdings
from scripts.simulator.jsonapi import BadQuery, Query, read_query
from scripts.simulator.provider import is_for_provider
from scripts.simulator.schema import RESOURCES
from scripts.simulator.site import EXCHANGE_PATH, GUI_PATH, OMS_PATH, TOKEN_PATH, Site, answer, json_response, refused
from scripts.simulator.sso import issuer_of, sso_routes
from scripts.simulator.tokens import Refused

PAGES: dict[str, Callable[[Holdings, Query], Page]] = {
    "runs": answers.runs_page,
    "lumisections": answers.lumisections_page,
    "fills": answers.fills_page,
}
"""What finds the rows of each resource."""

Make = Callable[[list[Fault]], Response]


def app_for(site: Site) -> Starlette:
    """The ASGI application of one simulated CERN."""
    oms = [route for resource in RESOURCES for route in _oms_routes(site, resource)]
    return Starlette(routes=[*oms, *_token_routes(site), *sso_routes(site), *_gui_routes(site), *control_routes(site)])


def _oms_routes(site: Site, resource: str) -> list[Route]:
    async def listing(request: Request) -> Response:
        return await answer(
            site, request, _for_bearers(site, request, lambda faults: _list(site, request, resource, faults=faults))
        )

    async def meta(request: Request) -> Response:
        document = answers.fields_document(RESOURCES[resource])
        return await answer(site, request, _for_bearers(site, request, lambda _: json_response(document)))

    async def single(request: Request) -> Response:
        return await answer(site, request, _for_bearers(site, request, lambda _: _single(site, request, resource)))

    path = f"{OMS_PATH}/{resource}"
    return [Route(path, listing), Route(f"{path}/meta", meta), Route(f"{path}/{{key}}", single)]


def _for_bearers(site: Site, request: Request, make: Make) -> Make:
    """What answers those whose token is good; the others hear 401."""

    def guarded(faults: list[Fault]) -> Response:
        if site.requires_token and not site.tokens.is_good_for_oms(request.headers.get("authorization")):
            return refused(HTTPStatus.UNAUTHORIZED, "The token is missing, stale, or for another audience.")
        return make(faults)

    return guarded


def _list(site: Site, request: Request, resource: str, *, faults: list[Fault]) -> Response:
    key = (site.holdings.stamp(), request.url.path, request.url.query)
    spoiled = [fault for fault in faults if fault.kind in {FaultKind.MISSING, FaultKind.NONSENSE}]
    body = None if spoiled else site.kept.get(key)
    if body is not None:
        return json_response(body)
    params = list(request.query_params.multi_items())
    try:
        query = read_query(params, RESOURCES[resource])
        page = PAGES[resource](site.holdings, query)
    except BadQuery as error:
        return refused(HTTPStatus.BAD_REQUEST, str(error))
    for fault in spoiled:
        page = _spoiled(page, fault)
    body = answers.document(page, query, resource=resource, url=_oms_url(request), params=params)
    return json_response(body if spoiled else site.kept.put(key, body))


def _spoiled(page: Page, fault: Fault) -> Page:
    seed = fault.seed + fault.struck
    if fault.kind is FaultKind.MISSING:
        rows = some_missing(page.rows, seed)
        return Page(rows, page.units[: len(rows)], page.total - len(page.rows) + len(rows))
    rows = [nonsense(page.rows[0], seed), *page.rows[1:]] if page.rows else []
    return Page(rows, page.units, page.total)


def _single(site: Site, request: Request, resource: str) -> Response:
    key = request.path_params["key"]
    query = Query(answers.filters_of_one(resource, key), limit=1)
    page = PAGES[resource](site.holdings, query) if query.filters else Page([], [], 0)
    if not page.rows:
        return refused(HTTPStatus.NOT_FOUND, f"There is no {key} among the {resource}.")
    base = f"{_oms_url(request)}/{resource}"
    return json_response(orjson.dumps({"data": answers.objects(page, None, resource=resource, base=base)[0]}))


def _oms_url(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{OMS_PATH}"


def _token_routes(site: Site) -> list[Route]:
    async def token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        return await answer(site, request, lambda faults: _grant(site, request, form, faults=faults))

    return [Route(path, token, methods=["POST"]) for path in (TOKEN_PATH, EXCHANGE_PATH)]


def _grant(site: Site, request: Request, form: dict[str, str], *, faults: list[Fault]) -> Response:
    authorization = request.headers.get("authorization")
    try:
        if not is_for_provider(form):
            return json_response(orjson.dumps(site.tokens.grant(form, authorization)))
        client, kinds = site.tokens.check_client(form, authorization), {fault.kind for fault in faults}
        return json_response(orjson.dumps(site.provider.grant(form, client, issuer_of(request), faults=kinds)))
    except Refused as refusal:
        body = {"error": refusal.error, "error_description": str(refusal)}
        return json_response(orjson.dumps(body), refusal.status)


def _gui_routes(site: Site) -> list[Route]:
    async def legacy(request: Request) -> Response:
        pattern = request.query_params.get("match", "")
        return await answer(site, request, lambda _: _samples(site, pattern, gui.legacy_listing))

    async def v1(request: Request) -> Response:
        run, pattern = request.query_params.get("run", ""), request.query_params.get("dataset", "")
        return await answer(site, request, lambda _: _samples(site, pattern, gui.v1_listing, run=run))

    return [Route(f"{GUI_PATH}/data/json/samples", legacy), Route(f"{GUI_PATH}/api/v1/samples", v1)]


def _samples(
    site: Site, pattern: str, listing: Callable[[list[gui.Sample]], dict[str, object]], *, run: str = ""
) -> Response:
    samples = [s for s in site.holdings.samples() if run in {"", str(s.run_number)}]
    try:
        return json_response(orjson.dumps(listing(gui.matching(samples, pattern))))
    except ValueError as error:
        return refused(HTTPStatus.BAD_REQUEST, str(error))
