"""The control routes: switch faults on and off, and change what OMS holds while somebody looks."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from http import HTTPStatus

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scripts.simulator import oms
from scripts.simulator.holdings import UnknownRun
from scripts.simulator.oms import OmsRun, Row
from scripts.simulator.site import Site, json_response, refused

CHANGES: dict[str, Callable[..., OmsRun]] = {
    "grow": lambda run, *, lumisections=1: oms.grown(run, lumisections),
    "shrink": lambda run, *, last: oms.shrunk(run, last),
    "change": lambda run, *, attributes: oms.changed(run, attributes),
    "drop": lambda run, *, first, last: oms.without(run, first, last),
    "change-lumisections": lambda run, *, first, last, attributes: oms.lumisections_changed(
        run, first, last, attributes=attributes
    ),
    "reopen": lambda run, *, lumisections: oms.cut(run, lumisections),
    "finish": lambda run: run.whole or run,
    "touch": lambda run: run,
}
"""What can happen to a run: ``POST /control/runs/{number}/{change}`` with a JSON object of its arguments."""


def control_routes(site: Site) -> list[Route]:
    """The routes under ``/control``; faults never strike them."""

    async def state(request: Request) -> Response:
        return _json(_state(site))

    async def add_fault(request: Request) -> Response:
        options = await _object(request)
        return _tried(lambda: _json({"kind": site.faults.add(**options).kind}))

    async def clear_faults(request: Request) -> Response:
        site.faults.clear()
        return _json(_state(site))

    async def change_run(request: Request) -> Response:
        options = await _object(request)
        return _tried(
            lambda: _changed(site, request.path_params["number"], request.path_params["change"], options=options)
        )

    async def revision(request: Request) -> Response:
        return _tried(lambda: _run(site.holdings.apply_revision(request.path_params["index"])))

    async def provider(request: Request) -> Response:
        options = await _object(request)
        return _tried(lambda: _set_provider(site, **options))

    async def rotate(request: Request) -> Response:
        options = await _object(request)
        return _tried(lambda: _json({"key": site.provider.keys.rotate(**options)}))

    async def revoke(request: Request) -> Response:
        site.tokens.revoke_all()
        return _json({"revoked": True})

    return [
        Route("/control/state", state),
        Route("/control/faults", add_fault, methods=["POST"]),
        Route("/control/faults", clear_faults, methods=["DELETE"]),
        Route("/control/runs/{number:int}/{change}", change_run, methods=["POST"]),
        Route("/control/revisions/{index:int}", revision, methods=["POST"]),
        Route("/control/provider", provider, methods=["POST"]),
        Route("/control/keys", rotate, methods=["POST"]),
        Route("/control/tokens", revoke, methods=["DELETE"]),
    ]


def _set_provider(site: Site, *, token_seconds: float | None = None, more_groups: int | None = None) -> Response:
    if token_seconds is not None:
        site.provider.token_seconds = float(token_seconds)
    if more_groups is not None:
        site.provider.more_groups = int(more_groups)
    return _json({"token_seconds": site.provider.token_seconds, "more_groups": site.provider.more_groups})


def _changed(site: Site, number: int, change: str, *, options: Row) -> Response:
    silently = bool(options.pop("silently", False))
    return _run(site.holdings.change(number, partial(CHANGES[change], **options), silently=silently))


def _state(site: Site) -> Row:
    runs = site.holdings.runs()
    active = [
        {key: value for key, value in asdict(fault).items() if not key.startswith("_")} for fault in site.faults.active
    ]
    season = site.holdings.feed
    return {
        "season": season.name,
        "runs": len(runs),
        "runs_in_season": len(season.runs),
        "newest_run": runs[-1].run_number if runs else None,
        "datasets_in_gui": len(site.holdings.samples()),
        "faults": active,
        "requests": site.requests,
        "report": season.season.report if season.season else None,
    }


def _run(run: OmsRun) -> Response:
    return _json(
        {"run_number": run.run_number, "lumisections": run.count, "last_update": run.attributes["last_update"]}
    )


def _tried(act: Callable[[], Response]) -> Response:
    """The answer of an act; an argument that cannot be is the caller's fault."""
    try:
        return act()
    except UnknownRun as error:
        return refused(HTTPStatus.NOT_FOUND, str(error))
    except (KeyError, TypeError, ValueError) as error:
        return refused(HTTPStatus.BAD_REQUEST, f"This cannot be done: {error}.")


async def _object(request: Request) -> dict:
    body = await request.body()
    read = orjson.loads(body) if body else {}
    return read if isinstance(read, dict) else {}


def _json(value: object) -> Response:
    return json_response(orjson.dumps(value))
