"""A source that answers by a script, and a clock that moves only when somebody waits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from backend.ingest.transport import Transport

NOON = datetime(2018, 6, 1, 12, tzinfo=UTC)
FINE = httpx.Response(200, json={"data": []})
Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Time:
    """A clock that moves only when somebody sleeps, and remembers for how long."""

    def __init__(self) -> None:
        self.now = NOON
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def stopwatch(self) -> float:
        """Its seconds."""
        return self.now.timestamp()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


class Script:
    """A network on which a source gives these replies in order, the last one for ever."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        if callable(reply):
            return reply(request)
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)


def a_transport(script: Script, time: Time | None = None, **more: object) -> Transport:
    time = time or Time()
    network = httpx.MockTransport(script)
    stopwatch = time.stopwatch
    return Transport(
        "OMS", "http://oms/api/v1/", sleep=time.sleep, clock=time, stopwatch=stopwatch, network=network, **more
    )


def as_it_is(answer: object) -> object:
    return answer
