"""Workers as processes: each slot is done once, whoever is stopped or killed, and the database may be away."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from backend.embedded import Embedded
from tests.workers import rows, until, workers


def test_workers_do_each_slot_once_and_a_failing_job_does_not_stop_the_good_one(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    done = "SELECT count(*) FROM job_run WHERE job = 'good' AND outcome = 'ok'"
    with workers(database_url, tmp_path, count=2) as pair:
        until(lambda: len(rows(engine, "SELECT DISTINCT worker FROM job_run WHERE outcome <> 'running'")) == 2)
        until(lambda: rows(engine, done)[0][0] >= 6)
    assert [worker.returncode for worker in pair] == [0, 0]
    assert len((tmp_path / "good").read_text().splitlines()) == rows(engine, done)[0][0]
    per_slot = "SELECT max(n) FROM (SELECT count(*) AS n FROM job_run GROUP BY job, slot) s"
    assert rows(engine, per_slot) == [(1,)]
    failed = rows(engine, "SELECT DISTINCT outcome, detail->>'sentence' FROM job_run WHERE job = 'bad'")
    assert failed == [("failed", "ZeroDivisionError: nothing can be divided")]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_ends_in_order_within_moments(
    engine: Engine, database_url: str, tmp_path: Path, ending: signal.Signals
) -> None:
    (tmp_path / "hold").touch()
    with workers(database_url, tmp_path) as [worker]:
        until((tmp_path / "held").exists)
        began = time.monotonic()
        worker.send_signal(ending)
        assert worker.wait(20) == 0
        assert time.monotonic() - began < 5
    assert rows(engine, "SELECT outcome FROM job_run WHERE job = 'held'") == [("stopped",)]
    assert rows(engine, "SELECT count(*) FROM job_run WHERE outcome = 'running'") == [(0,)]


def test_a_job_that_does_not_listen_is_broken_off(engine: Engine, database_url: str, tmp_path: Path) -> None:
    (tmp_path / "hold").touch()
    (tmp_path / "deaf").touch()
    with workers(database_url, tmp_path) as [worker]:
        until((tmp_path / "held").exists)
        worker.terminate()
        assert worker.wait(20) == 0
    assert rows(engine, "SELECT outcome FROM job_run WHERE job = 'held'") == [("stopped",)]


def test_a_worker_that_is_killed_leaves_nothing_that_another_does_not_take_up(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "hold").touch()
    with workers(database_url, tmp_path, silence=2) as [first]:
        until((tmp_path / "held").exists)
        first.kill()
        first.wait()
        (tmp_path / "hold").unlink()
        with workers(database_url, tmp_path, silence=2):
            until(lambda: rows(engine, "SELECT FROM job_run WHERE job = 'held' AND outcome = 'ok'"))
    assert rows(engine, "SELECT outcome FROM job_run WHERE job = 'held' ORDER BY id LIMIT 1") == [("abandoned",)]


@pytest.fixture
def outage(postgresql: Embedded, engine: Engine) -> Iterator[Callable[[bool], None]]:
    """Takes the database away from everybody, and gives it back."""
    name = engine.url.database

    def away(is_away: bool) -> None:
        with psycopg.connect(postgresql.url(), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {not is_away}")
            if is_away:
                query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
                connection.execute(query, [name])

    yield away
    away(False)


def test_a_worker_waits_for_a_database_that_is_away_and_says_so_once(
    engine: Engine, database_url: str, tmp_path: Path, outage: Callable[[bool], None]
) -> None:
    log = tmp_path / "worker-0.log"
    count = "SELECT count(*) FROM job_run WHERE job = 'good' AND outcome = 'ok'"
    with workers(database_url, tmp_path, silence=2):
        until(lambda: rows(engine, count)[0][0] > 0)
        outage(True)
        until(lambda: "waiting for the database" in log.read_text())
        time.sleep(2)
        outage(False)
        until(lambda: "the database is back" in log.read_text())
        before = rows(engine, count)[0][0]
        until(lambda: rows(engine, count)[0][0] > before)
    assert log.read_text().count("waiting for the database") == 1
