"""A database that is cut off, or falls silent without a word: nobody waits for ever, and all are told the truth."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, String, cast, func, select, text
from sqlmodel import Session

from backend import silence
from backend.db import bulk, engine_for, snapshot, transaction
from backend.errors import DatabaseUnavailable
from models.log import ChangeSet
from scripts.load.relay import Relay
from tests.factories import a_flag, a_run, columns, flag

PATIENCE_SECONDS = 25.0
_SLEEP = text("SELECT pg_sleep(:seconds)")
Reading = Callable[[Engine], object]


@pytest.fixture
def relay(database_url: str) -> Iterator[Relay]:
    with Relay(database_url) as made:
        yield made


@pytest.fixture
def on(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine through the relay, that asks early; one connection of it was used already."""
    monkeypatch.setattr(silence, "SECONDS_OF_SILENCE", 0.6)
    monkeypatch.setattr(silence, "SECONDS_TO_CONNECT", 2)
    made = engine_for(relay.url)
    read(made)
    yield made
    made.dispose()


def read(on: Engine) -> object:
    with transaction(on) as session:
        return session.execute(text("SELECT n FROM clock")).scalar_one()


def read_in_bulk(on: Engine) -> object:
    return bulk(on, select(ChangeSet))


def read_a_snapshot(on: Engine) -> object:
    with snapshot(on) as reader:
        return reader(select(ChangeSet))


READINGS = (read, read_in_bulk, read_a_snapshot)


def told(reading: Reading, on: Engine) -> tuple[str, float]:
    """The sentence with which it is refused, and after how many seconds."""
    begun = time.monotonic()
    with pytest.raises(DatabaseUnavailable) as refused:
        reading(on)
    return str(refused.value), time.monotonic() - begun


@pytest.mark.parametrize("happens", [Relay.cut, Relay.stall])
def test_who_reads_from_a_database_that_is_cut_off_or_silent_is_told_and_reads_again_when_it_is_back(
    on: Engine, relay: Relay, happens: Callable[[Relay], None]
) -> None:
    for reading in READINGS:
        reading(on)
    happens(relay)
    with ThreadPoolExecutor(len(READINGS)) as pool:
        for sentence, seconds in pool.map(lambda reading: told(reading, on), READINGS):
            assert sentence.startswith("The database does not answer")
            assert seconds < PATIENCE_SECONDS
    relay.restore()
    for reading in READINGS:
        reading(on)


@pytest.mark.parametrize("statement", ["long", "in bulk"])
def test_a_statement_that_takes_long_is_waited_for_as_long_as_the_server_works_on_it(
    on: Engine, statement: str
) -> None:
    if statement == "in bulk":
        assert bulk(on, select(cast(func.pg_sleep(2.0), String))).height == 1
        return
    with transaction(on) as session:
        session.execute(_SLEEP, {"seconds": 2.0})


def test_who_waits_for_a_lock_is_not_taken_for_cut_off(on: Engine, engine: Engine) -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as session:
            session.execute(text("SELECT * FROM clock FOR UPDATE"))
            waiting: Future[object] = pool.submit(_take_the_clock, on)
            time.sleep(2.0)
            assert not waiting.done()
        assert waiting.result(20) is True


def _take_the_clock(on: Engine) -> bool:
    with transaction(on) as session:
        session.execute(text("SELECT * FROM clock FOR UPDATE"))
    return True


def test_an_answer_that_is_lost_with_its_line_is_not_waited_for_though_the_database_is_there(
    on: Engine, relay: Relay, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line alone is silent, as when a firewall forgets it."""
    monkeypatch.setattr(silence, "_conninfo", lambda connection: database_url)
    relay.stall()
    sentence, seconds = told(read, on)
    assert sentence.startswith("The database does not answer")
    assert seconds < PATIENCE_SECONDS


def test_who_loses_the_database_while_an_act_is_written_down_is_told_where_to_look(
    on: Engine, relay: Relay, engine: Engine
) -> None:
    with transaction(engine) as session:
        pixel, *_ = columns(session)
        online = a_run(session)
    silent = pytest.raises(DatabaseUnavailable, match=r"while act 3 was being written down.*is in the Log")
    with silent, transaction(on) as session:
        flag(session, a_flag(online, pixel))
        relay.stall()
    relay.restore()
    with transaction(on) as session:
        again = flag(session, a_flag(online, pixel)).change_set
    assert again == acts(engine)


def test_who_loses_the_database_before_that_is_told_that_it_does_not_answer(
    on: Engine, relay: Relay, engine: Engine
) -> None:
    with transaction(engine) as session:
        pixel, *_ = columns(session)
        online = a_run(session)
    with pytest.raises(DatabaseUnavailable, match="does not answer"), transaction(on) as session:
        relay.cut()
        flag(session, a_flag(online, pixel))
    assert acts(engine) == 2


def acts(on: Engine) -> int:
    with transaction(on) as session:
        return _count(session)


def _count(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM change_set")).scalar_one())
