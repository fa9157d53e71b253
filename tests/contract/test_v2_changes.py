"""Whoever follows ``/v2/changes`` misses nothing, whatever is written at the same time, and need not ask in vain."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.configuration import ensure_ready
from backend.db import transaction
from backend.record import undo
from models.vocabulary import ActKind, Status
from tests.contract.conftest import served
from tests.factories import a_flag, a_run, columns, flag

WRITERS, ACTS = 6, 12


def test_a_mirror_that_follows_many_writers_has_every_act_once_and_in_order(engine: Engine) -> None:
    """The writers hold their transactions open after their number was given, each as long as it likes."""
    with transaction(engine) as session:
        ids = columns(session)
        runs = [a_run(session, 360000 + n) for n in range(WRITERS)]
        start = flag(session, a_flag(runs[0], ids[0])).change_set

    def write(writer: int) -> None:
        for n in range(ACTS):
            with transaction(engine) as session:
                flag(session, a_flag(runs[writer], ids[n % 3], Status(1 + n % 5)), by=f"writer {writer}")
                time.sleep(0.002 * ((writer + n) % 4))

    def follow(url: str) -> list[dict[str, Any]]:
        seen: list[dict[str, Any]] = []
        with httpx.Client(base_url=url, timeout=30) as client:
            while len(seen) < WRITERS * ACTS:
                after = seen[-1]["change_set"] if seen else start
                answer = client.get("/v2/changes", params={"after": after, "wait": 10, "limit": 5}).json()
                assert answer["last"] == (answer["changes"][-1]["change_set"] if answer["changes"] else after)
                seen += answer["changes"]
        return seen

    with served(engine) as url, ThreadPoolExecutor(WRITERS + 1) as pool:
        mirror = pool.submit(follow, url)
        for writing in [pool.submit(write, n) for n in range(WRITERS)]:
            writing.result()
        seen = mirror.result(timeout=60)
    assert [act["change_set"] for act in seen] == list(range(start + 1, start + 1 + WRITERS * ACTS))
    for act in seen:
        assert act["runs"] == [360000 + int(act["by"].removeprefix("writer "))]


def test_who_waits_is_answered_when_something_happens_and_not_before(engine: Engine) -> None:
    with transaction(engine) as session:
        pixel, *_ = columns(session)
        online = a_run(session)
    with served(engine) as url, ThreadPoolExecutor(1) as pool, httpx.Client(base_url=url, timeout=30) as client:
        last = client.get("/v2/changes", params={"after": 0}).json()["last"]
        waiting = pool.submit(client.get, "/v2/changes", params={"after": last, "wait": 20})
        time.sleep(0.5)
        assert not waiting.done()
        with transaction(engine) as session:
            act = flag(session, a_flag(online, pixel)).change_set
        answer = waiting.result(timeout=5).json()
        assert [change["change_set"] for change in answer["changes"]] == [act]
        begun = time.monotonic()
        answer = client.get("/v2/changes", params={"after": act, "wait": 0.5}).json()
        assert answer == {"changes": [], "last": act, "latest": act}
        assert 0.4 < time.monotonic() - begun < 5


def test_an_act_tells_what_it_touched_and_an_undo_what_it_takes_back(client: TestClient, engine: Engine) -> None:
    ensure_ready(engine)
    with transaction(engine) as session:
        pixel, *_ = columns(session)
        runs = [a_run(session, number) for number in (360459, 360460)]
        act = flag(session, *(a_flag(online, pixel) for online in runs)).change_set
    with transaction(engine) as session:
        taken_back = undo(session, act, by="S. Tanaka", why="a mistake").change_set
    told = {
        change["change_set"]: change
        for change in client.get("/v2/changes", params={"after": 0, "limit": 1_000}).json()["changes"]
    }
    assert told[act]["runs"] == told[taken_back]["runs"] == [360459, 360460]
    assert (told[taken_back]["kind"], told[taken_back]["undoes"]) == (ActKind.UNDO, act)
    assert any("workspace: " in piece for change in told.values() for piece in change["configuration"])
    assert client.get("/v2/changes", params={"after": taken_back}).json()["changes"] == []


@pytest.mark.parametrize(
    "asked", ["", "?after=-1", "?after=x", "?after=0&wait=61", "?after=0&wait=nan", "?after=0&limit=0"]
)
def test_what_cannot_be_waited_for_is_refused(client: TestClient, asked: str) -> None:
    answer = client.get(f"/v2/changes{asked}")
    assert (answer.status_code, list(answer.json())) == (400, ["err"])
