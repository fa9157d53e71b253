"""What the tests of ingest share."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session

from backend.ingest.oms import Oms, open_oms
from backend.settings import Settings
from scripts.simulator.faults import FaultKind
from scripts.simulator.feed import Feed
from scripts.simulator.running import Simulator, feed_named, running_simulator
from tests.looks import Worker

RUNS = 6


@pytest.fixture
def session(onlooker: Session) -> Session:
    return onlooker


@pytest.fixture(scope="module")
def season() -> Feed:
    return feed_named("2018")


@pytest.fixture
def cern(season: Feed) -> Iterator[Simulator]:
    """A simulated CERN with short runs of 2018, all of them over."""
    short = [run for run in season.runs if 20 <= run.count <= 120][:RUNS]
    with running_simulator(replace(season, runs=tuple(short))) as simulator:
        yield simulator


@pytest.fixture
def oms(cern: Simulator, request: pytest.FixtureRequest) -> Iterator[Oms]:
    """The client of that OMS; it makes no pauses, and where OMS is slow it has little patience."""
    case = getattr(request.node, "callspec", None)
    is_slow = case is not None and case.params.get("kind") is FaultKind.SLOW
    settings = Settings(
        oms_url=cern.oms_url,
        oms_token_url=cern.oms_token_url,
        oms_client_id="registry",
        oms_client_secret=SecretStr("s3cret"),
        oms_timeout_seconds=0.5 if is_slow else 20.0,
    )
    with open_oms(settings, sleep=lambda seconds: None) as opened:
        yield opened


@pytest.fixture
def worker(engine: Engine, oms: Oms) -> Worker:
    return Worker(engine, oms)
