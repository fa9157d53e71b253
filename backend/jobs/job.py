"""A job: something the worker does again and again; what it is given, and what it reports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine

from backend.errors import InvalidSettings

Kept = Mapping[str, Any]
"""What a job keeps from one tick to the next, such as how far it has read; plain JSON."""


class Interrupted(BaseException):
    """The work has to end here: the worker stops, or the task was cancelled or is somebody else's by now.

    Not an ``Exception``, so that nothing which contains the failure of one run mistakes it for one.
    """


class Ending(StrEnum):
    """How a tick of a job ended."""

    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    STOPPED = "stopped"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Report:
    """What a job has to say afterwards: one sentence, and what it wants to find at its next tick."""

    sentence: str
    kept: Kept | None = None
    ending: Ending = Ending.OK


@dataclass(frozen=True, slots=True)
class Tick:
    """What a job is given: the database, what it last kept, and whether it shall come to an end."""

    engine: Engine
    kept: Kept = field(default_factory=dict)
    is_stopping: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Job:
    """A job by name: what it is for, how often, and the work itself, which may be begun anew at any time."""

    name: str
    meaning: str
    every: timedelta
    work: Callable[[Tick], Report]

    def __post_init__(self) -> None:
        if self.every < timedelta(seconds=1):
            raise InvalidSettings(f"The job {self.name} cannot run every {self.every.total_seconds():g} s: at least 1.")


def slot_of(moment: datetime, every: timedelta) -> datetime:
    """The slot that a moment lies in: the latest multiple of the period since 1970.

    >>> slot_of(datetime(2026, 10, 24, 9, 41, 44, tzinfo=UTC), timedelta(seconds=30)).isoformat()
    '2026-10-24T09:41:30+00:00'
    """
    beginning = datetime(1970, 1, 1, tzinfo=UTC)
    return beginning + (moment - beginning) // every * every
