"""A worker with jobs and tasks made for tests, as a process of its own: ``worker_program.py URL FOLDER SILENCE``.

What the jobs and tasks do is seen in files of the folder; a file ``hold`` there keeps the slow ones from ending.
"""

import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from sqlalchemy import Engine, text

from backend.access import Action
from backend.db import engine_for, transaction
from backend.jobs.job import Interrupted, Job, Report, Tick
from backend.jobs.log_lines import write_log_lines
from backend.jobs.running import Bench
from backend.jobs.stopping import stopping_on_signals
from backend.jobs.task import Errand, Hand
from backend.jobs.task_work import hand_back
from backend.jobs.worker import serve
from backend.record import lock_runs
from backend.settings import Settings
from tests.factories import a_run

EVERY_SECOND = timedelta(seconds=1)


class CountRuns(Errand):
    """Makes runs come into being, one after another; a file per run says that it is under way."""

    kind: ClassVar[str] = "count runs"
    meaning: ClassVar[str] = "make runs"
    action: ClassVar[Action] = Action.TASK_BACKFILL

    runs: int
    folder: str

    def work(self, hand: Hand) -> str:
        for number in range(1, self.runs + 1):
            hand.progress(number / self.runs, f"run {number}")
            Path(self.folder, f"run-{number}").touch()
            _make(hand.engine, number)
            while Path(self.folder, f"hold-{number}").exists():
                hand.go_on()
                time.sleep(0.05)
        return f"{self.runs} runs are there."


class Fail(Errand):
    """Fails."""

    kind: ClassVar[str] = "fail"
    meaning: ClassVar[str] = "fail"
    action: ClassVar[Action] = Action.TASK_BACKFILL

    def work(self, hand: Hand) -> str:
        raise ZeroDivisionError(f"nothing can be divided\nby zero in {hand.settings.environment}")


KINDS: Mapping[str, type[Errand]] = {errand.kind: errand for errand in (CountRuns, Fail)}


def _make(engine: Engine, number: int) -> None:
    with transaction(engine) as session:
        if not lock_runs(session, [number]):
            a_run(session, number)


def good(folder: Path) -> Job:
    def work(tick: Tick) -> Report:
        with (folder / "good").open("a") as file:
            file.write("ran\n")
        count = int(tick.kept.get("count", 0)) + 1
        return Report(f"Ran {count} times.", {"count": count})

    return Job("good", "leave a line", EVERY_SECOND, work)


def bad(tick: Tick) -> Report:
    raise ZeroDivisionError("nothing can be divided")


def held(folder: Path) -> Job:
    """Runs as long as there is a file ``hold``; looks for the stop only if there is none called ``deaf``."""

    def work(tick: Tick) -> Report:
        (folder / "held").touch()
        while (folder / "hold").exists():
            if tick.is_stopping() and not (folder / "deaf").exists():
                raise Interrupted
            time.sleep(0.02)
        return Report("Was held.")

    return Job("held", "be held", EVERY_SECOND, work)


def main(url: str, folder: Path, silence: float) -> None:
    settings = Settings(tasks_every_seconds=0.2)
    write_log_lines(settings)
    engine = engine_for(url)
    with engine.connect() as connection:
        name = f"worker-{connection.execute(text('SELECT pg_backend_pid()')).scalar_one()}"
    bench = Bench(engine, name, timedelta(seconds=silence))
    jobs = (Job("bad", "fail", EVERY_SECOND, bad), held(folder), good(folder))
    try:
        with stopping_on_signals(bench.stop, grace_seconds=1.0):
            serve(bench, jobs, KINDS, settings=settings)
    except Interrupted:
        hand_back(bench)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
