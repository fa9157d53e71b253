"""The rows of tasks as a worker sees them: taken up by one worker at a time, alive while it is heard, then ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.jobs.book import Entry, abandon, abandonments, beat, begin_task, touched
from backend.jobs.task import TaskState

TRIES = 3
"""A task over which so many workers fell silent, or lost the database, is given up: it would silence others too."""

_NEXT = text("""
    SELECT id, kind, arguments, asked_by FROM task
    WHERE kind = ANY(:kinds) AND (CAST(:only AS bigint) IS NULL OR id = :only)
      AND (state = 'waiting'
           OR state = 'running' AND heartbeat_at NOT BETWEEN clock_timestamp() - make_interval(secs => :silence)
                                                         AND clock_timestamp() + make_interval(secs => :silence))
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
""")
_TAKE_UP = text("""
    UPDATE task SET state = 'running', worker = :worker, heartbeat_at = clock_timestamp(),
        started_at = coalesce(started_at, clock_timestamp())
    WHERE id = :id
""")
_BEAT = text("""
    UPDATE task SET heartbeat_at = clock_timestamp()
    WHERE id = :id AND worker = :worker AND state = 'running'
""")
_PROGRESS = text("""
    UPDATE task SET heartbeat_at = clock_timestamp(), progress = :progress, message = :message
    WHERE id = :id AND worker = :worker AND state = 'running'
""")
_END = text("""
    UPDATE task SET state = :state, message = :message, ended_at = clock_timestamp(),
        progress = CASE WHEN :state = 'done' THEN 1 ELSE progress END
    WHERE id = :id AND worker = :worker AND state IN ('running', 'cancelling')
""")
_GIVE_BACK = text("""
    UPDATE task SET worker = NULL,
        state = CASE WHEN state = 'cancelling' THEN 'cancelled' ELSE 'waiting' END,
        ended_at = CASE WHEN state = 'cancelling' THEN clock_timestamp() END
    WHERE worker = :worker AND state IN ('running', 'cancelling')
""")
_GIVE_UP = text("UPDATE task SET state = 'failed', message = :message, ended_at = clock_timestamp() WHERE id = :id")
_SETTLE_CANCELLED = text("""
    UPDATE task SET state = 'cancelled', ended_at = clock_timestamp()
    WHERE state = 'cancelling' AND heartbeat_at NOT BETWEEN clock_timestamp() - make_interval(secs => :silence)
                                                        AND clock_timestamp() + make_interval(secs => :silence)
""")
_PRUNE = text("DELETE FROM task WHERE ended_at < clock_timestamp() - CAST(:age AS interval)")


@dataclass(frozen=True, slots=True)
class Claim:
    """A task that this worker has taken up, and its open line in the book of jobs."""

    id: int
    kind: str
    arguments: Mapping[str, Any]
    asked_by: str
    worker: str
    entry: Entry


def claim(
    session: Session, kinds: Sequence[str], *, worker: str, silence: timedelta, only: int | None = None
) -> Claim | None:
    """Take up the oldest task that waits, or whose worker fell silent; none, if there is none of these kinds."""
    session.execute(_SETTLE_CANCELLED, {"silence": silence.total_seconds()})
    while True:
        wanted = {"kinds": list(kinds), "only": only, "silence": silence.total_seconds()}
        found = session.execute(_NEXT, wanted).one_or_none()
        if found is None:
            return None
        task, kind, arguments, asked_by = found
        abandon(session, silence=silence)
        job = f"task {kind}"
        if (tries := abandonments(session, job, task=task)) >= TRIES:
            session.execute(_GIVE_UP, {"id": task, "message": f"Given up after {tries} tries that came to no end."})
            continue
        entry = begin_task(session, job, task=task, worker=worker)
        if entry is None:
            return None
        session.execute(_TAKE_UP, {"id": task, "worker": worker})
        return Claim(task, kind, arguments, asked_by, worker, entry)


def is_alive(session: Session, claim: Claim) -> bool:
    """Say that the task is being worked on; whether it is still this worker's to do."""
    mine = {"id": claim.id, "worker": claim.worker}
    return touched(session, _BEAT, mine) == 1 and beat(session, claim.entry)


def keep_progress(session: Session, claim: Claim, *, progress: float, message: str) -> bool:
    """Keep how far the task is; whether it is still this worker's to do."""
    said = {"id": claim.id, "worker": claim.worker, "progress": progress, "message": message}
    return touched(session, _PROGRESS, said) == 1


def end_task(session: Session, claim: Claim, *, state: TaskState, message: str) -> bool:
    """The task is done or has failed; whether it was still this worker's."""
    said = {"id": claim.id, "worker": claim.worker, "state": state.value, "message": message}
    return touched(session, _END, said) == 1


def give_back(session: Session, worker: str) -> int:
    """Let others take up what this worker was doing, or let it be cancelled; gives how many tasks that were."""
    return touched(session, _GIVE_BACK, {"worker": worker})


def settle(session: Session, *, silence: timedelta) -> None:
    """Close what workers left behind that fell silent."""
    abandon(session, silence=silence)
    session.execute(_SETTLE_CANCELLED, {"silence": silence.total_seconds()})


def prune_tasks(session: Session, *, age: timedelta) -> int:
    """Forget tasks that ended longer ago; gives how many."""
    return touched(session, _PRUNE, {"age": age})
