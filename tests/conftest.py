"""What every test may use: a real PostgreSQL, an empty registry in it, and the folder of small data."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.db import engine_for, transaction, upgrade
from backend.embedded import Embedded
from backend.start import make_ready
from scripts.benchmarks.season import ingest_season
from scripts.simulator.running import running_simulator

_counter = itertools.count()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """An embedded PostgreSQL of this test process, with the migrated database ``template`` in it."""
    server = Embedded(tmp_path_factory.mktemp("postgresql")).start()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE template")
    upgrade(server.url("template"))
    yield server
    server.release()


@pytest.fixture
def database_url(postgresql: Embedded) -> Iterator[str]:
    """The URL of a fresh, empty registry."""
    name = f"test_{os.getpid()}_{next(_counter)}"
    with psycopg.connect(postgresql.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template STRATEGY wal_log")
    yield postgresql.url(name)
    with psycopg.connect(postgresql.url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh, empty registry."""
    made = engine_for(database_url)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session in an open transaction on a fresh, empty registry; committed at the end."""
    with transaction(engine) as opened:
        yield opened


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of small data files, each with its source named in its README."""
    return Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def season_url(postgresql: Embedded) -> Iterator[str]:
    """The URL of a registry that holds the newest sixty runs of the simulated season of 2018, for reading only."""
    with a_season(postgresql, most=60) as url:
        yield url


@pytest.fixture(scope="module")
def small_season_url(postgresql: Embedded) -> Iterator[str]:
    """The URL of a registry with the newest eight runs of the season, for the tests of one module to write in."""
    with a_season(postgresql, most=8) as url:
        yield url


@contextmanager
def a_season(server: Embedded, *, most: int) -> Iterator[str]:
    """A registry with the newest runs of the simulated season of 2018, dropped afterwards."""
    with an_empty_registry(server) as url:
        on = engine_for(url)
        with running_simulator("2018", pace="max") as simulator:
            ingest_season(on, simulator, most=most)
        on.dispose()
        yield url


@contextmanager
def an_empty_registry(server: Embedded) -> Iterator[str]:
    """A registry with what a fresh one starts with, dropped afterwards."""
    name = f"registry_{os.getpid()}_{next(_counter)}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template STRATEGY wal_log")
    on = engine_for(server.url(name))
    make_ready(on)
    on.dispose()
    yield server.url(name)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
