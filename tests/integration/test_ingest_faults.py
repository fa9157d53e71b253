"""Whatever the simulated OMS does: nothing is lost, nothing is said twice, and a look without faults heals."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text

from backend.db import transaction
from backend.errors import NotFound, SourceNonsense, SourceUnavailable
from backend.ingest.looks import BEGINNING, Look, back_fill, look_by_last_update, refresh_run, sweep_by_run_number
from backend.ingest.oms import Oms, open_oms
from backend.ingest.runs import Outcome
from backend.ingest.transport import ATTEMPTS
from backend.record import Act, RunSaid, record
from backend.settings import Settings
from models.lumis import LumiSet, read_golden_json
from models.vocabulary import DCS_BITS, GOLDEN_2018_BITS, ActKind, Bit, Origin, RunState
from scripts.simulator.faults import Fault, FaultKind
from scripts.simulator.feed import Feed
from scripts.simulator.running import Simulator, feed_named, running_simulator
from scripts.simulator.seasons import DATA

RUNS = 6


@pytest.fixture(scope="module")
def season() -> Feed:
    return feed_named("2018")


@pytest.fixture
def cern(season: Feed) -> Iterator[Simulator]:
    """A simulated CERN with short runs of 2018, all of them over."""
    short = [run for run in season.runs if 20 <= run.count <= 120][:RUNS]
    with running_simulator(replace(season, runs=tuple(short))) as simulator:
        yield simulator


@pytest.fixture
def oms(cern: Simulator, request: pytest.FixtureRequest) -> Iterator[Oms]:
    """The client of that OMS; it makes no pauses, and where OMS is slow it has little patience."""
    case = getattr(request.node, "callspec", None)
    is_slow = case is not None and case.params.get("kind") is FaultKind.SLOW
    settings = Settings(
        oms_url=cern.oms_url,
        oms_token_url=cern.oms_token_url,
        oms_client_id="registry",
        oms_client_secret=SecretStr("s3cret"),
        oms_timeout_seconds=0.5 if is_slow else 20.0,
    )
    with open_oms(settings, sleep=lambda seconds: None) as opened:
        yield opened


class Worker:
    """Looks by ``last_update``, again and again, each from where the one before left off."""

    def __init__(self, engine: Engine, oms: Oms) -> None:
        self.engine, self.oms = engine, oms
        self.watermark, self.again = BEGINNING, list[int]()

    def look(self) -> Look:
        look = look_by_last_update(self.engine, self.oms, since=self.watermark, again=self.again)
        assert look.watermark is not None and look.watermark >= self.watermark
        self.watermark, self.again = look.watermark, look.again
        return look


@pytest.fixture
def worker(engine: Engine, oms: Oms) -> Worker:
    return Worker(engine, oms)


def numbers(cern: Simulator) -> list[int]:
    return [run.run_number for run in cern.holdings.runs()]


def look_counts(look: Look) -> dict[str, int]:
    return {outcome.value: len(runs) for outcome, runs in look.runs.items()}


# What must hold after a look without faults.

_IN_SIGHT = text("SELECT column_name, first, last, value FROM segment JOIN dataset d ON d.id = dataset_id "
                 "WHERE d.run_number = :run AND workspace = 'oms'")  # fmt: skip
_WORD = text("SELECT id, word FROM column_text")
_RUN = text("SELECT known, oms FROM run WHERE run_number = :run")
_REPEATED = {
    "lumisections": text("""
        SELECT count(*) FROM (
            SELECT value, lag(value) OVER w AS before, lag(l.id) OVER w AS earlier
            FROM lumisection_change l JOIN change_set s ON s.id = change_set,
                 unnest(columns) AS c, generate_series(first::int, last::int) AS n
            WHERE kind IN ('ingest', 'proposal')
            WINDOW w AS (PARTITION BY dataset_id, c, n ORDER BY l.id)) AS said
        WHERE earlier IS NOT NULL AND value IS NOT DISTINCT FROM before
    """),
    "luminosity": text("""
        SELECT count(*) FROM (
            SELECT pair, lag(pair) OVER (PARTITION BY run_number, n ORDER BY id) AS before
            FROM (SELECT l.id, run_number, first + place AS n, ROW(d, r)::text AS pair
                  FROM luminosity_change l JOIN change_set s ON s.id = change_set,
                       unnest(delivered, recorded) WITH ORDINALITY AS u(d, r, place)
                  WHERE kind IN ('ingest', 'proposal')) AS word) AS said
        WHERE pair = before
    """),
    "attributes": text("""
        SELECT count(*) FROM (
            SELECT value, lag(value) OVER (PARTITION BY run_number, key ORDER BY r.id) AS before
            FROM run_change r JOIN change_set s ON s.id = change_set, jsonb_each(said)
            WHERE kind IN ('ingest', 'proposal')) AS said
        WHERE value = before
    """),
}


def seen_of(engine: Engine, run_number: int) -> tuple[LumiSet, dict[str, object], dict[tuple[str, int], object]]:
    """What the registry shows of a run: known lumisections, attributes, and every value by name and lumisection."""
    with transaction(engine) as session:
        known, attributes = session.execute(_RUN, {"run": run_number}).one()
        words = {id_: word for id_, word in session.execute(_WORD)}
        seen: dict[tuple[str, int], object] = {}
        for name, first, last, value in session.execute(_IN_SIGHT, {"run": run_number}):
            shown = (
                value if name == "prescale_index" else words[value] if name == "prescale_name" else Bit(value).boolean
            )
            seen |= dict.fromkeys(((name, n) for n in range(first, last + 1)), shown)
    return LumiSet.flat(known), attributes, seen


def check(engine: Engine, cern: Simulator) -> None:
    """The registry shows all runs as OMS holds them, and nothing in its log repeats what was said."""
    for run in cern.holdings.runs():
        known, attributes, seen = seen_of(engine, run.run_number)
        rows = {int(str(row["lumisection_number"])): row for row in run.rows()}
        assert known == LumiSet.numbers(rows), run.run_number
        for name in ("last_update", "end_time", "hlt_key", "components", "hlt_physics_counter"):
            assert attributes[name] == run.attributes[name], (run.run_number, name)
        for n, row in rows.items():
            for name in (*DCS_BITS, "physics_flag", "prescale_index", "prescale_name"):
                assert seen.get((name, n)) == row.get(name), (run.run_number, n, name)
    check_nothing_is_said_twice(engine)


def check_nothing_is_said_twice(engine: Engine) -> None:
    with transaction(engine) as session:
        for what, query in _REPEATED.items():
            assert session.execute(query).scalar_one() == 0, f"{what} said twice"


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
PASSING = [kind for kind in FaultKind if kind not in {FaultKind.MISSING, FaultKind.NONSENSE}]


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


# What happens to runs in OMS.


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
