"""How a worker is stopped: by SIGTERM or Ctrl-C, in order if the unit of work in hand is done soon, else in its middle.

Breaking off is safe: every act is one transaction, and a broken one leaves nothing.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from backend.jobs.job import Interrupted

GRACE_SECONDS = 3.0
"""How long the unit of work in hand may take after the signal."""

_AGAIN_SECONDS = 0.5


@contextmanager
def stopping_on_signals(stop: Event, *, grace_seconds: float = GRACE_SECONDS) -> Iterator[None]:
    """Set ``stop`` at the first signal; raise :class:`Interrupted` in the main thread if the block lasts longer."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        if not stop.is_set():
            stop.set()
            signal.setitimer(signal.ITIMER_REAL, grace_seconds, _AGAIN_SECONDS)

    def on_alarm(number: int, frame: FrameType | None) -> None:
        raise Interrupted

    handlers = {signal.SIGTERM: on_signal, signal.SIGINT: on_signal, signal.SIGALRM: on_alarm}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        break_off_no_more()
        for number, handler in before.items():
            signal.signal(number, handler)


def break_off_no_more() -> None:
    """What comes now is short, and shall not be interrupted."""
    signal.setitimer(signal.ITIMER_REAL, 0)
