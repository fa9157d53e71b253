"""What the worker did and does, as the Settings page asks it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.db import transaction
from backend.jobs.book import Entry, begin, end
from backend.jobs.job import Ending, Report
from backend.jobs.tasks import ask, cancel
from backend.queries.work import tasks, ticks_of

NOON = datetime(2026, 10, 24, 12, tzinfo=UTC)


def tick(engine: Engine, sentence: str, *, slot: datetime, ending: Ending = Ending.OK) -> None:
    entry = begin(engine, "oms", slot=slot, worker="w1", silence=timedelta(seconds=30))
    assert isinstance(entry, Entry)
    end(engine, entry, Report(sentence, ending=ending))


def test_the_last_ticks_of_a_job_come_latest_first_with_their_sentences(engine: Engine) -> None:
    tick(engine, "3 runs.", slot=NOON)
    tick(engine, "OMS did not answer.", slot=NOON + timedelta(seconds=30), ending=Ending.FAILED)
    with transaction(engine) as session:
        found = ticks_of(session, "oms")
        assert [(t.outcome, t.sentence) for t in found] == [("failed", "OMS did not answer."), ("ok", "3 runs.")]
        assert found[0].succeeded_at == found[1].ended_at
        assert len(ticks_of(session, "oms", limit=1)) == 1
        assert ticks_of(session, "sweep") == ()


def test_tasks_come_latest_first_page_by_page(session: Session) -> None:
    numbers = [ask(session, "backfill", {"first": 1, "last": last}, by="J. Novak") for last in (1, 2, 3)]
    assert [task.id for task in tasks(session, limit=2)] == numbers[:0:-1]
    assert [task.id for task in tasks(session, limit=2, before=numbers[1])] == numbers[:1]


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_a_task_is_active_until_it_has_ended(session: Session, is_cancelled: bool) -> None:
    number = ask(session, "backfill", {"first": 5, "last": 6}, by="J. Novak")
    if is_cancelled:
        cancel(session, number, by="K. Ito")
    (task,) = tasks(session)
    assert task.is_active is not is_cancelled
    assert (task.arguments, task.asked_by, task.progress) == ({"first": 5, "last": 6}, "J. Novak", 0)
