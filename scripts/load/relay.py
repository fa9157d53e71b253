"""A TCP relay between a process and the database that can be cut, left silent, and be whole again.

>>> with Relay(database_url) as relay:                       # doctest: +SKIP
...     on = engine_for(relay.url)
...     relay.cut()        # connections are reset, new ones are refused: the machine is gone, and the network says so
...     relay.stall()      # nothing is heard any more, on old lines and new ones: a cable is pulled
...     relay.restore()
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine
from enum import Enum
from typing import Any, Self

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL

_CHUNK = 65_536


class State(Enum):
    """What the relay does with what it is sent."""

    FORWARDS = "forwards"
    CUT = "cut"
    SILENT = "silent"


class Relay:
    """A relay on a port of its own, in a thread of its own, to the server of a libpq URL (a host, or a socket folder).

    A line that was silent when the relay is restored is lost, as one is whose peer has given it up meanwhile.
    """

    def __init__(self, database_url: str) -> None:
        said = conninfo_to_dict(database_url)
        self._host, self._port = str(said["host"]), int(said.get("port") or 5432)
        self._database, self._user = str(said["dbname"]), str(said["user"])
        self._password = str(said["password"]) if said.get("password") else None
        self._state = State.FORWARDS
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay", daemon=True)
        self._lines: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._listens_at = 0
        self.carried = 0
        """How many connections it has carried."""

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        """The libpq URL of the database through this relay."""
        made = URL.create(
            "postgresql", self._user, self._password, host="127.0.0.1", port=self._listens_at, database=self._database
        )
        return made.render_as_string(hide_password=False)

    def cut(self) -> None:
        """Reset what is connected, and refuse what comes."""
        self._do(self._cut())

    def stall(self) -> None:
        """Take everything and pass nothing on; what connects is accepted, and hears nothing."""
        self._state = State.SILENT

    def restore(self) -> None:
        """Forward again; what was silent is reset."""
        was_silent = self._state is State.SILENT
        self._state = State.FORWARDS
        self._do(self._restore(drops=was_silent))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._listens_at)
        self._listens_at = self._server.sockets[0].getsockname()[1]

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _cut(self) -> None:
        self._state = State.CUT
        await self._stop_listening()
        self._drop_all()

    async def _restore(self, *, drops: bool) -> None:
        if drops:
            self._drop_all()
        if self._server is None:
            await self._listen()

    async def _end(self) -> None:
        await self._stop_listening()
        self._drop_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _drop_all(self) -> None:
        for line in tuple(self._lines):
            line.transport.abort()

    async def _carry(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._lines.add(to_client)
        to_server = None
        ways: tuple[asyncio.Task[None], ...] = ()
        try:
            while self._state is State.SILENT and not to_client.transport.is_closing():
                await asyncio.sleep(0.05)
            from_server, to_server = await self._connect()
            self._lines.add(to_server)
            self.carried += 1
            there, back = self._pump(from_client, to_server), self._pump(from_server, to_client)
            ways = asyncio.create_task(there), asyncio.create_task(back)
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for line in (to_client, to_server):
                if line is not None:
                    self._lines.discard(line)
                    line.close()
            self._tasks.discard(task)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes; what comes while nothing is passed on is lost with the line."""
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                while self._state is State.SILENT:
                    await asyncio.sleep(0.05)
                writer.write(data)
                await writer.drain()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._host.startswith("/"):
            return await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        reader, writer = await asyncio.open_connection(self._host, self._port)
        peer: socket.socket = writer.get_extra_info("socket")
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return reader, writer
