"""The worker's loop: the jobs one after another on their timetable, the tasks beside them, until it is told to stop."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import schedule

from backend.errors import DatabaseUnavailable
from backend.jobs.book import NotNow
from backend.jobs.database_time import DatabaseTime
from backend.jobs.job import Interrupted, Job, slot_of
from backend.jobs.running import Bench, run_job
from backend.jobs.stopping import GRACE_SECONDS, break_off_no_more
from backend.jobs.task import Errand
from backend.jobs.task_work import hand_back, work_on_one
from backend.settings import Settings

log = logging.getLogger(__name__)

_POLL_SECONDS = 1
"""So often the timetable asks each job whether its slot has come."""


def serve(
    bench: Bench,
    jobs: Sequence[Job],
    kinds: Mapping[str, type[Errand]],
    *,
    settings: Settings,
    clock: Callable[[], datetime] | None = None,
) -> None:
    """Do the jobs in their slots, and the tasks that people ask for, until ``bench.stop`` is set.

    The slots are those of the database's clock, unless another is given; that of the machine may be set at any time.
    """
    outage, clock = _Outage(), clock or DatabaseTime(bench.engine)
    beside = threading.Thread(target=_serve_tasks, args=(bench, kinds, settings, outage), name="tasks", daemon=True)
    beside.start()
    timetable = schedule.Scheduler()
    for job in jobs:
        timetable.every(_POLL_SECONDS).seconds.do(_Turn(bench, job, clock, outage))
    log.info("worker %s begins: %s", bench.worker, ", ".join(job.name for job in jobs))
    timetable.run_all()
    while not bench.stop.is_set():
        _keep_looking(timetable)
        timetable.run_pending()
        bench.stop.wait(_POLL_SECONDS)
    with suppress(Interrupted):
        beside.join(GRACE_SECONDS)
    break_off_no_more()
    if beside.is_alive():
        hand_back(bench)
    log.info("worker %s ends", bench.worker)


def _keep_looking(timetable: schedule.Scheduler) -> None:
    """``schedule`` goes by the machine's clock: where that was put back, it would wait for the hour to come again."""
    latest = datetime.now() + timedelta(seconds=_POLL_SECONDS)
    for job in timetable.jobs:
        if job.next_run is None or job.next_run > latest:
            job.next_run = latest


class _Outage:
    """Whether the database is away: said once when it goes and once when it is back, not at every try."""

    def __init__(self) -> None:
        self._is_away = threading.Event()

    def begins(self, error: DatabaseUnavailable) -> None:
        if not self._is_away.is_set():
            self._is_away.set()
            log.error("waiting for the database: %s", error)

    def is_over(self) -> None:
        if self._is_away.is_set():
            self._is_away.clear()
            log.info("the database is back")


class _Turn:
    """The turn of a job in the loop. A slot in which it could not be begun, or was busy, is tried again; none twice."""

    def __init__(self, bench: Bench, job: Job, clock: Callable[[], datetime], outage: _Outage) -> None:
        self._bench, self._job, self._clock, self._outage = bench, job, clock, outage
        self._settled: datetime | None = None

    def __call__(self) -> None:
        slot = slot_of(self._clock(), self._job.every)
        if slot == self._settled or self._bench.stop.is_set():
            return
        try:
            came = run_job(self._bench, self._job, slot=slot)
        except DatabaseUnavailable as error:
            self._outage.begins(error)
        except Exception:
            log.exception("%s could not be begun or written down", self._job.name)
        else:
            self._outage.is_over()
            if came is not NotNow.BUSY:
                self._settled = slot


def _serve_tasks(bench: Bench, kinds: Mapping[str, type[Errand]], settings: Settings, outage: _Outage) -> None:
    while not bench.stop.is_set():
        did = None
        try:
            did = work_on_one(bench, kinds, settings=settings)
            outage.is_over()
        except DatabaseUnavailable as error:
            outage.begins(error)
        except Exception:
            log.exception("a task could not be taken up or written down")
        if did is None:
            bench.stop.wait(settings.tasks_every_seconds)
