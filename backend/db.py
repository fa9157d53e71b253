"""The floor under everything that is kept: one engine, one transaction per act, bulk reads for frames."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, cast

import adbc_driver_manager as adbc
import adbc_driver_postgresql
import orjson
import polars as pl
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import ClauseElement, Engine, create_engine, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from backend.embedded import Embedded
from backend.errors import DatabaseUnavailable
from backend.outage import ALL_IN_USE, outage_sentence
from backend.settings import settings
from backend.silence import OF_CLIENT, OF_SERVER, HeardConnection, SilentLine, heard

ROOT = Path(__file__).resolve().parent.parent
_PLAIN: Any = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # it has no annotations
"""PostgreSQL as it is written where no driver fills in values: a per cent sign stands for itself."""

_OF_SESSION = "-c idle_in_transaction_session_timeout=60s -c timezone=UTC"

RECORDED = "recorded"
"""Under this a session's ``info`` has the number of the act that it is about to commit."""

_MAY_BE_DONE = (
    "The database fell silent while act {act} was being written down. Whether it was is in the Log: look there before "
    "you do it again."
)

SECONDS_FOR_A_CONNECTION = 5.0
"""Who gets none of a process's connections for so long is told so, instead of waiting without a word."""


@cache
def database_url() -> str:
    """The libpq URL of this process's database: ``DATABASE_URL``, else the embedded PostgreSQL, started if need be."""
    return settings().database_url or Embedded(settings().data_dir).start().url()


def engine_for(url: str, *, pool_size: int = 10) -> Engine:
    """An engine on the database at a libpq URL, through psycopg; silence is noticed, idle transactions are ended."""
    scheme, _, rest = url.partition("://")
    if not scheme.startswith(("postgresql", "postgres")):
        said = scheme if rest else "no URL"  # words without a scheme may be a password
        raise DatabaseUnavailable(f"The registry needs PostgreSQL; {said!r} is something else.")
    made = create_engine(
        f"postgresql+psycopg://{rest}",
        pool_size=pool_size,
        max_overflow=10,
        pool_timeout=SECONDS_FOR_A_CONNECTION,
        pool_pre_ping=True,
        json_deserializer=orjson.loads,
        connect_args={"options": f"{_OF_SESSION} {OF_SERVER}", **OF_CLIENT},
    )
    event.listen(made, "do_connect", _connect)
    return made


def _connect(_dialect: Any, _record: Any, args: list[Any], named: dict[str, Any]) -> HeardConnection:
    """A connection of which no call waits for ever."""
    return HeardConnection.connect(*args, **named)


@cache
def engine() -> Engine:
    """The engine of this process, on a database whose schema is checked to be this program's."""
    made = engine_for(database_url())
    check_schema(made)
    return made


@contextmanager
def transaction(on: Engine) -> Iterator[Session]:
    """One act: committed when the block ends, rolled back when it raises.

    Raises
    ------
    DatabaseUnavailable
        If PostgreSQL does not answer, cannot write, or every connection is in use. Where it fell silent while an act
        was being committed, nobody can know whether that was done, and the sentence says so.
    """
    session = Session(on, autoflush=False)
    act = None
    try:
        with session.begin():
            yield session
            act = session.info.get(RECORDED)
    except OperationalError as error:
        if act is not None:
            raise DatabaseUnavailable(_MAY_BE_DONE.format(act=act)) from error
        raise DatabaseUnavailable(outage_sentence(error.orig or error)) from error
    except NoneFree as error:
        raise DatabaseUnavailable(ALL_IN_USE) from error
    finally:
        session.close()


def alembic_config(url: str) -> Config:
    """Alembic's configuration for the database at a libpq URL."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Bring the schema of the database at a libpq URL to this program's."""
    command.upgrade(alembic_config(url), "head")


def check_schema(on: Engine) -> None:
    """See that the database's schema is this program's.

    Raises
    ------
    DatabaseUnavailable
        If the schema is older or newer, with what to do about it; or if the database does not answer.
    """
    script = ScriptDirectory.from_config(alembic_config(""))
    wanted = script.get_current_head()
    try:
        with on.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise DatabaseUnavailable(outage_sentence(error.orig or error)) from error
    if found == wanted:
        return
    known = {revision.revision for revision in script.walk_revisions()}
    if found is None or found in known:
        raise DatabaseUnavailable(
            f"The database has schema {found or 'none'}, this program needs {wanted}: run `alembic upgrade head`."
        )
    raise DatabaseUnavailable(
        f"The database has schema {found}, newer than this program's {wanted}: update the program."
    )


