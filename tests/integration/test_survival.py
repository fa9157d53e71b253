"""Whoever is killed at whatever moment: what was acknowledged is there, the log has no gap, projections follow it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text

from backend.db import bulk, engine_for, transaction, upgrade
from backend.embedded import Embedded, ensure_database
from backend.rebuild import rebuild
from tests.factories import a_run, columns
from tests.lease_holders import an_open_folder, postmaster

ROOT = Path(__file__).parents[2]
_PROJECTIONS = ("run", "dataset", "segments", "luminosity")


@pytest.fixture(scope="module")
def server() -> Iterator[Embedded]:
    """A server of this module's own, because it is killed."""
    with an_open_folder() as folder:
        started = Embedded(folder / "survival").start()
        yield started
        started.start()
        started.release()


@pytest.fixture
def registry(server: Embedded) -> Iterator[tuple[str, int]]:
    """The URL of a registry with run 1, and the id of a column to flag."""
    server.start()
    name = f"survival_{time.monotonic_ns()}"
    ensure_database(server.url(), name)
    upgrade(server.url(name))
    on = engine_for(server.url(name))
    with transaction(on) as session:
        column, *_ = columns(session)
        a_run(session, 1)
    on.dispose()
    yield server.url(name), column


def begin_writing(url: str, column: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.writer_program", url, "1", str(column)]
    writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline(), "it writes"
    return writer


def acknowledged(writer: subprocess.Popen[str]) -> list[int]:
    """What the writer had said was done since it began, once it is dead."""
    said, _ = writer.communicate(timeout=60)
    return [int(line) for line in said.split()]


def projections(on: Engine) -> dict[str, list[object]]:
    with transaction(on) as session:
        rows = {t: session.execute(text(f"SELECT to_jsonb(t) FROM {t} t ORDER BY 1")) for t in _PROJECTIONS}
        return {table: found.scalars().all() for table, found in rows.items()}


def judge(url: str, done: list[int]) -> None:
    """Nothing acknowledged is lost, ids have no gap, and the projections are what the log says."""
    on = engine_for(url)
    with transaction(on) as session:
        ids = list(session.execute(text("SELECT id FROM change_set ORDER BY id")).scalars())
        clock = session.execute(text("SELECT n FROM clock")).scalar_one()
    assert ids == list(range(1, clock + 1))
    assert done
    assert set(done) <= set(ids)
    assert len(set(done)) == len(done)
    live = projections(on)
    rebuild(on)
    assert projections(on) == live
    on.dispose()


@pytest.mark.parametrize("seconds", [0.4, 0.9])
def test_a_writer_that_is_killed_leaves_whole_acts(registry: tuple[str, int], seconds: float) -> None:
    url, column = registry
    writers = [begin_writing(url, column) for _ in range(2)]
    time.sleep(seconds)
    for writer in writers:
        writer.kill()
    judge(url, [act for writer in writers for act in acknowledged(writer)])


@pytest.mark.parametrize("seconds", [0.4, 0.9])
def test_a_database_that_is_killed_has_everything_it_acknowledged(
    registry: tuple[str, int], server: Embedded, seconds: float
) -> None:
    url, column = registry
    writer = begin_writing(url, column)
    time.sleep(seconds)
    os.kill(postmaster(server), signal.SIGKILL)
    done = acknowledged(writer)
    server.start()
    judge(url, done)


@pytest.mark.filterwarnings("ignore:.*psycopg.Connection.*:ResourceWarning")  # of the server that was killed
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_database_that_went_away_is_told_in_a_sentence(registry: tuple[str, int], server: Embedded) -> None:
    from backend.errors import DatabaseUnavailable

    url, _ = registry
    on = engine_for(url)
    with transaction(on) as session:
        session.execute(text("SELECT 1"))
    assert bulk(on, text("SELECT 1 AS one")).height == 1
    with psycopg.connect(url):
        os.kill(postmaster(server), signal.SIGKILL)
    with pytest.raises(DatabaseUnavailable, match="The database does not answer"):
        for _ in range(20):
            time.sleep(0.1)
            with transaction(on) as session:
                session.execute(text("SELECT 1"))
    with pytest.raises(DatabaseUnavailable, match="The database does not answer"):
        bulk(on, text("SELECT 1 AS one"))
    server.start()
    assert bulk(on, text("SELECT 1 AS one")).height == 1
    with transaction(on) as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    on.dispose()
