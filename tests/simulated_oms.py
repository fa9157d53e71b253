"""A small simulated season, and a plain HTTP client of its OMS."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from models.lumis import LumiSet
from scripts.simulator.feed import feed_of
from scripts.simulator.running import Simulator, running_simulator
from scripts.simulator.season import build_season

DCS = {316000: LumiSet.pairs([[20, 90], [95, 140]]), 316010: LumiSet.span(1, 300), 316200: LumiSet.span(5, 60)}
GOLDEN = {316010: LumiSet.span(2, 290)}
RUN = 316010
CLIENT = {"grant_type": "client_credentials", "client_id": "rr", "client_secret": "s", "audience": "cmsoms-prod"}


class Oms:
    """A plain HTTP client with a token."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.http = httpx.Client(timeout=5.0)
        self.log_in()

    def log_in(self) -> None:
        token = self.http.post(self.simulator.oms_token_url, data=CLIENT).json()["access_token"]
        self.http.headers["authorization"] = f"Bearer {token}"

    def get(self, resource: str, **params: str | int) -> httpx.Response:
        """``a__GE=3`` asks ``filter[a][GE]=3``; ``offset`` and ``limit`` are the page."""
        query = {}
        for key, value in params.items():
            name, _, operator = key.partition("__")
            plain = {"offset": "page[offset]", "limit": "page[limit]", "sort": "sort", "fields": "fields"}
            query[plain.get(key, f"filter[{name}][{operator}]" if operator else f"filter[{name}]")] = value
        return self.http.get(f"{self.simulator.oms_url}/{resource}", params=query)

    def numbers(self, run: int = RUN) -> list[int]:
        rows = self.get("lumisections", run_number=run, limit=5000).json()["data"]
        return [row["attributes"]["lumisection_number"] for row in rows]

    def run(self, run: int = RUN) -> dict[str, Any]:
        return self.get("runs", run_number=run).json()["data"][0]["attributes"]


@contextmanager
def a_small_season() -> Iterator[Oms]:
    """Three runs, served by a simulator of their own."""
    with running_simulator(feed_of(build_season("small", DCS, GOLDEN))) as simulator:
        client = Oms(simulator)
        yield client
        client.http.close()
