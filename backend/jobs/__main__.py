"""The command ``python -m backend.jobs``: the worker, or one job or back-fill by hand."""

import argparse
import logging
import os
import socket
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from backend.db import engine, transaction
from backend.errors import RegistryError
from backend.ingest.oms import open_oms
from backend.jobs.book import NotNow
from backend.jobs.job import Ending, Interrupted, Job, Report
from backend.jobs.log_lines import write_log_lines
from backend.jobs.running import Bench, run_job
from backend.jobs.stopping import stopping_on_signals
from backend.jobs.task_kinds import KINDS, Backfill
from backend.jobs.task_rows import claim
from backend.jobs.task_work import do, hand_back
from backend.jobs.tasks import ask
from backend.jobs.timetable import timetable
from backend.jobs.worker import serve
from backend.settings import Settings, settings
from backend.start import make_ready

OK, FAILED, UNFIT, BUSY = 0, 1, 2, 3
"""What the command returns: it went well; the work failed; it could not begin; somebody else is at it."""

log = logging.getLogger("backend.jobs")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal comes, or do the one thing that is asked for."""
    asked = _arguments(arguments)
    _live_in_utc()
    try:
        chosen = settings()
        write_log_lines(chosen)
        if asked.list:
            return _list(chosen)
        bench = Bench(engine(), worker_name(chosen), timedelta(seconds=chosen.worker_silence_seconds))
        with stopping_on_signals(bench.stop), open_oms(chosen, sleep=bench.pause) as oms:
            jobs = timetable(chosen, oms=oms)
            make_ready(bench.engine)
            if asked.once is not None:
                return _once(bench, jobs, asked.once)
            if asked.backfill is not None:
                return _backfill(bench, chosen, *asked.backfill)
            serve(bench, jobs, KINDS, settings=chosen)
            return OK
    except Interrupted:
        hand_back(bench)
        log.warning("stopped in the middle; what was done stands")
        return OK
    except RegistryError as error:
        sys.stderr.write(f"{error}\n")
        return UNFIT


def worker_name(chosen: Settings) -> str:
    """Whose the lines in the book are: host and process, or the name that the settings give; never the same twice."""
    return f"{chosen.worker_name or f'{socket.gethostname()}-{os.getpid()}'}-{token_hex(2)}"


def _live_in_utc() -> None:
    """``schedule`` reckons in local time: where the clock is put back an hour in October, it would sleep through it."""
    os.environ["TZ"] = "UTC"
    time.tzset()


def _list(chosen: Settings) -> int:
    with open_oms(chosen) as oms:
        jobs = timetable(chosen, oms=oms)
    for job in jobs:
        sys.stdout.write(f"{job.name:14} every {job.every.total_seconds():g} s: {job.meaning}\n")
    for kind, errand in KINDS.items():
        sys.stdout.write(f"{kind:14} task: {errand.meaning}\n")
    return OK


def _once(bench: Bench, jobs: Sequence[Job], name: str) -> int:
    job = next((job for job in jobs if job.name == name), None)
    if job is None:
        sys.stderr.write(f"There is no job {name!r}; there is {', '.join(job.name for job in jobs)}.\n")
        return UNFIT
    came = run_job(bench, job, slot=datetime.now(UTC))
    if isinstance(came, NotNow):
        sys.stderr.write(f"The job {name} is running already.\n")
        return BUSY
    return _told(came)


def _backfill(bench: Bench, chosen: Settings, first: int, last: int) -> int:
    with transaction(bench.engine) as session:
        task = ask(session, Backfill.kind, {"first": first, "last": last}, by="command line")
        taken = claim(session, [Backfill.kind], worker=bench.worker, silence=bench.silence, only=task)
    assert taken is not None
    report = do(bench, taken, KINDS, settings=chosen, show=_show)
    sys.stderr.write("\n")
    return _told(report)


def _show(share: float, message: str) -> None:
    sys.stderr.write(f"\r{share:4.0%} {message:60}")
    sys.stderr.flush()


def _told(report: Report) -> int:
    sys.stdout.write(f"{report.sentence}\n")
    return OK if report.ending is Ending.OK else FAILED


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m backend.jobs", description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="the jobs and the kinds of task")
    what.add_argument("--once", metavar="JOB", help="do one job now, and end")
    what.add_argument(
        "--backfill", metavar=("FIRST", "LAST"), nargs=2, type=int, help="take in these runs of OMS again, and end"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
