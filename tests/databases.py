"""Databases of tests: copies of the migrated one, and one that a test after another gets, as it was each time.

A copy costs the server some 100 ms of a processor, to put one back costs 5 ms.
"""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import Connection, sql
from sqlalchemy import Engine
from sqlalchemy.engine.base import OptionEngine

from backend.db import engine_for, upgrade
from backend.embedded import Embedded

CARELESS = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
"""What a server does for data that outlives a crash or grows for weeks; here neither is asked of it."""

SHAPE = """
    SELECT (SELECT (count(*), max(oid::bigint)) FROM pg_class)::text, (SELECT count(*) FROM pg_attribute),
           (SELECT (count(*), max(oid::bigint)) FROM pg_proc)::text, (SELECT count(*) FROM pg_trigger),
           (SELECT count(*) FROM pg_constraint)
"""
FILLED = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
"""
LEFT_BEHIND = """
    SELECT pg_terminate_backend(a.pid, 5000) FROM pg_stat_activity a
    WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
      AND (a.state IS DISTINCT FROM 'idle' OR EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid))
"""
"""Ends whoever is still at work, or holds a lock: an ended test's."""

SEQUENCES_BACK = """
    SELECT setval(format('%%I', sequencename)::regclass, coalesce(first, start_value), first IS NOT NULL)
    FROM pg_sequences
    LEFT JOIN unnest(%s::text[], %s::bigint[]) AS known (name, first) ON name = sequencename
    WHERE last_value IS DISTINCT FROM first
"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
_counter = itertools.count()


def start_careless(server: Embedded) -> Embedded:
    """Start a server that is quick because nobody needs what it holds after a crash, with a migrated ``template``."""
    server.start()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for name in CARELESS:
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE template")
    upgrade(server.url("template"))
    return server


def a_copy(server: Embedded, *, name: str = "registry", of: str = "template") -> str:
    """The name of a new database that holds what ``of`` does, to which nobody may be connected."""
    made = f"{name}_{os.getpid()}_{next(_counter)}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        # with no fsync, copying files costs half of what copying through the log does
        connection.execute(f"CREATE DATABASE {made} TEMPLATE {of} STRATEGY file_copy")
    return made


def name_in(url: str) -> str:
    """The name of the database that a URL leads to."""
    return unquote(urlsplit(url).path.removeprefix("/"))


def drop(server: Embedded, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def a_database(server: Embedded, *, name: str = "registry", of: str = "template") -> Iterator[str]:
    """The URL of a copy, dropped afterwards."""
    made = a_copy(server, name=name, of=of)
    yield server.url(made)
    drop(server, made)


@contextmanager
def an_engine(server: Embedded, *, name: str) -> Iterator[Engine]:
    """An engine on a copy of the migrated database, dropped afterwards."""
    with a_database(server, name=name) as url:
        on = engine_for(url)
        yield on
        on.dispose()


class Reused:
    """A copy of a database that one test after another gets, each as it was made.

    Its rows and sequences are put back; where a test changed the schema, another copy is made.
    """

    def __init__(self, server: Embedded, *, of: str = "template") -> None:
        self._server, self._of = server, of
        self._make()

    def as_made(self) -> str:
        """Its URL, now that it is as it was made."""
        with self._connected() as connection:
            is_whole = connection.execute(SHAPE).fetchone() == self._shape
            if is_whole:
                self._put_back(connection)
        if not is_whole:
            self.drop()
            self._make()
        return self._server.url(self._name)

    def drop(self) -> None:
        """Take it away."""
        self._engine.dispose()
        drop(self._server, self._name)

    def engine(self) -> Engine:
        """An engine on it: another one each time, so that nothing is remembered, yet they share compiled statements."""
        return OptionEngine(self._engine, {})

    def _make(self) -> None:
        self._name = a_copy(self._server, name="test", of=self._of)
        self._engine = engine_for(self._server.url(self._name))
        with self._connected() as connection:
            self._shape = connection.execute(SHAPE).fetchone()
            self._rows = {table: copied_out(connection, table) for table in filled(connection)}
            self._sequences = dict(connection.execute(SEQUENCES).fetchall())

    def _put_back(self, connection: Connection) -> None:
        connection.execute(LEFT_BEHIND)
        tables = filled(connection)
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")  # triggers that refuse are not asked
            for table in {*tables, *self._rows}:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table, rows in self._rows.items():
                with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                    copy.write(rows)
            connection.execute(SEQUENCES_BACK, [list(self._sequences), list(self._sequences.values())])
        if tables:
            connection.execute(sql.SQL("VACUUM {}").format(sql.SQL(", ").join(map(sql.Identifier, tables))))

    def _connected(self) -> Connection:
        return psycopg.connect(self._server.url(self._name), autocommit=True)


def filled(connection: Connection) -> list[str]:
    """The tables that hold rows, or did."""
    return [name for (name,) in connection.execute(FILLED)]


def copied_out(connection: Connection, table: str) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(map(bytes, copy))
