"""Every connection of a process in use: who comes next is told so after a while, and the first that is free serves."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import Engine, text

from backend.db import _adbc_pool, bulk, engine_for, transaction
from backend.errors import DatabaseUnavailable
from backend.outage import ALL_IN_USE

ONE = text("SELECT 1 AS one")
BROKEN_OFF = text("""
    SELECT n, CASE WHEN n = 900000 THEN pg_terminate_backend(pg_backend_pid()) END AS ended
    FROM generate_series(1, 1000000) n
""")


@pytest.fixture
def impatient(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine whose pools tell whoever waits after a twentieth of a second."""
    monkeypatch.setattr("backend.db.SECONDS_FOR_A_CONNECTION", 0.05)
    made = engine_for(database_url, pool_size=1)
    yield made
    made.dispose()


def test_who_gets_no_connection_is_told_and_the_next_one_is_served(impatient: Engine) -> None:
    with ExitStack() as held:
        for _ in range(11):
            held.enter_context(impatient.connect())
        with pytest.raises(DatabaseUnavailable) as told, transaction(impatient) as session:
            session.execute(ONE)
        assert str(told.value) == ALL_IN_USE
    with transaction(impatient) as session:
        assert session.execute(ONE).scalar_one() == 1


def test_the_same_holds_of_bulk_reads(impatient: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = _adbc_pool(impatient.url.set(drivername="postgresql").render_as_string(hide_password=False), os.getpid())
    monkeypatch.setattr(pool, "_timeout", 0.05)
    held = [pool.connect() for _ in range(8)]
    with pytest.raises(DatabaseUnavailable) as told:
        bulk(impatient, ONE)
    assert str(told.value) == ALL_IN_USE
    for connection in held:
        connection.close()
    assert bulk(impatient, ONE).height == 1


def test_a_bulk_read_that_breaks_off_in_the_middle_is_told_and_the_next_one_is_served(engine: Engine) -> None:
    with pytest.raises(DatabaseUnavailable, match="The database does not answer: it closed the connection"):
        bulk(engine, BROKEN_OFF)
    assert bulk(engine, ONE).height == 1
