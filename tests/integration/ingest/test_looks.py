"""What happens to runs in OMS between two looks: the registry follows, by last update and by run number."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from backend.db import transaction
from backend.errors import NotFound, SourceNonsense, SourceUnavailable
from backend.ingest.looks import BEGINNING, back_fill, look_by_last_update, refresh_run, sweep_by_run_number
from backend.ingest.oms import Oms, open_oms
from backend.ingest.runs import Outcome
from backend.record import Act, RunSaid, record
from backend.settings import Settings
from models.lumi_formats import read_golden_json
from models.lumis import LumiSet
from models.vocabulary import GOLDEN_2018_BITS, ActKind, Origin, RunState
from scripts.simulator.faults import FaultKind
from scripts.simulator.feed import Feed
from scripts.simulator.running import Simulator, running_simulator
from scripts.simulator.seasons import DATA
from tests.looks import Worker, check, look_counts, numbers, seen_of

RUNS = 6


def test_a_running_run_is_followed_whatever_its_last_update_says(
    engine: Engine, cern: Simulator, worker: Worker
) -> None:
    run_number = numbers(cern)[1]
    cern.reopen(run_number, 5)
    worker.look()
    worker.watermark += timedelta(days=1)
    for _ in range(3):
        cern.grow(run_number, 2, silently=True)
        assert worker.look().runs[Outcome.CHANGED] == (run_number,)
    cern.finish(run_number)
    assert worker.look().runs[Outcome.CHANGED] == (run_number,)
    assert run_number not in worker.look().runs.get(Outcome.CHANGED, ())
    worker.watermark = max(run.last_update for run in cern.holdings.runs())
    worker.look()
    check(engine, cern)


def test_a_run_that_began_long_ago_and_never_ended_is_left_alone(
    engine: Engine, cern: Simulator, worker: Worker
) -> None:
    run_number = numbers(cern)[0]
    cern.change(run_number, silently=True, end_time=None, start_time="2017-01-01T00:00:00Z")
    worker.look()
    worker.look()
    asked = [run for runs in worker.look().runs.values() for run in runs]
    assert run_number not in asked


def test_after_days_without_the_registry_nothing_is_missing(
    engine: Engine, cern: Simulator, oms: Oms, worker: Worker
) -> None:
    first, *_, last = numbers(cern)
    late = cern.remove(first)
    worker.look()
    worker.watermark += timedelta(days=9)
    cern.put(late, silently=True)
    cern.grow(last, 4)
    cern.change(numbers(cern)[2], silently=True, hlt_key="/cdaq/changed/without/a/word")
    assert set(worker.look().runs) <= {Outcome.UNCHANGED}
    look = sweep_by_run_number(engine, oms)
    assert look_counts(look) == {"new": 1, "changed": 2}
    assert look_counts(sweep_by_run_number(engine, oms)) == {}
    check(engine, cern)


def test_a_look_that_was_killed_goes_on_where_it_was(engine: Engine, cern: Simulator, oms: Oms, worker: Worker) -> None:
    asked = iter([False] * 4 + [True])
    look = look_by_last_update(engine, oms, since=BEGINNING, is_stopping=lambda: next(asked))
    assert (look_counts(look), look.stopped_by) == ({"new": 4}, "It was asked to stop.")
    assert look_counts(worker.look()) == {"unchanged": 1, "new": RUNS - 4}
    check(engine, cern)


def test_runs_below_the_first_are_left_out(engine: Engine, cern: Simulator, oms: Oms) -> None:
    *_, first, _ = numbers(cern)
    assert look_counts(look_by_last_update(engine, oms, since=BEGINNING, first_run=first)) == {"new": 2}
    assert look_counts(sweep_by_run_number(engine, oms, first_run=first)) == {}
    assert look_counts(sweep_by_run_number(engine, oms)) == {"new": RUNS - 2}


def test_a_back_fill_takes_in_a_range_and_tells_how_far_it_is(engine: Engine, cern: Simulator, oms: Oms) -> None:
    _, first, *_, last, _ = numbers(cern)
    told: list[tuple[float, str]] = []
    look = back_fill(engine, oms, first=first, last=last, progress=lambda share, where: told.append((share, where)))
    assert look.runs[Outcome.NEW] == tuple(numbers(cern)[1:-1])
    assert told[0] == (0.0, f"run {first}") and told[-1] == (1.0, f"{RUNS - 2} runs")
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    cern.change_lumisections(first, 2, 3, silently=True, ho_ready=False)
    assert back_fill(engine, oms, first=first, last=last).runs[Outcome.CHANGED] == (first,)


def test_one_run_is_refreshed_or_it_is_said_why_not(engine: Engine, cern: Simulator, oms: Oms) -> None:
    run_number = numbers(cern)[0]
    assert refresh_run(engine, oms, run_number, by="S. Tanaka") is Outcome.NEW
    assert refresh_run(engine, oms, run_number) is Outcome.UNCHANGED
    with pytest.raises(NotFound, match="OMS has no run 7"):
        refresh_run(engine, oms, 7)
    cern.change_lumisections(run_number, 1, 1, bpix_ready="on")
    with pytest.raises(SourceNonsense, match="bpix_ready"):
        refresh_run(engine, oms, run_number)
    cern.fail(FaultKind.ERROR, probability=1.0)
    with pytest.raises(SourceUnavailable, match="500"):
        refresh_run(engine, oms, run_number)
    with transaction(engine) as session:
        assert "S. Tanaka" in session.execute(text('SELECT "by" FROM change_set')).scalars().all()


def move(engine: Engine, run_number: int, state: RunState) -> None:
    said = RunSaid(run_number, {"state": state.value}, Origin.PERSON)
    with transaction(engine) as session:
        record(session, Act(by="S. Tanaka", why="moved", kind=ActKind.MOVE_RUN, runs=(said,)))


def test_a_glitch_of_oms_leaves_no_proposal_behind(engine: Engine, cern: Simulator, worker: Worker) -> None:
    worker.look()
    for run_number in numbers(cern):
        move(engine, run_number, RunState.COMPLETED)
        cern.touch(run_number)
    cern.fail(FaultKind.MISSING, times=RUNS, path="/lumisections")
    worker.look()
    worker.look()
    with transaction(engine) as session:
        assert session.execute(text("SELECT count(*) FROM run WHERE proposed_by IS NOT NULL")).scalar_one() == 0
        assert session.execute(text("SELECT count(*) FROM change_set WHERE kind = 'proposal'")).scalar_one() > 0
    check(engine, cern)


def test_a_run_that_is_opened_again_is_found_by_the_next_look(engine: Engine, cern: Simulator, worker: Worker) -> None:
    worker.look()
    run_number = numbers(cern)[0]
    move(engine, run_number, RunState.SIGNOFF)
    cern.change_lumisections(run_number, 2, 3, ho_ready=False)
    assert worker.look().runs[Outcome.PROPOSED] == (run_number,)
    worker.watermark += timedelta(days=1)
    move(engine, run_number, RunState.OPEN)
    assert worker.look().runs[Outcome.CHANGED] == (run_number,)
    worker.look()
    check(engine, cern)


# The season contract.


def test_the_and_of_the_bits_is_the_published_dcs_only_file(engine: Engine, season: Feed) -> None:
    published = read_golden_json((DATA / "json_DCSONLY_2018.txt").read_text())
    chosen = [run for run in season.runs if run.run_number in published][::60]
    idle = [run for run in season.runs if run.run_number not in published][::40]
    with (
        running_simulator(replace(season, runs=(*chosen, *idle)), require_token=False) as cern,
        open_oms(Settings(oms_url=cern.oms_url)) as oms,
    ):
        look = look_by_last_update(engine, oms, since=BEGINNING)
        assert look_counts(look) == {"new": len(chosen) + len(idle)}
        check(engine, cern)
    good = {run.run_number: dcs_good(engine, run.run_number) for run in (*chosen, *idle)}
    assert {n: lumis for n, lumis in good.items() if lumis} == {
        run.run_number: published[run.run_number] for run in chosen
    }


def dcs_good(engine: Engine, run_number: int) -> LumiSet:
    """The known lumisections in which every bit that the golden rule reads is true."""
    known, _, seen = seen_of(engine, run_number)
    return LumiSet.numbers(n for n in known if all(seen.get((name, n)) for name in GOLDEN_2018_BITS))
