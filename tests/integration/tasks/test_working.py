"""Tasks: asked for by a page, done by one worker at a time, with progress; nothing is lost and nothing done twice."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import Engine, text

from backend.access import Action
from backend.db import transaction
from backend.errors import InvalidInput
from backend.jobs.housekeeping import keeping_house
from backend.jobs.job import Ending, Report, Tick
from backend.jobs.running import Bench
from backend.jobs.task import Errand, Hand, TaskState
from backend.jobs.task_rows import TRIES, claim, end_task, give_back, is_alive, keep_progress
from backend.jobs.task_work import hand_back, work_on_one
from backend.jobs.tasks import ask
from backend.settings import Settings
from tests.asked_tasks import SILENCE, ask_for_runs, silenced, states, take_up
from tests.worker_program import KINDS
from tests.workers import rows, until, workers

SETTINGS = Settings()


def test_a_task_that_is_asked_for_is_done(bench: Bench, tmp_path: Path) -> None:
    ask_for_runs(bench.engine, tmp_path)
    report = work_on_one(bench, KINDS, settings=SETTINGS)
    assert report == Report("3 runs are there.")
    assert states(bench.engine) == [("done", 1.0, "3 runs are there.")]
    assert rows(bench.engine, "SELECT count(*) FROM run") == [(3,)]


def test_what_a_task_did_is_written_in_the_book_of_jobs(bench: Bench, tmp_path: Path) -> None:
    task = ask_for_runs(bench.engine, tmp_path)
    work_on_one(bench, KINDS, settings=SETTINGS)
    book = rows(bench.engine, "SELECT job, outcome, detail FROM job_run")
    assert book == [("task count runs", "ok", {"task": task, "sentence": "3 runs are there."})]


def test_nothing_is_done_when_nothing_is_asked_for(bench: Bench) -> None:
    assert work_on_one(bench, KINDS, settings=SETTINGS) is None


def test_tasks_are_taken_up_in_the_order_in_which_they_were_asked_for(engine: Engine, tmp_path: Path) -> None:
    asked = [ask_for_runs(engine, tmp_path) for _ in range(3)]
    assert [take_up(engine, "here").id for _ in asked] == asked  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("kind", "arguments", "sentence"),
    [
        ("coffee", {}, "There is no kind of task 'coffee'; there is backfill"),
        ("backfill", {"first": 20, "last": 10}, "the last run 10 lies before the first, 20"),
        ("backfill", {"first": 0, "last": 10}, "The task backfill cannot be so: first: Input should be greater"),
        ("backfill", {"first": 1, "last": 10, "fast": True}, "fast: Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_asked_for(
    engine: Engine, kind: str, arguments: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence), transaction(engine) as session:
        ask(session, kind, arguments, by="J. Novak")
    assert states(engine) == []


def test_a_task_that_fails_says_why_and_the_next_one_is_done(bench: Bench, tmp_path: Path) -> None:
    with transaction(bench.engine) as session:
        ask(session, "fail", {}, by="J. Novak", kinds=KINDS)
    ask_for_runs(bench.engine, tmp_path)
    work_on_one(bench, KINDS, settings=SETTINGS)
    work_on_one(bench, KINDS, settings=SETTINGS)
    sentence = "ZeroDivisionError: nothing can be divided"
    assert states(bench.engine) == [("failed", 0.0, sentence), ("done", 1.0, "3 runs are there.")]


def test_a_kind_that_this_program_does_not_know_is_left_to_a_newer_one(bench: Bench, tmp_path: Path) -> None:
    ask_for_runs(bench.engine, tmp_path)
    assert work_on_one(bench, {"fail": KINDS["fail"]}, settings=SETTINGS) is None
    assert states(bench.engine)[0][0] == "waiting"


def test_two_workers_at_the_same_moment_take_up_different_tasks(engine: Engine, tmp_path: Path) -> None:
    first, second = ask_for_runs(engine, tmp_path), ask_for_runs(engine, tmp_path)
    with transaction(engine) as one, transaction(engine) as other:
        mine = claim(one, list(KINDS), worker="one", silence=SILENCE)
        theirs = claim(other, list(KINDS), worker="other", silence=SILENCE)
        assert mine is not None
        assert theirs is not None
        assert (mine.id, theirs.id) == (first, second)


def test_a_task_of_a_worker_that_is_alive_is_nobody_elses(engine: Engine, tmp_path: Path) -> None:
    ask_for_runs(engine, tmp_path)
    assert take_up(engine, "one") is not None
    assert take_up(engine, "other") is None


def test_a_worker_that_was_only_asleep_finds_its_task_taken_and_leaves_it_alone(engine: Engine, tmp_path: Path) -> None:
    ask_for_runs(engine, tmp_path)
    asleep = take_up(engine, "asleep")
    silenced(engine)
    awake = take_up(engine, "awake")
    assert asleep is not None
    assert awake is not None
    with transaction(engine) as session:
        assert not is_alive(session, asleep)
        assert not keep_progress(session, asleep, progress=0.9, message="late")
        assert not end_task(session, asleep, state=TaskState.DONE, message="late")
        assert give_back(session, "asleep") == 0
        assert is_alive(session, awake)
    assert states(engine) == [("running", 0.0, "")]


def test_a_task_over_which_workers_keep_falling_silent_is_given_up(engine: Engine, tmp_path: Path) -> None:
    ask_for_runs(engine, tmp_path)
    for number in range(TRIES):
        assert take_up(engine, f"worker {number}") is not None
        silenced(engine)
    assert take_up(engine, "one more") is None
    assert states(engine) == [("failed", 0.0, "Given up after 3 tries that came to no end.")]


def test_a_task_that_is_handed_back_is_never_given_up(engine: Engine, tmp_path: Path) -> None:
    ask_for_runs(engine, tmp_path)
    for number in range(TRIES + 1):
        bench = Bench(engine, f"worker {number}")
        assert take_up(engine, bench.worker) is not None
        hand_back(bench)
    assert states(engine)[0][0] == "waiting"


def test_progress_is_in_sight_while_the_task_runs(bench: Bench, tmp_path: Path, held: Callable[[int], Path]) -> None:
    gate = held(1)
    ask_for_runs(bench.engine, tmp_path, runs=4)
    doing = threading.Thread(target=work_on_one, args=(bench, KINDS), kwargs={"settings": SETTINGS})
    doing.start()
    until((tmp_path / "run-1").exists)
    assert states(bench.engine) == [("running", 0.25, "run 1")]
    gate.unlink()
    doing.join()


class Hurries(Errand):
    """Tells its progress a thousand times."""

    kind: ClassVar[str] = "hurries"
    meaning: ClassVar[str] = "hurry"
    action: ClassVar[Action] = Action.TASK_BACKFILL

    def work(self, hand: Hand) -> str:
        for step in range(1000):
            hand.progress(step / 1000, f"step {step}")
        return "Hurried."


def test_progress_however_often_told_is_kept_now_and_then(bench: Bench) -> None:
    with transaction(bench.engine) as session:
        ask(session, "hurries", {}, by="J. Novak", kinds={"hurries": Hurries})
    began = time.monotonic()
    work_on_one(bench, {"hurries": Hurries}, settings=SETTINGS)
    assert time.monotonic() - began < 2
    assert states(bench.engine) == [("done", 1.0, "Hurried.")]


def test_a_task_that_loses_the_database_is_taken_up_again(engine: Engine, tmp_path: Path) -> None:
    class Loses(KINDS["count runs"]):  # type: ignore[misc]
        def work(self, hand: Hand) -> str:
            with transaction(hand.engine) as session:
                session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
            return "never"

    ask_for_runs(engine, tmp_path)
    report = work_on_one(Bench(engine, "here"), {"count runs": Loses}, settings=SETTINGS)
    assert report is not None
    assert report.ending is Ending.ABANDONED
    assert states(engine)[0][0] == "waiting"


def test_housekeeping_forgets_tasks_that_ended_long_ago(bench: Bench, tmp_path: Path) -> None:
    ask_for_runs(bench.engine, tmp_path)
    work_on_one(bench, KINDS, settings=SETTINGS)
    ask_for_runs(bench.engine, tmp_path)
    with bench.engine.begin() as connection:
        connection.execute(text("UPDATE task SET ended_at = ended_at - interval '30 days'"))
    keeping_house(silence=SILENCE, history=timedelta(days=14))(Tick(bench.engine))
    assert [state for state, *_ in states(bench.engine)] == ["waiting"]


def test_a_worker_that_is_killed_in_the_middle_is_followed_by_another_and_nothing_is_said_twice(
    engine: Engine, database_url: str, tmp_path: Path, held: Callable[[int], Path]
) -> None:
    gate = held(3)
    ask_for_runs(engine, tmp_path, runs=5)
    with workers(database_url, tmp_path, silence=2) as [first]:
        until((tmp_path / "run-3").exists)
        first.kill()
        first.wait()
        gate.unlink()
        with workers(database_url, tmp_path, silence=2):
            until(lambda: states(engine)[0][0] == "done")
    assert rows(engine, "SELECT count(*) FROM run") == [(5,)]
    assert rows(engine, "SELECT count(*) FROM change_set") == [(5,)]
    book = rows(engine, "SELECT outcome FROM job_run WHERE job = 'task count runs' ORDER BY id")
    assert book == [("abandoned",), ("ok",)]


def test_a_worker_that_stops_in_order_gives_its_task_to_the_next_at_once(
    engine: Engine, database_url: str, tmp_path: Path, held: Callable[[int], Path]
) -> None:
    gate = held(2)
    ask_for_runs(engine, tmp_path)
    with workers(database_url, tmp_path, silence=600) as [first]:
        until((tmp_path / "run-2").exists)
        first.terminate()
        assert first.wait(20) == 0
        assert states(engine)[0][0] == "waiting"
        gate.unlink()
        with workers(database_url, tmp_path, silence=600):
            until(lambda: states(engine)[0][0] == "done")
    assert rows(engine, "SELECT count(*) FROM change_set") == [(3,)]
