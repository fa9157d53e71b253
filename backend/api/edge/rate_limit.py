"""How often one may ask: so many requests a second on average, for each person, token or address.

Whoever takes a new token for each request, as the official client does, is one person all the same.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.api.asked import settings_of
from backend.api.identity import OPEN_PATHS, rate_key

_MOST_KEPT = 10_000


class Buckets:
    """For each key how many requests it has left: ``burst`` at most, and ``per_second`` more each second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def seconds_until_next(self, key: str, *, per_second: float, burst: int) -> float:
        """Take one request of a key: 0 if it had one left, else how long until it has one. The least lately used of
        very many keys are forgotten, and begin anew."""
        now = self._clock()
        left, seen_at = self._left.pop(key, (float(burst), now))
        left = min(float(burst), left + (now - seen_at) * per_second)
        wait = 0.0 if left >= 1 else (1 - left) / per_second
        self._left[key] = (left - 1 if wait == 0 else left, now)
        if len(self._left) > _MOST_KEPT:
            self._left.popitem(last=False)
        return wait


class RateLimit:
    """Answers 429 to whoever asks too often; each process counts for itself."""

    def __init__(self, app: ASGIApp, buckets: Buckets | None = None) -> None:
        self.app = app
        self._buckets = buckets or Buckets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass if one is left."""
        if scope["type"] != "http" or _path(scope) in OPEN_PATHS:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        chosen = settings_of(request)
        shows_token = "authorization" in Headers(scope=scope)
        key = await run_in_threadpool(rate_key, request) if shows_token else rate_key(request)
        per_second, burst = chosen.api_requests_per_second, chosen.api_burst
        wait = self._buckets.seconds_until_next(key, per_second=per_second, burst=burst)
        if wait == 0:
            await self.app(scope, receive, send)
            return
        sentence = f"Too many requests: {per_second:g} a second on average are answered, {burst:,} at once."
        headers = {"Retry-After": str(math.ceil(wait))}
        await JSONResponse({"err": sentence}, status_code=429, headers=headers)(scope, receive, send)


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
