"""The registry as processes: each is killed and comes back by its name, the database with what it had promised."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backend.db import engine_for
from scripts.load.stack import Stack
from tests.lease_holders import an_open_folder
from tests.workers import rows, until

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with an_open_folder() as folder, Stack(folder, season="scenario", pace="max") as stack:
        stack.worker()
        stack.api()
        yield stack


def runs(stack: Stack) -> int:
    engine = engine_for(stack.url)
    try:
        return len(rows(engine, "SELECT run_number FROM run"))
    finally:
        engine.dispose()


def test_what_is_killed_is_gone_and_comes_back_at_the_same_address_with_a_log_of_its_own(stack: Stack) -> None:
    before = stack.address("api")
    stack.kill("api")
    assert not stack.is_alive("api") and not stack.is_up("api")
    assert stack.restart("api") < 60
    assert stack.is_up("api") and stack.address("api") == before
    assert {"api.log", "api.2.log"} <= {log.name for log in (stack.folder / "logs").iterdir()}
    assert stack.log("api").count("Application startup complete") == 2


def test_a_killed_database_comes_back_with_every_run_and_the_api_with_it(stack: Stack) -> None:
    until(lambda: runs(stack) == 30)
    stack.database.kill()
    assert not stack.database.is_answering()
    assert httpx.get(f"{stack.address('api')}/health").status_code == 503
    stack.database.start()
    assert runs(stack) == 30
    until(lambda: stack.is_up("api"))


def test_a_worker_asked_to_end_ends_in_order_and_memory_is_told_by_name(stack: Stack) -> None:
    assert all(stack.memory(name) > 10 * 2**20 for name in ("worker", "api", "database"))
    assert stack.terminate("worker") < 10
    assert stack.log("worker").strip().endswith("ends")
    stack.restart("worker")
    assert stack.is_alive("worker")


def test_a_silent_oms_answers_nobody_until_it_speaks_again(stack: Stack) -> None:
    asked = f"{stack.oms.announced['oms_url']}/runs/meta"
    stack.oms.silence()
    with pytest.raises(httpx.TransportError):
        httpx.get(asked)
    stack.oms.speak()
    assert httpx.get(asked).status_code == 401


def test_a_second_stack_may_stand_on_the_same_database(stack: Stack, tmp_path: Path) -> None:
    with Stack(tmp_path, database_url=stack.url, season=None) as second:
        address = second.api()
        assert httpx.get(f"{address}/health").json()["status"] in {"ok", "degraded"}
    assert stack.database.is_answering()
