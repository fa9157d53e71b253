"""The databases of one server."""

import contextlib

import psycopg
from psycopg import errors, sql

from backend.errors import DatabaseUnavailable


def ensure_database(url: str, name: str) -> None:
    """Make the database ``name`` on the server at ``url`` if it is missing; several processes may try at once."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise DatabaseUnavailable(f"The database {name!r} cannot be made: {reason}.") from error
