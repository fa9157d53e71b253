"""A number for every request, the caller's own if they gave one, in the answer and in every line that tells of it."""

import re
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-ID"
_SOUND = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class RequestIds:
    """Gives each request its id: ``scope["state"]["request_id"]``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass with its id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        id_ = given if _SOUND.fullmatch(given) else uuid.uuid4().hex
        scope["state"] = {**(scope.get("state") or {}), "request_id": id_}

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = id_
            await send(message)

        await self.app(scope, receive, with_id)


def request_id(scope: Scope) -> str:
    """The id of a request; empty outside of :class:`RequestIds`."""
    id_: str = (scope.get("state") or {}).get("request_id", "")
    return id_
