"""Whatever fault OMS has, nothing is lost, nothing is said twice, and the next look heals."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from backend.ingest.looks import BEGINNING, sweep_by_run_number
from backend.ingest.oms import Oms
from backend.ingest.runs import Outcome
from backend.ingest.transport import ATTEMPTS
from scripts.simulator.faults import Fault, FaultKind
from scripts.simulator.running import Simulator
from tests.looks import Worker, check, check_nothing_is_said_twice, look_counts, numbers

RUNS = 6


def test_a_season_comes_in_by_last_update(engine: Engine, cern: Simulator, worker: Worker) -> None:
    look = worker.look()
    assert look_counts(look) == {"new": RUNS}
    assert look.watermark == max(run.last_update for run in cern.holdings.runs())
    check(engine, cern)


def test_a_look_without_news_asks_little_and_says_nothing(engine: Engine, cern: Simulator, worker: Worker) -> None:
    worker.look()
    worker.look()
    before = sum(cern.site.requests.values())
    look = worker.look()
    assert set(look_counts(look)) <= {"unchanged"}
    assert sum(cern.site.requests.values()) - before <= 3
    check(engine, cern)


# Faults of an answer.

HOW = {FaultKind.SLOW: {"seconds": 0.8}}
OF_THE_PROVIDER = {FaultKind.WRONG_KEY, FaultKind.EXPIRED_TOKEN}
PASSING = [k for k in FaultKind if k not in {FaultKind.MISSING, FaultKind.NONSENSE} | OF_THE_PROVIDER]


@pytest.mark.parametrize("kind", PASSING)
def test_a_fault_that_passes_is_not_even_seen(engine: Engine, cern: Simulator, worker: Worker, kind: FaultKind) -> None:
    cern.fail(kind, times=2 if kind is not FaultKind.STALE_TOKEN else 1, path="/agg/", **HOW.get(kind, {}))
    assert look_counts(worker.look()) == {"new": RUNS}
    check(engine, cern)


@pytest.mark.parametrize("kind", [k for k in PASSING if k is not FaultKind.SLOW])
def test_an_oms_that_fails_in_the_middle_stops_the_look_and_the_next_goes_on(
    engine: Engine, cern: Simulator, worker: Worker, kind: FaultKind
) -> None:
    fault = cern.fail(kind, probability=1.0, path="/agg/")
    assert worker.look().stopped_by is not None
    assert worker.watermark == BEGINNING
    cern.faults.clear()
    fault = cern.fail(kind, probability=0.5, path="/lumisections", seed=3)
    for _ in range(4):
        worker.look()
    assert fault.struck
    check_nothing_is_said_twice(engine)
    cern.faults.clear()
    look = worker.look()
    assert look.stopped_by is None
    check(engine, cern)


def seed_of(pattern: str, *, probability: float = 0.5) -> int:
    """The seed of a fault that spares (``.``) and strikes (``x``) the first answers in this pattern."""
    for seed in range(100_000):
        fault = Fault(FaultKind.ERROR, times=None, probability=probability, seed=seed)
        if all(fault.strikes("") is (struck == "x") for struck in pattern):
            return seed
    raise ValueError(f"No fault strikes like {pattern}.")


def test_the_watermark_stays_behind_the_first_run_that_is_not_processed(
    engine: Engine, cern: Simulator, worker: Worker
) -> None:
    runs = sorted(cern.holdings.runs(), key=lambda run: run.last_update)
    fields_and_three_runs = "...."
    seed = seed_of(fields_and_three_runs + "x" * ATTEMPTS)
    cern.fail(FaultKind.ERROR, probability=0.5, seed=seed, path="/lumisections")
    look = worker.look()
    assert look_counts(look) == {"new": 3}
    assert look.stopped_by is not None and "500" in look.stopped_by
    assert worker.watermark == runs[2].last_update
    cern.faults.clear()
    assert look_counts(worker.look())["new"] == RUNS - 3
    check(engine, cern)


def test_a_run_that_cannot_be_believed_is_named_and_stops_no_other(
    engine: Engine, cern: Simulator, worker: Worker
) -> None:
    bad = cern.change_lumisections(numbers(cern)[2], 3, 3, bpix_ready="on").run_number
    look = worker.look()
    assert bad in look.failures and "bpix_ready of lumisection 3" in look.failures[bad]
    assert look_counts(look) == {"new": RUNS - 1}
    assert bad in worker.look().failures
    cern.change_lumisections(bad, 3, 3, silently=True, bpix_ready=False)
    look = worker.look()
    assert (look.failures, worker.again) == ({}, [])
    check(engine, cern)


def test_what_is_to_be_asked_again_is_not_forgotten_while_oms_is_silent(
    engine: Engine, cern: Simulator, worker: Worker
) -> None:
    bad = cern.change_lumisections(numbers(cern)[0], 3, 3, bpix_ready="on").run_number
    worker.look()
    cern.change_lumisections(bad, 3, 3, silently=True, bpix_ready=False)
    worker.watermark += timedelta(days=1)
    cern.fail(FaultKind.ERROR, probability=1.0)
    assert worker.look().stopped_by is not None
    assert worker.again == [bad]
    cern.faults.clear()
    assert worker.look().runs[Outcome.NEW] == (bad,)
    check(engine, cern)


def test_a_run_that_the_listing_cannot_name_holds_the_watermark_back(
    engine: Engine, cern: Simulator, worker: Worker
) -> None:
    bad = cern.change(numbers(cern)[2], silently=True, b_field="on")
    look = worker.look()
    assert look_counts(look) == {"new": RUNS - 1}
    assert len(look.doubts) == 1 and f"b_field of run {bad.run_number}" in look.doubts[0]
    assert worker.watermark < bad.last_update
    before = cern.site.requests["/agg/api/v1/lumisections"]
    worker.look()
    assert cern.site.requests["/agg/api/v1/lumisections"] - before <= 2, "what is taken in is not asked for again"
    cern.change(bad.run_number, silently=True, b_field=3.8)
    assert worker.look().doubts == ()
    assert worker.watermark == max(run.last_update for run in cern.holdings.runs())
    check(engine, cern)


@pytest.mark.parametrize("seed", range(3))
def test_lumisections_missing_from_one_answer_are_asked_for_once_more(
    engine: Engine, cern: Simulator, worker: Worker, seed: int
) -> None:
    cern.fail(FaultKind.MISSING, times=2, path="/lumisections", seed=seed)
    worker.look()
    worker.look()
    assert worker.again == []
    check(engine, cern)


def test_a_run_missing_from_a_listing_is_found_by_the_sweep(
    engine: Engine, cern: Simulator, oms: Oms, worker: Worker
) -> None:
    cern.fail(FaultKind.MISSING, times=1, path="/api/v1/runs")
    assert look_counts(worker.look()) == {"new": RUNS - 1}
    assert look_counts(sweep_by_run_number(engine, oms)) == {"new": 1}
    check(engine, cern)


@pytest.mark.parametrize("kind", list(FaultKind))
def test_while_a_run_lives_through_everything_under_faults_nothing_is_lost(
    engine: Engine, cern: Simulator, oms: Oms, worker: Worker, kind: FaultKind
) -> None:
    a, b, *_ = numbers(cern)
    worker.look()
    lives: list[Callable[[], object]] = [
        lambda: cern.reopen(a, 5),
        lambda: cern.grow(a, 6),
        lambda: cern.change_lumisections(a, 2, 4, bpix_ready=False, prescale_index=None),
        lambda: cern.drop_lumisections(b, 3, 5),
        lambda: cern.grow(a, 1),
        lambda: cern.shrink(b, 12),
        lambda: cern.finish(a),
        lambda: cern.change(b, hlt_key="/cdaq/another", components=["DT"]),
        lambda: cern.grow(b, 3),
    ]
    for at, live in enumerate(lives):
        live()
        how = HOW.get(kind, {})
        cern.fail(kind, times=1 + at % 3, path="/agg/", seed=at, **how)
        worker.look()
        check_nothing_is_said_twice(engine)
    cern.faults.clear()
    worker.look()
    sweep_by_run_number(engine, oms)
    check(engine, cern)
