"""A task: long work that a person asked for, in the form in which it is asked and done."""

import time
from abc import abstractmethod
from collections.abc import Callable
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine

from backend.access import Action
from backend.jobs.job import Interrupted
from backend.settings import Settings

Show = Callable[[float, str], None]
"""Somebody who is told how far work has come, from 0 to 1, and where it is."""


class TaskState(StrEnum):
    """How far a task is. A running one whose worker falls silent is taken up by another."""

    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Hand:
    """What a task has to work with: the database, the settings, and somebody to tell how far it is.

    ``write`` keeps the progress and gives whether the task is still this worker's. It is called every
    ``pause_seconds`` at most, however often progress is made.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        *,
        write: Callable[[float, str], bool],
        is_stopping: Callable[[], bool],
        show: Show = lambda share, message: None,
        pause_seconds: float = 0.5,
    ) -> None:
        self.engine = engine
        self.settings = settings
        self.is_stopping = is_stopping
        self._write = write
        self._show = show
        self._pause_seconds = pause_seconds
        self._next_write = 0.0

    def progress(self, share: float, message: str) -> None:
        """Say how far the task is, from 0 to 1, in words too. The place where a task is interrupted."""
        self.go_on()
        self._show(share, message)
        if time.monotonic() >= self._next_write:
            if not self._write(share, message):
                raise Interrupted
            self._next_write = time.monotonic() + self._pause_seconds

    def go_on(self) -> None:
        """Go on, unless the worker stops or the task is not this worker's any more: then :class:`Interrupted`."""
        if self.is_stopping():
            raise Interrupted

    def pause(self, seconds: float) -> None:
        """Wait so long, but not through an interruption."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.go_on()
            time.sleep(min(left, 0.2))


class Errand(BaseModel):
    """What is asked for: the arguments of one kind of task, checked when it is asked, and the work itself.

    The work may be begun anew at any time, by any worker: it says nothing twice. ``action`` is the right that whoever
    offers the task asks for first; none, where to be signed in is enough.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    meaning: ClassVar[str]
    action: ClassVar[Action | None]

    @abstractmethod
    def work(self, hand: Hand) -> str:
        """Do it; gives one sentence about what came of it."""
