"""A task is cancelled at once while it waits, when its worker notices while it runs, and never once it has ended."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from backend.db import transaction
from backend.errors import NotFound, WrongState
from backend.jobs.running import Bench
from backend.jobs.task import TaskState
from backend.jobs.task_work import work_on_one
from backend.jobs.tasks import cancel
from backend.settings import Settings
from tests.asked_tasks import ask_for_runs, silenced, states, take_up
from tests.worker_program import KINDS
from tests.workers import rows, until

SETTINGS = Settings()


def test_a_task_that_waits_is_cancelled_at_once(bench: Bench, tmp_path: Path) -> None:
    task = ask_for_runs(bench.engine, tmp_path)
    with transaction(bench.engine) as session:
        assert cancel(session, task, by="J. Novak") is TaskState.CANCELLED
    assert work_on_one(bench, KINDS, settings=SETTINGS) is None
    assert states(bench.engine) == [("cancelled", 0.0, "Cancelled by J. Novak.")]


def test_a_task_that_runs_is_cancelled_when_its_worker_notices(
    bench: Bench, tmp_path: Path, held: Callable[[int], Path]
) -> None:
    held(2)
    task = ask_for_runs(bench.engine, tmp_path)
    doing = threading.Thread(target=work_on_one, args=(bench, KINDS), kwargs={"settings": SETTINGS})
    doing.start()
    until((tmp_path / "run-2").exists)
    with transaction(bench.engine) as session:
        assert cancel(session, task, by="L. Moreau") is TaskState.CANCELLING
    doing.join(20)
    assert [(state, message) for state, _, message in states(bench.engine)] == [
        ("cancelled", "Cancelled by L. Moreau.")
    ]
    assert rows(bench.engine, "SELECT count(*) FROM run") == [(2,)]


def test_a_task_whose_worker_died_while_it_was_being_cancelled_is_cancelled(engine: Engine, tmp_path: Path) -> None:
    task = ask_for_runs(engine, tmp_path)
    take_up(engine, "dead")
    with transaction(engine) as session:
        cancel(session, task, by="L. Moreau")
    silenced(engine)
    assert take_up(engine, "here") is None
    assert states(engine)[0][0] == "cancelled"


def test_a_task_that_has_ended_cannot_be_cancelled(bench: Bench, tmp_path: Path) -> None:
    task = ask_for_runs(bench.engine, tmp_path)
    work_on_one(bench, KINDS, settings=SETTINGS)
    with transaction(bench.engine) as session, pytest.raises(WrongState, match=f"Task {task} is done already"):
        cancel(session, task, by="J. Novak")


def test_a_task_that_is_not_there_cannot_be_cancelled(engine: Engine) -> None:
    with transaction(engine) as session, pytest.raises(NotFound, match="There is no task 7"):
        cancel(session, 7, by="J. Novak")
