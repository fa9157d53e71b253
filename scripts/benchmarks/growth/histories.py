"""Histories of so many runs, written and folded once; in a folder that is kept they are there the next time."""

import json
import time
from dataclasses import asdict, dataclass

from sqlalchemy import Engine, text

from backend.db import engine_for, upgrade
from backend.embedded import Embedded, ensure_database
from backend.rebuild import rebuild
from scripts.benchmarks.history import write_history

_SIZE = text("SELECT pg_database_size(current_database())")


@dataclass(frozen=True, slots=True)
class Made:
    """How a history was made: words in its log, seconds of writing and of the rebuild, size afterwards in MB."""

    words: int
    writing_s: float
    rebuild_s: float
    size_mb: float


@dataclass(frozen=True, slots=True)
class History:
    """A registry of so many runs."""

    runs: int
    url: str
    engine: Engine
    made: Made


def history_of(server: Embedded, runs: int) -> History:
    """The history of so many runs: that which is there, or one that is made now."""
    name, note = f"history_{runs}", server.root / f"history_{runs}.json"
    is_there = note.exists()
    if not is_there:
        _drop(server, name)
        ensure_database(server.url(), name)
    upgrade(server.url(name))
    on = engine_for(server.url(name))
    made = Made(**json.loads(note.read_text(encoding="utf-8"))) if is_there else _make(on, runs)
    note.write_text(json.dumps(asdict(made)), encoding="utf-8")
    return History(runs, server.url(name), on, made)


def _make(on: Engine, runs: int) -> Made:
    began = time.perf_counter()
    words = write_history(on, runs)
    written = time.perf_counter()
    rebuild(on)
    rebuilt = time.perf_counter()
    with on.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        size = connection.execute(_SIZE).scalar_one()
    return Made(words, written - began, rebuilt - written, size / 1e6)


def _drop(server: Embedded, name: str) -> None:
    """One that was begun and not finished."""
    on = engine_for(server.url())
    with on.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    on.dispose()
