"""One tick of one job: begun once among all workers, contained when it fails, and written down however it ends."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import Engine

from backend.db import transaction
from backend.errors import RegistryError
from backend.jobs.book import Entry, NotNow, beat, begin, end, last_kept
from backend.jobs.heart import Heart
from backend.jobs.job import Ending, Interrupted, Job, Report, Tick

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a worker works: the database, its own name, when it is taken for dead, and whether it shall stop."""

    engine: Engine
    worker: str
    silence: timedelta = timedelta(seconds=30)
    stop: Event = field(default_factory=Event)

    @property
    def beat_seconds(self) -> float:
        """Six heartbeats fit into the silence after which a worker is taken for dead."""
        return self.silence.total_seconds() / 6

    def pause(self, seconds: float) -> None:
        """Wait so long; :class:`Interrupted` if the worker stops meanwhile."""
        if self.stop.wait(seconds):
            raise Interrupted


def run_job(bench: Bench, job: Job, *, slot: datetime) -> Report | NotNow:
    """Do the tick of a job in a slot, unless it is done or being done; gives what it reports.

    Raises
    ------
    DatabaseUnavailable
        If the tick cannot be begun, or not be written down; whatever fails in between is contained.
    """
    entry = begin(bench.engine, job.name, slot=slot, worker=bench.worker, silence=bench.silence)
    if isinstance(entry, NotNow):
        return entry
    report = _contained(bench, job, entry)
    seconds = end(bench.engine, entry, report)
    log.log(
        logging.INFO if report.ending in {Ending.OK, Ending.STOPPED} else logging.ERROR,
        "%s %s %.2fs %s",
        job.name,
        report.ending,
        seconds,
        report.sentence,
    )
    return report


def sentence_of(error: Exception) -> str:
    """What a failure says in one sentence."""
    if isinstance(error, RegistryError):
        return str(error)
    first_line = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__


def _contained(bench: Bench, job: Job, entry: Entry) -> Report:
    def heartbeat() -> bool:
        with transaction(bench.engine) as session:
            return beat(session, entry)

    with Heart(heartbeat, every_seconds=bench.beat_seconds) as heart:
        try:
            kept = last_kept(bench.engine, job.name)
            return job.work(Tick(bench.engine, kept, lambda: bench.stop.is_set() or heart.is_disowned))
        except Interrupted:
            return Report("The worker stopped in the middle; what was done stands.", ending=Ending.STOPPED)
        except RegistryError as error:  # what it says is written down, and is in the line of the tick
            return Report(str(error), ending=Ending.FAILED)
        except Exception as error:
            log.exception("%s failed", job.name)
            return Report(sentence_of(error), ending=Ending.FAILED)