def bulk(on: Engine, statement: ClauseElement) -> pl.DataFrame:
    """A large result as a frame, read through ADBC: 5 million rows a second (database.md B.3).

    It reads outside any session's transaction; the statement's values are quoted by SQLAlchemy.

    Raises
    ------
    DatabaseUnavailable
        If PostgreSQL does not answer.
    """
    with _bulk_line(on) as line:
        return line.frame(statement)


Reader = Callable[[ClauseElement], pl.DataFrame]
"""What reads a large result as a frame."""


@contextmanager
def snapshot(on: Engine) -> Iterator[Reader]:
    """Several large results as frames, all of one moment: what others commit meanwhile is in none of them."""
    with _bulk_line(on) as line:
        line.do("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield line.frame


class _BulkLine:
    """An ADBC connection. ADBC waits without asking, so each call is made in a thread."""

    def __init__(self, on: Engine) -> None:
        self._url = on.url.set(drivername="postgresql").render_as_string(hide_password=False)
        pool = _adbc_pool(self._url, os.getpid())
        self.connection = heard(pool.connect, conninfo=self._url, late=lambda late: late.close())

    def do(self, statement: str) -> None:
        """Execute a statement that gives nothing."""
        self._heard(lambda: _asked(self._driver, statement))

    def frame(self, statement: ClauseElement) -> pl.DataFrame:
        """What a statement gives."""
        told = str(statement.compile(dialect=_PLAIN, compile_kwargs={"literal_binds": True}))
        return self._heard(lambda: _asked(self._driver, told))

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()

    @property
    def _driver(self) -> adbc.AdbcConnection:
        return cast("adbc.AdbcConnection", self.connection.dbapi_connection)

    def _heard(self, work: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        return heard(work, conninfo=self._url, late=lambda _: self.connection.invalidate())


def _asked(connection: adbc.AdbcConnection, statement: str) -> pl.DataFrame:
    """What a statement gives, straight from the driver into polars: pyarrow, which brings pandas, is not needed.

    What breaks off between two batches is the driver's error like any other, though polars tells of it.
    """
    with adbc.AdbcStatement(connection) as asking:
        asking.set_sql_query(statement)
        stream, _ = asking.execute_query()
        try:
            return pl.DataFrame(stream)
        except pl.exceptions.ComputeError as error:
            raise adbc.OperationalError(str(error), status_code=adbc.AdbcStatusCode.IO) from error


@contextmanager
def _bulk_line(on: Engine) -> Iterator[_BulkLine]:
    line = None
    try:
        line = _BulkLine(on)
        yield line
    except SilentLine as error:
        line = None  # the thread that was left has it
        raise DatabaseUnavailable(outage_sentence(error)) from error
    except adbc.OperationalError as error:
        if line is not None:
            line.connection.invalidate()
        raise DatabaseUnavailable(outage_sentence(error)) from error
    except NoneFree as error:
        raise DatabaseUnavailable(ALL_IN_USE) from error
    finally:
        if line is not None:
            line.close()


@cache
def _adbc_pool(url: str, pid: int) -> QueuePool:
    own = conninfo_to_dict(url).get("options") or ""
    source = adbc_driver_postgresql.connect(make_conninfo(url, **OF_CLIENT, options=f"{own} {OF_SERVER}".strip()))

    def line() -> Any:
        connection = adbc.AdbcConnection(source)
        connection.set_autocommit(False)
        return connection

    pool = QueuePool(line, pool_size=4, max_overflow=4, timeout=SECONDS_FOR_A_CONNECTION)
    event.listen(pool, "checkout", _ping)
    return pool


def _ping(connection: Any, *_: object) -> None:
    """Ask a connection before it is used, as :func:`engine_for` does; a dead one is replaced by the pool."""
    try:
        _asked(connection, "SELECT 1")
        connection.rollback()
    except adbc.Error as error:
        raise DisconnectionError from error
