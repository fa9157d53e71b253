"""Where the original is: its own database, or a dump of it that is restored beside the registry and dropped again."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection, IsolationLevel, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from backend.embedded.programs import find_programs, last_words
from backend.errors import DatabaseUnavailable, InvalidInput
from backend.legacy.tables import NEEDED

SCRATCH = "run_registry_legacy"
"""The beginning of the name of the database into which a dump is restored."""

_HARMLESS = (
    'role "',
    'schema "public" already exists',
    "must be owner of extension",
    "unrecognized configuration parameter",
)
"""What a restored dump may complain of: owners that are not here, what every database has, newer settings."""

_THERE = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND pg_table_is_visible(oid)"


@contextmanager
def original_at(url: str) -> Iterator[Connection[Any]]:
    """The original at a libpq URL, read as it is at one moment and never written to.

    Raises
    ------
    DatabaseUnavailable
        If it does not answer.
    InvalidInput
        If it holds no original Run Registry; names the tables that are missing.
    """
    try:
        connection = psycopg.connect(url, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(f"The original does not answer: {str(error).splitlines()[0]}") from error
    with connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        there = tables_of(connection)
        if missing := [name for name in NEEDED if name not in there]:
            raise InvalidInput(f"That is no database of the original: it has no table {', '.join(missing)}.")
        connection.execute("SET LOCAL timezone = 'UTC'")
        yield connection


def tables_of(connection: Connection[Any]) -> frozenset[str]:
    """The names of the tables that the original has."""
    return frozenset(name for (name,) in connection.execute(_THERE))


@contextmanager
def original_in(dump: Path, *, beside: str, programs: Path | None = None) -> Iterator[Connection[Any]]:
    """The original in a dump, plain SQL or pg_dump's own format, restored on the server of the URL ``beside``.

    The database it is restored into is dropped at the end, whatever happens.

    Raises
    ------
    InvalidInput
        If there is no such file, or it cannot be restored, or it holds no original.
    DatabaseUnavailable
        If the server does not answer, or its user may not make databases.
    """
    if not dump.is_file():
        raise InvalidInput(f"There is no file {dump}.")
    name = f"{SCRATCH}_{os.getpid()}"
    asked: dict[str, Any] = conninfo_to_dict(beside)
    _on_server(beside, sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        url = make_conninfo(**{**asked, "dbname": name})
        _restore(dump, url, programs)
        with original_at(url) as connection:
            yield connection
    finally:
        _on_server(beside, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _on_server(url: str, statement: sql.Composed) -> None:
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            connection.execute(statement)
    except psycopg.Error as error:
        raise DatabaseUnavailable(
            f"A database for the dump cannot be made or dropped: {str(error).splitlines()[0]}; restore the dump "
            "yourself and name it by --from."
        ) from error


def _restore(dump: Path, url: str, programs: Path | None) -> None:
    with dump.open("rb") as file:
        is_archive = file.read(5) == b"PGDMP"
    asked: dict[str, Any] = conninfo_to_dict(url)
    password = asked.pop("password", None)
    where = f"--dbname={make_conninfo(**asked)}"
    folder = find_programs(programs).folder
    command = (
        [folder / "pg_restore", where, "--no-password", "--no-owner", "--no-privileges", dump]
        if is_archive
        else [folder / "psql", where, "--no-password", "--no-psqlrc", "--quiet", "--file", dump]
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    done = subprocess.run(
        [str(word) for word in command],
        env=environment | ({"PGPASSWORD": password} if password else {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    errors = [line for line in done.stderr.splitlines() if "ERROR:" in line or "pg_restore: error:" in line]
    wrong = [line for line in errors if not any(words in line for words in _HARMLESS)]
    if wrong or (done.returncode != 0 and not errors):
        raise InvalidInput(f"{dump} cannot be restored: {wrong[0] if wrong else last_words(done.stderr)}")
