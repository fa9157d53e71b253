"""What every answer tells a browser, and who may open a socket: against pages elsewhere that would use this one.

Pure ASGI, around the pages (whose policy is in ``dashboard/page_policy.py``) and around the API; docs/security.md says
against what each header stands.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANSWERS: Mapping[str, str] = {"default-src": "'none'", "frame-ancestors": "'none'"}
"""What an answer of the API may do in a browser: nothing."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_TLS_ONLY = "max-age=31536000"
_FOREIGN = 4403
"""The code with which a socket is closed that a page elsewhere opened."""


class Guard:
    """Puts the security headers on every answer, those that the app set itself left as they are; and refuses sockets
    that a page of another origin opens, as these carry the cookies of whoever looks at that page."""

    def __init__(self, app: ASGIApp, *, policy: Mapping[str, str]) -> None:
        self.app = app
        said = "; ".join(f"{directive} {sources}" for directive, sources in policy.items())
        self._headers = _encoded({"Content-Security-Policy": said, **_ALWAYS})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass with its headers."""
        if scope["type"] == "websocket" and _is_foreign(scope):
            await receive()
            await send({"type": "websocket.close", "code": _FOREIGN, "reason": "a page elsewhere"})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = self._headers + (_encoded({"Strict-Transport-Security": _TLS_ONLY}) if is_tls(scope) else [])

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                known = {name.lower() for name, _ in given}
                message = {**message, "headers": given + [pair for pair in headers if pair[0] not in known]}
            await send(message)

        await self.app(scope, receive, with_headers)


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), None)


def is_tls(scope: Scope) -> bool:
    """Whether the browser speaks TLS, to this server or to the proxy in front of it; who forges it harms themselves."""
    return scope["scheme"] == "https" or _header(scope, b"x-forwarded-proto") == "https"


def _is_foreign(scope: Scope) -> bool:
    """Whether a page of another origin asks; a program that is no browser names none."""
    origin = _header(scope, b"origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc != _header(scope, b"host")
    except ValueError:
        return True
