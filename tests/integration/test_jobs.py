"""Jobs: once per slot among all workers, contained when they fail, written down however they end."""

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import schedule
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from backend.db import engine_for, transaction
from backend.errors import InvalidSettings, SourceUnavailable
from backend.jobs.book import Entry, NotNow, beat, begin, last_kept
from backend.jobs.database_time import DatabaseTime
from backend.jobs.housekeeping import keeping_house
from backend.jobs.job import Ending, Interrupted, Job, Report, Tick, slot_of
from backend.jobs.log_lines import OneLine, secrets_of
from backend.jobs.running import Bench, run_job
from backend.jobs.worker import _keep_looking
from backend.settings import Settings
from tests.workers import ROOT, rows, until

SLOT = datetime(2018, 10, 24, 9, 41, 30, tzinfo=UTC)
EVERY = timedelta(seconds=30)
SILENCE = timedelta(seconds=30)


@pytest.fixture
def bench(engine: Engine) -> Bench:
    return Bench(engine, "here")


@pytest.fixture
def outage() -> Iterator[Engine]:
    """An engine on a database that is away."""
    away = engine_for("postgresql://nobody@127.0.0.1:1/nowhere")
    yield away
    away.dispose()


def a_job(work: Callable[[Tick], Report], name: str = "look") -> Job:
    return Job(name, "look", EVERY, work)


def looks(tick: Tick) -> Report:
    return Report("Looked.")


def raises(error: BaseException) -> Callable[[Tick], Report]:
    def work(tick: Tick) -> Report:
        raise error

    return work


def book(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, "SELECT job, worker, outcome, detail->>'sentence' FROM job_run ORDER BY id")


def silenced(engine: Engine, *, seconds: float = 60) -> None:
    query = """UPDATE job_run SET detail = detail || jsonb_build_object('heartbeat_at',
               clock_timestamp() - make_interval(secs => :seconds)) WHERE outcome = 'running'"""
    with engine.begin() as connection:
        connection.execute(text(query), {"seconds": seconds})


@given(
    moment=st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1)),
    seconds=st.integers(1, 100_000),
)
def test_every_moment_lies_in_one_slot_that_all_workers_agree_on(moment: datetime, seconds: int) -> None:
    every = timedelta(seconds=seconds)
    slot = slot_of(moment, every)
    assert slot <= moment < slot + every
    assert slot_of(slot, every) == slot


def test_a_job_cannot_run_more_often_than_once_a_second() -> None:
    with pytest.raises(InvalidSettings, match=r"The job look cannot run every 0\.5 s: at least 1"):
        Job("look", "look", timedelta(seconds=0.5), looks)


def test_a_tick_is_written_down_with_its_sentence(bench: Bench) -> None:
    run_job(bench, a_job(looks), slot=SLOT)
    assert book(bench.engine) == [("look", "here", "ok", "Looked.")]
    [(slot, started, ended)] = rows(bench.engine, "SELECT slot, started_at, ended_at FROM job_run")
    assert slot == SLOT
    assert started <= ended


def test_a_tick_is_logged_in_one_line_with_its_duration(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        run_job(bench, a_job(looks), slot=SLOT)
    [record] = caplog.records
    assert record.getMessage().startswith("look ok 0.")
    assert record.getMessage().endswith("s Looked.")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (SourceUnavailable("OMS did not answer."), "OMS did not answer."),
        (ZeroDivisionError("nothing can be divided\nby zero"), "ZeroDivisionError: nothing can be divided"),
        (KeyError(), "KeyError"),
    ],
)
def test_a_job_that_fails_is_contained_and_written_down_and_has_a_trace_where_it_has_no_sentence(
    bench: Bench, caplog: pytest.LogCaptureFixture, error: Exception, sentence: str
) -> None:
    report = run_job(bench, a_job(raises(error)), slot=SLOT)
    assert report == Report(sentence, ending=Ending.FAILED)
    assert book(bench.engine) == [("look", "here", "failed", sentence)]
    has_trace = any(record.exc_info for record in caplog.records)
    assert has_trace == (not isinstance(error, SourceUnavailable))


def test_a_slot_is_done_once(bench: Bench) -> None:
    run_job(bench, a_job(looks), slot=SLOT)
    assert run_job(bench, a_job(looks), slot=SLOT) is NotNow.TAKEN
    assert isinstance(run_job(bench, a_job(looks), slot=SLOT + EVERY), Report)


