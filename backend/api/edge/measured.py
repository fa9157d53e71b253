"""How many requests there are and how long they take, by route and by how they end: counted for ``/metrics``."""

import time
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NOWHERE = "none"
"""The route of what is asked for where there is nothing, or that was refused before it got there."""


class Figures:
    """What this process counts since it began."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "registry_http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "registry_http_request_seconds",
            "How long requests took.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )


@cache
def figures() -> Figures:
    """The figures of this process."""
    return Figures()


class Measured:
    """Counts every request when it has been answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass, and count it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = _route(scope)
            figures().requests.labels(method, route, status).inc()
            figures().seconds.labels(method, route).observe(time.perf_counter() - begun)


def _route(scope: Scope) -> str:
    """The pattern of the path, so that there are as many routes as the API has, and no more.

    A route knows what stands in it below its router, segment by segment; what stands before has no variables.
    """
    below: str = getattr(scope.get("route"), "path", "")
    before = str(scope["path"]).removeprefix(scope.get("root_path", "")).split("/")[: -below.count("/")]
    return "/".join(before) + below if below else NOWHERE
