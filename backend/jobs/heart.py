"""The heartbeat of work: as long as it is heard, nobody else takes the work up."""

import logging
import threading
from collections.abc import Callable
from typing import Self

from backend.errors import DatabaseUnavailable

log = logging.getLogger(__name__)


class Heart:
    """Beats in a thread of its own while the block runs, so that long calculations are no silence.

    ``beat`` says to the database that the work is alive, and gives whether it is still this worker's; once it is not,
    ``is_disowned`` stays true. A database that does not answer is asked again at the next beat.
    """

    def __init__(self, beat: Callable[[], bool], *, every_seconds: float) -> None:
        self._beat = beat
        self._every_seconds = every_seconds
        self._over = threading.Event()
        self._disowned = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    @property
    def is_disowned(self) -> bool:
        """Whether the work is not this worker's any more: taken up by another, or cancelled."""
        return self._disowned.is_set()

    def disown(self) -> None:
        """Somebody else noticed that the work is not this worker's any more."""
        self._disowned.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(self._every_seconds)

    def _run(self) -> None:
        while not self._over.wait(self._every_seconds):
            try:
                if not self._beat():
                    self._disowned.set()
                    return
            except DatabaseUnavailable as error:
                log.warning("heartbeat missed: %s", error)
