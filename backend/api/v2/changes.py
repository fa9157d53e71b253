"""What happened since: acts one after the other, waited for if there are none yet."""

import asyncio
import threading
import time
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Engine

from backend.api.asked import as_json, engine_of
from backend.api.v2.shapes import Changes
from backend.db import transaction
from backend.queries import latest_change
from backend.queries.changes import Change, changes_after

router = APIRouter(tags=["v2: changes"])

LONGEST_WAIT = 60.0
_PAUSE = 0.2
"""Seconds between two looks at the clock; however many wait, the process looks once."""


@router.get("/changes", response_model=Changes)
async def changes(
    request: Request,
    after: Annotated[int, Query(ge=0, le=2**62, description="the last act that one knows of; 0: from the beginning")],
    wait: Annotated[
        float, Query(ge=0, le=LONGEST_WAIT, description="for so many seconds, if there is none yet", examples=[30])
    ] = 0.0,
    limit: Annotated[int, Query(ge=1, le=1_000, description="at most so many acts")] = 100,
) -> Response:
    """The acts after one, in their order and without a gap, each with the runs, golden JSONs, cycles and pieces of
    configuration that it touched.

    Ask again after `last`: nothing is missed, since numbers are given in the order in which acts are committed.
    With `wait` the answer is held back until something happens, or the time is over; then there are no changes in it.
    """
    on = await to_thread.run_sync(engine_of, request)
    until = time.monotonic() + wait
    while wait and await to_thread.run_sync(_clock.latest, on) <= after:
        if time.monotonic() >= until or await request.is_disconnected():
            break
        await asyncio.sleep(min(_PAUSE, max(until - time.monotonic(), 0.001)))
    return await to_thread.run_sync(_answer, on, after, limit)


def _answer(on: Engine, after: int, limit: int) -> Response:
    with transaction(on) as session:
        found = changes_after(session, after, limit=limit)
    last = found.changes[-1].change_set if found.changes else after
    answer = as_json({"changes": [_told(change) for change in found.changes], "last": last, "latest": found.latest})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _told(change: Change) -> dict[str, Any]:
    return {
        "change_set": change.change_set,
        "at": change.at,
        "by": change.by,
        "why": change.why,
        "kind": change.kind.value,
        "undoes": change.undoes,
        "runs": change.runs,
        "golden_jsons": change.golden_jsons,
        "cycles": change.cycles,
        "configuration": change.configuration,
    }


class _Clock:
    """The latest act as all who wait in this process know it: looked up at most once in each pause."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, int]] = {}

    def latest(self, on: Engine) -> int:
        """The latest act, seen less than a pause ago."""
        with self._lock:
            seen_at, act = self._known.get(str(on.url), (float("-inf"), 0))
            if time.monotonic() - seen_at >= _PAUSE / 2:
                with transaction(on) as session:
                    act = latest_change(session).change_set
                self._known[str(on.url)] = (time.monotonic(), act)
            return act


_clock = _Clock()
