"""One line for each request: JSON on standard error, so that programs can read what happened. Never a token."""

import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.asked import settings_of_app
from backend.api.edge.request_ids import request_id
from backend.errors import RegistryError
from backend.identity.bearer import without_tokens
from backend.identity.identity import Identity

LOGGER = "registry.access"
_LONGEST = 500


class AccessLog:
    """Writes a line when an answer has been sent: who asked for what, and how it went; if ``RR_API_ACCESS_LOG``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._log = logging.getLogger(LOGGER)
        self._log.setLevel(logging.INFO)
        if not self._log.handlers:
            self._log.addHandler(_StandardError())
            self._log.propagate = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass, and tell of it."""
        if scope["type"] != "http" or not settings_of_app(scope["app"]).api_access_log:
            await self.app(scope, receive, send)
            return
        begun, sent = time.perf_counter(), {"status": 0, "bytes": 0}

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
            elif message["type"] == "http.response.body":
                sent["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            told = _line(scope) | sent | {"ms": round((time.perf_counter() - begun) * 1000, 1)}
            self._log.info(orjson.dumps(told).decode())


class _StandardError(logging.Handler):
    """Standard error as it is when a line is written."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{record.getMessage()}\n")


def _line(scope: Scope) -> dict[str, Any]:
    query = without_tokens(scope["query_string"].decode("latin-1"))
    return {
        "at": f"{datetime.now(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z",
        "request": request_id(scope),
        "method": scope["method"],
        "path": without_tokens(scope["path"])[:_LONGEST],
        **({"query": query[:_LONGEST]} if query else {}),
        "who": _who(scope),
        "from": (scope.get("client") or ("",))[0],
        "agent": Headers(scope=scope).get("user-agent", "")[:_LONGEST],
    }


def _who(scope: Scope) -> str | None:
    """The key of who asked; none if a token was not believed, or nobody looked at it."""
    identity: Identity | RegistryError | None = (scope.get("state") or {}).get("identity")
    return identity.key if isinstance(identity, Identity) else None
