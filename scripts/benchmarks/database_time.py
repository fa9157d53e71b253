"""How long the database takes for what is asked of it through an engine: sending, computing, and the answer's way."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class Spent:
    """Milliseconds of the statements so far."""

    def __init__(self) -> None:
        self.ms = 0.0
        self._begun = 0.0

    def begin(self, *_: Any) -> None:
        """A statement is sent."""
        self._begun = time.perf_counter()

    def end(self, *_: Any) -> None:
        """Its answer is here."""
        self.ms += (time.perf_counter() - self._begun) * 1000


@contextmanager
def database_time(on: Engine) -> Iterator[Spent]:
    """Counts while it is open; one thread at a time."""
    spent = Spent()
    event.listen(on, "before_cursor_execute", spent.begin)
    event.listen(on, "after_cursor_execute", spent.end)
    try:
        yield spent
    finally:
        event.remove(on, "before_cursor_execute", spent.begin)
        event.remove(on, "after_cursor_execute", spent.end)
