"""A line to the database that fell silent, as when a cable is pulled: noticed within seconds, and told.

A statement may take minutes, and who waits for it hears nothing meanwhile, so that silence alone means nothing. Whoever
has waited for some seconds asks over a new line whether the server is there and still works on it: if so, one waits on;
if not, the line is given up. It does not matter who is silent, the network, a proxy or the server. What the kernel can
notice by itself (a machine that is gone) is asked of it besides, on both sides.
"""

import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NothingYet
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo

T = TypeVar("T")

SECONDS_OF_SILENCE = 5.0
"""After so long whoever waits asks over another line, and again each time."""
SECONDS_TO_CONNECT = 5
"""A new connection is there in so long, or the database is not."""
_SECONDS_TO_ANSWER = 3.0
_SECONDS_UNDER_WAY = 1.0
"""What the server has just answered may still be under way."""
_NEVER = float("inf")

OF_CLIENT = {
    "connect_timeout": SECONDS_TO_CONNECT,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""What libpq asks of the kernel here: a peer that acknowledges nothing is gone after 25 s at most."""
OF_SERVER = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=20000 "
    "-c client_connection_check_interval=5s"
)
"""The same of the server's side: what a client held that is gone, such as the clock, is free again."""

_IS_AT_WORK = """
    SELECT CASE WHEN pg_backend_pid() <> %(own)s THEN true
                ELSE EXISTS (SELECT FROM pg_stat_activity WHERE pid = %(pid)s AND state = 'active') END
"""
"""Behind a pooler the numbers that clients know are not the server's; that it answers is all that one can ask then."""


class SilentLine(psycopg.OperationalError):
    """The line was given up; the text says after how long."""


class HeardConnection(psycopg.Connection[Any]):
    """A connection of which no call waits for ever."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait as psycopg does, but ask now and then whether there is anything to wait for.

        Raises
        ------
        SilentLine
            If there is not; the connection is closed then, and what it was to do may have been done or not.
        """
        return super().wait(_attended(self, gen), interval, timeout)


def heard(work: Callable[[], T], *, conninfo: str, late: Callable[[T], object] = lambda done: None) -> T:
    """What work in a driver gives that waits without asking; it is done in a thread, so that one can leave it.

    Parameters
    ----------
    late
        What is done with the result if nobody waits for it any more.

    Raises
    ------
    SilentLine
        If the database does not answer over another line either. The thread ends when the kernel notices.
    """
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001  # it is raised again where one waits
            done.set_exception(error)

    threading.Thread(target=run, name="bulk read", daemon=True).start()
    while True:
        try:
            return done.result(SECONDS_OF_SILENCE)
        except NothingYet:
            if done.done():
                raise
            if not is_answering(conninfo):
                done.add_done_callback(lambda came: None if came.exception() else late(came.result()))
                raise SilentLine("it has fallen silent") from None


def is_answering(conninfo: str, *, at_work: int | None = None) -> bool:
    """Whether the server answers over a new line; and if a process is named, whether that works on something."""
    try:
        with _Asking.connect(conninfo, autocommit=True, connect_timeout=SECONDS_TO_CONNECT) as line:
            own = line.info.backend_pid
            row = line.execute(_IS_AT_WORK, {"own": own, "pid": own if at_work is None else at_work}).fetchone()
            return bool(row and row[0])
    except psycopg.Error:
        return False


class _Asking(psycopg.Connection[Any]):
    """A connection to ask with, which has to be answered soon."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        return super().wait(gen, interval, _SECONDS_TO_ANSWER)


def _attended(connection: HeardConnection, gen: Any) -> Generator[Any, Any, Any]:
    """The steps of psycopg's own generator; between two of them one asks, when nothing was heard for long."""
    begun = time.monotonic()
    ask_at, given_up_at = begun + SECONDS_OF_SILENCE, _NEVER
    ready = None
    while True:
        try:
            wanted = gen.send(ready)
        except StopIteration as over:
            return over.value
        ready = yield wanted
        now = time.monotonic()
        if ready:
            ask_at, given_up_at = now + SECONDS_OF_SILENCE, _NEVER
        elif now > given_up_at:
            connection.pgconn.finish()
            raise SilentLine(f"it has been silent for {now - begun:.0f} s")
        elif now > ask_at:
            is_heard = is_answering(_conninfo(connection), at_work=connection.info.backend_pid)
            now = time.monotonic()
            ask_at = now + SECONDS_OF_SILENCE if is_heard else _NEVER
            given_up_at = _NEVER if is_heard else now + _SECONDS_UNDER_WAY


def _conninfo(connection: HeardConnection) -> str:
    return make_conninfo(connection.info.dsn, password=connection.info.password or None)
