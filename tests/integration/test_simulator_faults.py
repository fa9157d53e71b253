"""What a simulated OMS does when it is told to fail, and that all is well afterwards."""

import json
import time
from collections.abc import Iterator

import httpx
import pytest

from scripts.simulator.feed import feed_of
from scripts.simulator.running import running_simulator
from scripts.simulator.season import build_season
from tests.simulated_oms import DCS, GOLDEN, RUN, Oms, a_small_season


@pytest.fixture
def oms() -> Iterator[Oms]:
    with a_small_season() as client:
        yield client


@pytest.mark.parametrize(("kind", "status"), [("error", 500), ("unavailable", 503), ("stale token", 401)])
def test_a_fault_answers_with_its_status_and_then_all_is_well(oms: Oms, kind: str, status: int) -> None:
    oms.simulator.fail(kind, times=2)
    assert [oms.get("runs").status_code for _ in range(3)] == [status, status, 200]


def test_a_slow_answer_comes_late(oms: Oms) -> None:
    oms.simulator.fail("slow", seconds=0.2)
    begun = time.monotonic()
    assert oms.get("runs").status_code == 200
    assert time.monotonic() - begun >= 0.2
    oms.simulator.fail("slow", seconds=30.0)
    with pytest.raises(httpx.ReadTimeout):
        oms.http.get(f"{oms.simulator.oms_url}/runs", timeout=0.1)


@pytest.mark.parametrize("kind", ["drop", "cut"])
def test_a_connection_that_breaks_is_an_error_of_the_network(oms: Oms, kind: str) -> None:
    oms.simulator.fail(kind)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        oms.get("runs")
    assert oms.get("runs").status_code == 200


def test_truncated_json_is_a_complete_answer_that_cannot_be_read(oms: Oms) -> None:
    oms.simulator.fail("truncated")
    answer = oms.get("runs")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_lumisections_missing_once_are_there_the_next_time(oms: Oms) -> None:
    whole = oms.numbers()
    oms.simulator.fail("missing lumisections", path="/lumisections")
    assert set(oms.numbers()) < set(whole)
    assert oms.numbers() == whole


def test_nonsense_puts_a_word_where_a_number_belongs(oms: Oms) -> None:
    oms.simulator.fail("nonsense", path="/lumisections")
    first = oms.get("lumisections", run_number=RUN).json()["data"][0]["attributes"]
    assert "n/a" in first.values()
    assert "n/a" not in oms.get("lumisections", run_number=RUN).json()["data"][0]["attributes"].values()


def test_faults_by_chance_are_the_same_every_time() -> None:
    def statuses() -> list[int]:
        with running_simulator(feed_of(build_season("small", DCS, GOLDEN)), require_token=False) as simulator:
            simulator.fail("error", probability=0.4, seed=3)
            with httpx.Client() as http:
                return [http.get(f"{simulator.oms_url}/runs").status_code for _ in range(25)]

    first = statuses()
    assert first == statuses()
    assert set(first) == {200, 500}