def test_a_slot_of_one_job_is_not_that_of_another(bench: Bench) -> None:
    run_job(bench, a_job(looks), slot=SLOT)
    assert isinstance(run_job(bench, a_job(looks, "sweep"), slot=SLOT), Report)


def test_a_job_does_not_begin_while_an_earlier_tick_of_it_is_alive(bench: Bench) -> None:
    begin(bench.engine, "look", slot=SLOT, worker="elsewhere", silence=SILENCE)
    assert run_job(bench, a_job(looks), slot=SLOT + EVERY) is NotNow.BUSY


def test_a_worker_that_fell_silent_is_taken_for_dead_and_the_job_goes_on_in_the_next_slot(bench: Bench) -> None:
    begin(bench.engine, "look", slot=SLOT, worker="elsewhere", silence=SILENCE)
    silenced(bench.engine)
    run_job(bench, a_job(looks), slot=SLOT + EVERY)
    assert book(bench.engine) == [
        ("look", "elsewhere", "abandoned", "The worker elsewhere fell silent."),
        ("look", "here", "ok", "Looked."),
    ]


def test_a_worker_that_lost_the_database_in_the_middle_begins_again_without_waiting_for_its_own_silence(
    bench: Bench,
) -> None:
    begin(bench.engine, "look", slot=SLOT, worker="here", silence=SILENCE)
    assert isinstance(run_job(bench, a_job(looks), slot=SLOT + EVERY), Report)
    assert book(bench.engine)[0] == ("look", "here", "abandoned", "The worker lost the database in the middle.")


def test_a_heartbeat_from_before_the_clock_was_put_back_is_no_life(bench: Bench) -> None:
    begin(bench.engine, "look", slot=SLOT, worker="elsewhere", silence=SILENCE)
    silenced(bench.engine, seconds=-3 * 3600)
    assert isinstance(run_job(bench, a_job(looks), slot=SLOT + EVERY), Report)


def test_a_slot_that_was_taken_before_the_clock_was_put_back_is_free(bench: Bench) -> None:
    ahead = slot_of(datetime.now(UTC), EVERY) + timedelta(hours=3)
    run_job(bench, a_job(lambda tick: Report("Kept.", {"watermark": "2026"})), slot=ahead)
    assert isinstance(run_job(bench, a_job(looks), slot=ahead), Report)
    assert last_kept(bench.engine, "look") == {"watermark": "2026"}
    assert rows(bench.engine, "SELECT count(*) FROM job_run WHERE slot > now() + interval '1 hour'") == [(1,)]


def test_the_loop_looks_on_after_the_clock_was_put_back() -> None:
    looked: list[int] = []
    timetable = schedule.Scheduler()
    timetable.every(1).seconds.do(lambda: looked.append(1))
    timetable.jobs[0].next_run = datetime.now() + timedelta(hours=3)
    _keep_looking(timetable)
    assert timetable.jobs[0].next_run - datetime.now() <= timedelta(seconds=1)


def test_the_time_of_a_worker_is_the_databases_and_goes_on_without_it(engine: Engine, outage: Engine) -> None:
    seconds = [0.0]
    clock = DatabaseTime(engine, stopwatch=lambda: seconds[0])
    begun = clock()
    assert abs(begun - rows(engine, "SELECT clock_timestamp()")[0][0]) < timedelta(seconds=5)
    seconds[0] = 7.0
    assert clock() == begun + timedelta(seconds=7)
    away = DatabaseTime(outage, stopwatch=lambda: seconds[0])
    begun = away()
    seconds[0] = 107.0
    assert away() == begun + timedelta(seconds=100)


def test_a_tick_that_takes_long_is_kept_alive_by_its_heartbeat(engine: Engine) -> None:
    silence = timedelta(seconds=1)

    def takes_long(tick: Tick) -> Report:
        time.sleep(2.5)
        assert begin(engine, "look", slot=SLOT + EVERY, worker="elsewhere", silence=silence) is NotNow.BUSY
        return Report("Took long.")

    report = run_job(Bench(engine, "here", silence), a_job(takes_long), slot=SLOT)
    assert report == Report("Took long.")


