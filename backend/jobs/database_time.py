"""What time it is by the database: all workers agree on it, and the clock of their own machine may be wrong or jump."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from backend.db import transaction
from backend.errors import DatabaseUnavailable

SECONDS_BETWEEN_LOOKS = 10.0
"""In between it is counted on by a clock that nobody can set; the slots of jobs are wider than it may be wrong."""

_NOW = text("SELECT clock_timestamp()")


class DatabaseTime:
    """A clock: called, it gives the time. While the database is away it goes on counting."""

    def __init__(self, engine: Engine, *, stopwatch: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._stopwatch = engine, stopwatch
        self._looked_at: float | None = None
        self._then, self._counted_from = datetime.now(UTC), stopwatch()

    def __call__(self) -> datetime:
        """The time, aware."""
        if self._looked_at is None or self._stopwatch() - self._looked_at > SECONDS_BETWEEN_LOOKS:
            with suppress(DatabaseUnavailable), transaction(self._engine) as session:
                self._then = session.execute(_NOW).scalar_one()
                self._looked_at = self._counted_from = self._stopwatch()
        return self._then + timedelta(seconds=self._stopwatch() - self._counted_from)
