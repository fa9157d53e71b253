"""The open connections, so that one can be cut as a broken network cuts it."""

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol


class Lines:
    """The connections of one server by the address of the client."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        """The HTTP protocol for uvicorn that keeps these lines."""
        lines = self._open

        class ObservedProtocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                if self.client:
                    lines[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client:
                    lines.pop(self.client, None)
                super().connection_lost(exc)

        return ObservedProtocol

    async def hang_up(self, client: Any) -> None:
        """Close the connection of this client after what was already sent."""
        transport = self._open.get(tuple(client))
        if transport is not None:
            transport.close()
            await asyncio.sleep(0.01)


class CutResponse(Response):
    """An answer that promises its whole length and ends in the middle, with the connection."""

    def __init__(self, content: bytes, lines: Lines) -> None:
        super().__init__(content, media_type="application/json")
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await self._lines.hang_up(scope["client"])
