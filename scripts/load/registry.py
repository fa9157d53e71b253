"""A registry with years of history to put a load on: made once in a folder, and copied for each load."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import text

from backend.db import engine_for, upgrade
from backend.embedded import Embedded
from backend.embedded.databases import ensure_database
from backend.rebuild import rebuild
from scripts.benchmarks import history
from scripts.benchmarks.history import write_history

_LOADED = "loaded"
_ALONE = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
"""A database that somebody is connected to cannot be copied: whoever still is, has done its work."""


def loaded_registry(server: Embedded, runs: int, *, say: Callable[[str], None]) -> str:
    """The URL of a fresh copy of a registry with so many runs; the copy of the load before is dropped.

    Parameters
    ----------
    server
        A running one, which keeps the history.
    """
    kept = f"history_{runs}"
    if _comment(server, kept) != _made_by():
        _make(server, kept, runs, say=say)
    upgrade(server.url(kept))
    say("copying the registry")
    with psycopg.connect(server.url(), autocommit=True) as connection:
        loaded, of = sql.Identifier(_LOADED), sql.Identifier(kept)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(loaded))
        connection.execute(_ALONE, (kept,))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(loaded, of))
    return server.url(_LOADED)


def _make(server: Embedded, name: str, runs: int, *, say: Callable[[str], None]) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    ensure_database(server.url(), name)
    upgrade(server.url(name))
    on = engine_for(server.url(name))
    say(f"writing the history of {runs:,} runs")
    write_history(on, runs)
    say("folding it")
    rebuild(on)
    with on.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    on.dispose()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        comment = sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(_made_by()))
        connection.execute(comment)


def _comment(server: Embedded, name: str) -> str:
    """What is noted of a database when its history is complete."""
    with psycopg.connect(server.url()) as connection:
        asked = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        found = connection.execute(asked, (name,)).fetchone()
    return str(found[0]) if found else ""


def _made_by() -> str:
    """Which generator wrote it: another one writes another history."""
    return hashlib.sha256(Path(history.__file__).read_bytes()).hexdigest()[:16]
