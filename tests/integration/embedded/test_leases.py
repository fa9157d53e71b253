"""Whoever uses the embedded PostgreSQL holds a lease; it comes with the first and goes with the last."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import adbc_driver_postgresql.dbapi
import psycopg
import pytest
import sqlalchemy

from backend.embedded import Embedded, ensure_database
from backend.errors import DatabaseUnavailable
from tests.lease_holders import (
    HERE,
    HOLDER,
    Holder,
    postmaster,
    processes_in,
    remember,
    remembered,
    says_one,
    socket_folder_of,
)


def test_a_first_start_serves_psycopg_sqlalchemy_and_adbc(folder: Path, embedded: Callable[[Path], Embedded]) -> None:
    url = embedded(folder).start().url()
    assert says_one(url)
    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.connect() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT 1")) == 1
    engine.dispose()
    with adbc_driver_postgresql.dbapi.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_the_last_release_leaves_no_process_and_no_socket_behind(
    root: Path, embedded: Callable[[Path], Embedded]
) -> None:
    server = embedded(root).start()
    folder = socket_folder_of(server)
    assert processes_in(server.data)
    assert server.release()
    assert not processes_in(server.data)
    assert not folder.exists()
    assert not server.release(), "a lease is given back only once"


def test_a_release_that_is_not_the_last_leaves_the_server(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    first, second = embedded(root).start(), embedded(root).start()
    assert not first.release()
    assert says_one(second.url())
    assert second.release()


def test_the_last_one_may_leave_the_server_running(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    first = embedded(root).start()
    pid = postmaster(first)
    assert first.release(stop=False)
    second = embedded(root).start()
    assert postmaster(second) == pid
    assert says_one(second.url())


def test_what_was_said_is_there_after_a_stop(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    server = embedded(root).start()
    remember(server.url(), "GOOD")
    server.release()
    assert remembered(embedded(root).start().url()) == ["GOOD"]


def test_a_commit_is_on_the_disk_and_the_clock_is_utc(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    with psycopg.connect(embedded(root).start().url()) as connection:
        said = {n: connection.execute(f"SHOW {n}").fetchone()[0] for n in ("fsync", "synchronous_commit", "TimeZone")}
        assert said == {"fsync": "on", "synchronous_commit": "on", "TimeZone": "UTC"}
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_letters_beyond_ascii_have_cases(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    with psycopg.connect(embedded(root).start().url()) as connection:
        assert connection.execute("SELECT lower('ÅNGSTRÖM')").fetchone() == ("ångström",)


def test_a_killed_holder_takes_its_lease_with_it_and_leaves_the_server(
    root: Path, embedded: Callable[[Path], Embedded], holder: Callable[..., Holder]
) -> None:
    killed = holder(root)
    assert says_one(killed.url())
    killed.kill()
    server = embedded(root).start()
    assert (root / "pg.log").read_text(encoding="utf-8").count("starting PostgreSQL") == 1
    assert server.release(), "nobody else is left"
    assert not processes_in(server.data)


def test_ctrl_c_in_the_terminal_of_the_starter_does_not_reach_the_server(
    root: Path, embedded: Callable[[Path], Embedded], holder: Callable[..., Holder]
) -> None:
    starter = holder(root)
    starter.url()
    server = embedded(root).start()
    os.killpg(starter.process.pid, signal.SIGINT)
    starter.process.communicate(timeout=30)
    assert says_one(server.url())


def test_four_processes_at_once_make_one_server(root: Path, holder: Callable[..., Holder]) -> None:
    shutil.rmtree(root / "pgdata")
    four = [holder(root) for _ in range(4)]
    assert len({one.url() for one in four}) == 1
    assert (root / "pg.log").read_text(encoding="utf-8").count("starting PostgreSQL") == 1
    assert [one.gives_back() for one in four] == [False, False, False, True]


def test_a_forked_process_gives_no_lease_back(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    embedded(root).start()
    script = HOLDER.replace("sys.stdin.readline()", "child = os.fork()").replace(
        "print(server.release(), flush=True)",
        "if child: os.wait()\nprint(server.release(), 'parent' if child else 'child', flush=True)",
    )
    environment = dict(os.environ) | {"PYTHONPATH": str(HERE)}
    said = subprocess.run(
        [sys.executable, "-c", script, str(root), "as it is"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines()[1:] == ["False child", "False parent"]


def test_a_database_is_made_once_however_many_ask(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    server = embedded(root).start()
    failures: list[Exception] = []

    def ask() -> None:
        try:
            ensure_database(server.url(), 'the "golden" one')
        except Exception as error:
            failures.append(error)
            raise

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert not failures
    assert says_one(server.url('the "golden" one'))


def test_a_database_cannot_be_made_where_no_server_is(folder: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="The database 'registry' cannot be made"):
        ensure_database(f"postgresql://postgres@/postgres?host={folder}", "registry")


def test_a_server_that_was_not_started_has_no_address(folder: Path) -> None:
    server = Embedded(folder)
    assert not server.is_answering()
    assert not server.release()
    with pytest.raises(DatabaseUnavailable, match="has not been started"):
        server.url()
