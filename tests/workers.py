"""Workers as real processes, for tests that stop and kill them."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 60.0


@contextmanager
def workers(
    url: str, folder: Path, *, count: int = 1, silence: float = 30.0
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many workers; those that a test leaves alive are told to stop, and must."""
    command = [sys.executable, "-m", "tests.worker_program", url, str(folder), str(silence)]
    logs = [(folder / f"worker-{number}.log").open("a") for number in range(count)]
    started = [subprocess.Popen(command, cwd=ROOT, stderr=log) for log in logs]
    try:
        yield started
    finally:
        for worker in started:
            worker.send_signal(signal.SIGTERM)
        for worker in started:
            try:
                worker.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
        for log in logs:
            log.close()


def until(condition: Callable[[], object]) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "It did not come to be."
        time.sleep(0.05)


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    """What a query gives."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]
