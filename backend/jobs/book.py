"""The book of jobs: who does what in which slot. The unique (job, slot) makes each tick happen once among all workers.

These are operational rows: they bypass the log, and may be pruned. Times are the database's, so that the clocks of the
workers' machines need not agree to the second.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import orjson
from sqlalchemy import CursorResult, Engine, text
from sqlmodel import Session

from backend.db import transaction
from backend.jobs.job import Kept, Report

_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('job ' || :job))")
_ABANDONED = text("""
    UPDATE job_run SET outcome = 'abandoned', ended_at = clock_timestamp(),
        detail = detail || jsonb_build_object('sentence', 'The worker ' || worker || ' fell silent.')
    WHERE outcome = 'running'
      AND (detail->>'heartbeat_at')::timestamptz NOT BETWEEN clock_timestamp() - make_interval(secs => :silence)
                                                         AND clock_timestamp() + make_interval(secs => :silence)
""")
"""A heartbeat from far ahead is as old as one from long ago: the clock has been put back since."""

_LEFT_OPEN = text("""
    UPDATE job_run SET outcome = 'abandoned', ended_at = clock_timestamp(),
        detail = detail || jsonb_build_object('sentence', 'The worker lost the database in the middle.')
    WHERE outcome = 'running' AND job = :job AND worker = :worker
""")
"""A worker does one tick of a job at a time: when it is to begin another, the one that stands open has ended."""

_GIVE_UP_THE_FUTURE = text("""
    UPDATE job_run SET slot = to_timestamp(0) + id * interval '1 microsecond'
    WHERE job = :job AND slot > clock_timestamp() + interval '1 minute'
""")
"""Slots that lie ahead were taken before the clock was put back; else the job would rest until then."""

_IS_RUNNING = text("SELECT EXISTS (SELECT FROM job_run WHERE job = :job AND outcome = 'running')")
_BEGIN = text("""
    INSERT INTO job_run (job, slot, worker, started_at, outcome, detail)
    VALUES (:job, coalesce(CAST(:slot AS timestamptz), clock_timestamp()), :worker, clock_timestamp(), 'running',
            CAST(:detail AS jsonb) || jsonb_build_object('heartbeat_at', clock_timestamp()))
    ON CONFLICT (job, slot) DO NOTHING RETURNING id
""")
_BEAT = text("""
    UPDATE job_run SET detail = detail || jsonb_build_object('heartbeat_at', clock_timestamp())
    WHERE id = :id AND outcome = 'running'
""")
_END = text("""
    UPDATE job_run SET outcome = :outcome, ended_at = clock_timestamp(),
        detail = detail - 'heartbeat_at' || CAST(:detail AS jsonb)
    WHERE id = :id AND outcome IN ('running', 'abandoned')
    RETURNING extract(epoch FROM ended_at - started_at)
""")
_CLOSE = text("""
    UPDATE job_run SET outcome = 'stopped', ended_at = clock_timestamp(),
        detail = detail - 'heartbeat_at' || jsonb_build_object('sentence', CAST(:sentence AS text))
    WHERE worker = :worker AND outcome = 'running'
""")
_LAST_KEPT = text("""
    SELECT detail->'kept' FROM job_run WHERE job = :job AND detail ? 'kept' ORDER BY id DESC LIMIT 1
""")
_ABANDONMENTS = text("""
    SELECT count(*) FROM job_run
    WHERE job = :job AND (detail->>'task')::bigint = :task AND outcome = 'abandoned'
""")
_PRUNE = text("""
    DELETE FROM job_run r
    WHERE r.ended_at < clock_timestamp() - CAST(:age AS interval)
      AND r.id <> ALL (SELECT max(id) FROM job_run WHERE detail ? 'kept' GROUP BY job)
""")


class NotNow(Enum):
    """Why a job is not begun: its slot is somebody's already, or an earlier tick of it still runs."""

    TAKEN = "taken"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the book that is open: the tick that this process is doing."""

    id: int
    job: str


def begin(engine: Engine, job: str, *, slot: datetime, worker: str, silence: timedelta) -> Entry | NotNow:
    """Take a slot of a job, if it is free and no other tick of the job is alive."""
    with transaction(engine) as session:
        session.execute(_ALONE, {"job": job})
        abandon(session, silence=silence)
        touched(session, _LEFT_OPEN, {"job": job, "worker": worker})
        touched(session, _GIVE_UP_THE_FUTURE, {"job": job})
        if session.execute(_IS_RUNNING, {"job": job}).scalar_one():
            return NotNow.BUSY
        begun = _open(session, job, slot=slot, worker=worker, detail={})
        return NotNow.TAKEN if begun is None else begun


def begin_task(session: Session, job: str, *, task: int, worker: str) -> Entry | None:
    """Open a line for a task that this worker takes up; tasks have no slots and may run side by side."""
    return _open(session, job, slot=None, worker=worker, detail={"task": task})


def beat(session: Session, entry: Entry) -> bool:
    """Say that the tick is alive; whether the book still believes it."""
    return touched(session, _BEAT, {"id": entry.id}) == 1


def end(engine: Engine, entry: Entry, report: Report) -> float:
    """Close the line with what the tick reports; gives its seconds."""
    detail: dict[str, Any] = {"sentence": report.sentence}
    if report.kept is not None:
        detail["kept"] = report.kept
    said = {"id": entry.id, "outcome": report.ending.value, "detail": orjson.dumps(detail).decode()}
    with transaction(engine) as session:
        return float(session.execute(_END, said).scalar_one())


def close(session: Session, worker: str, *, sentence: str) -> int:
    """Close every line that a worker leaves open when it stops; gives how many there were."""
    return touched(session, _CLOSE, {"worker": worker, "sentence": sentence})


def last_kept(engine: Engine, job: str) -> Kept:
    """What the job last kept; nothing, if it never did."""
    with transaction(engine) as session:
        kept: Kept | None = session.execute(_LAST_KEPT, {"job": job}).scalar_one_or_none()
    return kept or {}


def abandonments(session: Session, job: str, *, task: int) -> int:
    """How many workers fell silent over the task."""
    return int(session.execute(_ABANDONMENTS, {"job": job, "task": task}).scalar_one())


def abandon(session: Session, *, silence: timedelta) -> int:
    """Close the lines of workers that fell silent; gives how many there were."""
    return touched(session, _ABANDONED, {"silence": silence.total_seconds()})


def prune(session: Session, *, age: timedelta) -> int:
    """Forget ticks that ended longer ago, but for the last of each job that kept something."""
    return touched(session, _PRUNE, {"age": age})


def touched(session: Session, statement: Any, values: Mapping[str, Any]) -> int:
    """Run an UPDATE or DELETE; gives the number of rows that it found."""
    result = session.execute(statement, values)
    assert isinstance(result, CursorResult)
    return result.rowcount


def _open(session: Session, job: str, *, slot: datetime | None, worker: str, detail: Kept) -> Entry | None:
    said = {"job": job, "slot": slot, "worker": worker, "detail": orjson.dumps(detail).decode()}
    id_ = session.execute(_BEGIN, said).scalar_one_or_none()
    return None if id_ is None else Entry(int(id_), job)
