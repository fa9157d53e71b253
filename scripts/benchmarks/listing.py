"""What the lists of ``/v2`` cost: sixty thousand runs as Arrow and as pages of JSON, and what has not changed."""

from collections.abc import Iterator
from functools import partial

import polars as pl
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.api import app
from backend.settings import Settings
from scripts.benchmarks.measure import Measure, timed

_AT_ONCE = 5_000


def measure_listing(on: Engine) -> Iterator[Measure]:
    """The lines about lists, on a registry that is filled already, without a network between."""
    app.state.engine, app.state.settings = on, Settings(read_without_login=True, api_access_log=False)
    client = TestClient(app)
    try:
        runs = _in_arrow(client)
        yield timed(f"{runs:,} runs as Arrow, into polars", partial(_in_arrow, client), times=5, target_ms=1_000)
        yield timed(f"{runs:,} runs as JSON, {_AT_ONCE:,} a page", partial(_in_json, client), times=1)
        yield timed("a page of 100 runs as JSON", partial(client.get, "/v2/runs"), times=21, warm_up=2)
        tag = {"If-None-Match": client.get("/v2/runs").headers["etag"]}
        unchanged = partial(client.get, "/v2/runs", headers=tag)
        yield timed("a list that has not changed (304)", unchanged, times=21, warm_up=2)
    finally:
        del app.state.engine, app.state.settings


def _in_arrow(client: TestClient) -> int:
    return len(pl.read_ipc_stream(client.get("/v2/runs", params={"format": "arrow"}).content))


def _in_json(client: TestClient) -> None:
    link: str | None = f"/v2/runs?limit={_AT_ONCE}"
    while link is not None:
        link = client.get(link).json()["next"]
