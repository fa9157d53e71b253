"""What every test may use: a real PostgreSQL, an empty registry in it, and the folder of small data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

import tests.laws  # noqa: F401  # tells hypothesis how patient to be
from backend.configuration import ensure_defaults
from backend.db import engine_for, transaction
from backend.embedded import Embedded
from backend.start import make_ready
from scripts.benchmarks.season import ingest_season
from scripts.simulator.running import running_simulator
from tests.databases import Reused, a_database, name_in, start_careless

HERE = Path(__file__).parent
LONGEST_FIRST = ("browser", "integration", "contract", "dashboard", "property", "unit")
"""Folders by how long their files take: whoever works through the last ones does not keep others waiting."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long."""
    items.sort(key=lambda item: LONGEST_FIRST.index(item.path.relative_to(HERE).parts[0]))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """An embedded PostgreSQL of this test process, with the migrated database ``template`` in it."""
    server = start_careless(Embedded(tmp_path_factory.mktemp("postgresql")))
    yield server
    server.release()


@pytest.fixture(scope="session")
def reused(postgresql: Embedded) -> Reused:
    """The registry that one test after another gets, as the migrations leave it."""
    return Reused(postgresql)


@pytest.fixture
def database_url(reused: Reused) -> str:
    """The URL of an empty registry."""
    return reused.as_made()


@pytest.fixture
def engine(reused: Reused, database_url: str) -> Iterator[Engine]:
    """An engine on an empty registry."""
    made = reused.engine()
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session in an open transaction on an empty registry; committed at the end."""
    with transaction(engine) as opened:
        yield opened


@pytest.fixture
def furnished(engine: Engine) -> Iterator[Session]:
    """A session in an open transaction on a registry with its defaults; committed at the end."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        yield opened


@pytest.fixture
def onlooker(engine: Engine) -> Iterator[Session]:
    """A session to look with: it sees what others committed."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield Session(connection)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of small data files, each with its source named in its README."""
    return HERE / "data"


@pytest.fixture(scope="session")
def season_url(postgresql: Embedded) -> Iterator[str]:
    """The URL of a registry that holds the newest sixty runs of the simulated season of 2018, for reading only."""
    with a_season(postgresql, most=60) as url:
        yield url


@pytest.fixture(scope="session")
def small_season(postgresql: Embedded) -> Iterator[str]:
    """The name of a database with the newest eight runs of the season, to copy from."""
    with a_season(postgresql, most=8) as url:
        yield name_in(url)


@pytest.fixture(scope="module")
def small_season_url(postgresql: Embedded, small_season: str) -> Iterator[str]:
    """The URL of a registry with the newest eight runs of the season, for the tests of one module to write in."""
    with a_database(postgresql, of=small_season) as url:
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
    with a_database(server) as url:
        on = engine_for(url)
        make_ready(on)
        on.dispose()
        yield url