def test_a_tick_that_is_taken_for_dead_is_told_to_stop(engine: Engine) -> None:
    def is_told(tick: Tick) -> Report:
        with engine.begin() as connection:
            connection.execute(text("UPDATE job_run SET outcome = 'abandoned'"))
        until(tick.is_stopping)
        raise Interrupted

    report = run_job(Bench(engine, "here", timedelta(seconds=1)), a_job(is_told), slot=SLOT)
    assert isinstance(report, Report)
    assert report.ending is Ending.STOPPED


def test_an_entry_that_is_closed_is_not_believed_alive(engine: Engine) -> None:
    entry = begin(engine, "look", slot=SLOT, worker="here", silence=SILENCE)
    assert isinstance(entry, Entry)
    with transaction(engine) as session:
        assert beat(session, entry)
        session.execute(text("UPDATE job_run SET outcome = 'abandoned'"))
        assert not beat(session, entry)


def test_what_a_job_keeps_is_there_at_its_next_tick_whatever_fails_in_between(bench: Bench) -> None:
    seen = []

    def keeps(tick: Tick) -> Report:
        seen.append(tick.kept)
        return Report("Kept.", {"watermark": "2026"})

    run_job(bench, a_job(keeps), slot=SLOT)
    run_job(bench, a_job(raises(ValueError("no"))), slot=SLOT + EVERY)
    run_job(bench, a_job(keeps), slot=SLOT + 2 * EVERY)
    assert seen == [{}, {"watermark": "2026"}]


def test_housekeeping_forgets_what_is_long_over_but_not_what_a_job_keeps(bench: Bench) -> None:
    run_job(bench, a_job(lambda tick: Report("Kept.", {"watermark": "2026"})), slot=SLOT)
    run_job(bench, a_job(looks), slot=SLOT + EVERY)
    with bench.engine.begin() as connection:
        connection.execute(text("UPDATE job_run SET ended_at = ended_at - interval '30 days'"))
    report = keeping_house(silence=SILENCE, history=timedelta(days=14))(Tick(bench.engine))
    assert report.sentence == "Forgot 1 ticks and 0 tasks that ended more than 14 days ago."
    assert last_kept(bench.engine, "look") == {"watermark": "2026"}
    assert [sentence for *_, sentence in book(bench.engine)] == ["Kept."]


def command(url: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend.jobs", *arguments],
        cwd=ROOT,
        env={"DATABASE_URL": url, "PATH": "/usr/bin:/bin", **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_command_lists_jobs_and_tasks_without_a_database() -> None:
    listed = command("postgresql://127.0.0.1:1/none", "--list")
    assert listed.returncode == 0
    jobs, tasks = (
        ["oms", "oms-sweep", "dqm-gui", "housekeeping", "self-check"],
        ["backfill", "reclassify", "batch", "undo", "import", "golden"],
    )
    assert [line.split()[0] for line in listed.stdout.splitlines()] == jobs + tasks


def test_the_command_does_one_job_by_hand_on_a_registry_that_it_makes_ready(engine: Engine, database_url: str) -> None:
    by_hand = command(database_url, "--once", "housekeeping")
    assert (by_hand.returncode, by_hand.stdout) == (0, "Forgot 0 ticks and 0 tasks that ended more than 14 days ago.\n")
    assert rows(engine, "SELECT count(*) > 90 FROM lumisection_column") == [(True,)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--once", "coffee"], "There is no job 'coffee'; there is oms, oms-sweep, dqm-gui, housekeeping, self-check."),
        (["--backfill", "20", "10"], "the last run 10 lies before the first, 20"),
    ],
)
def test_the_command_refuses_what_cannot_be_in_a_sentence(
    database_url: str, arguments: list[str], sentence: str
) -> None:
    refused = command(database_url, *arguments)
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_command_says_that_there_is_no_database() -> None:
    refused = command("postgresql://127.0.0.1:1/none")
    assert refused.returncode == 2
    assert "The database does not answer" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_log_line_has_the_time_in_utc_and_no_secret() -> None:
    settings = Settings(DATABASE_URL="postgresql://rr:s%2Fecret@db/rr", oms_client_secret="hush-hush")
    record = logging.LogRecord("x", logging.INFO, "x", 1, "asked %s with %s", ("s/ecret s%2Fecret", "hush-hush"), None)
    record.created = SLOT.timestamp() + 0.12
    line = OneLine(secrets_of(settings)).format(record)
    assert line == "2018-10-24T09:41:30.120Z INFO asked *** *** with ***"
