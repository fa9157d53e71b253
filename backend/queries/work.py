"""What the worker did and does: ticks of its jobs, and the tasks that people asked for with how far they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.queries.health import JobTick

_TICKS = text("""
    SELECT job, started_at, ended_at, outcome, detail->>'sentence' AS sentence,
        (SELECT max(ok.ended_at) FROM job_run ok WHERE ok.job = j.job AND ok.outcome = 'ok') AS succeeded_at
    FROM job_run j WHERE job = :job ORDER BY started_at DESC, id DESC LIMIT :limit
""")
_TASKS = text("""
    SELECT id, kind, arguments - '{content,ids,asker}'::text[] AS arguments, asked_by, asked_at, state, progress,
           message, started_at, ended_at
    FROM task WHERE CAST(:before AS bigint) IS NULL OR id < :before ORDER BY id DESC LIMIT :limit
""")
_ACTIVE = frozenset({"waiting", "running", "cancelling"})


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task: what was asked for, by whom, and how far it is; ``progress`` is from 0 to 1.

    Of the arguments, a file that travels with the task (``content``) is left out, and so are the ids of thousands of
    datasets and who asks with which e-groups.
    """

    id: int
    kind: str
    arguments: Mapping[str, Any]
    asked_by: str
    asked_at: datetime
    state: str
    progress: float
    message: str
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether it waits or is being worked on, so that it can be cancelled."""
        return self.state in _ACTIVE


def ticks_of(session: Session, job: str, *, limit: int = 50) -> tuple[JobTick, ...]:
    """The last ticks of a job, the latest first; of a job that never ran, none."""
    return tuple(JobTick(*row) for row in session.execute(_TICKS, {"job": job, "limit": limit}))


def tasks(session: Session, *, limit: int = 50, before: int | None = None) -> tuple[TaskRow, ...]:
    """The tasks, the latest first; ``before`` a number for those that were asked for earlier."""
    return tuple(TaskRow(*row) for row in session.execute(_TASKS, {"limit": limit, "before": before}))


def task(session: Session, number: int) -> TaskRow | None:
    """One task; none if there is none of this number, or it is forgotten."""
    found = tasks(session, limit=1, before=number + 1)
    return found[0] if found and found[0].id == number else None
