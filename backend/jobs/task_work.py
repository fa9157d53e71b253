"""A worker's way with tasks: take one up, keep it alive, contain it when it fails, and end it in order."""

import logging
from collections.abc import Mapping

from sqlalchemy import Engine
from sqlmodel import Session

from backend.db import transaction
from backend.errors import DatabaseUnavailable
from backend.jobs.book import close, end
from backend.jobs.heart import Heart
from backend.jobs.job import Ending, Interrupted, Report
from backend.jobs.running import Bench, sentence_of
from backend.jobs.task import Errand, Hand, Show, TaskState
from backend.jobs.task_rows import Claim, claim, end_task, give_back, is_alive, keep_progress
from backend.jobs.tasks import read_errand
from backend.settings import Settings

log = logging.getLogger(__name__)


def work_on_one(bench: Bench, kinds: Mapping[str, type[Errand]], *, settings: Settings) -> Report | None:
    """Take up a task and do it; none, if none waits.

    Raises
    ------
    DatabaseUnavailable
        If the database does not answer; the task is then taken up again once this worker counts as silent.
    """
    with transaction(bench.engine) as session:
        taken = claim(session, list(kinds), worker=bench.worker, silence=bench.silence)
    return None if taken is None else do(bench, taken, kinds, settings=settings)


def do(
    bench: Bench,
    taken: Claim,
    kinds: Mapping[str, type[Errand]],
    *,
    settings: Settings,
    show: Show = lambda share, message: None,
) -> Report:
    """Do a task that was taken up; gives what came of it."""
    log.info("task %s %s begins, asked for by %s", taken.id, taken.kind, taken.asked_by)
    report = _contained(bench, taken, kinds, settings=settings, show=show)
    with transaction(bench.engine) as session:
        is_ours = _ended(session, taken, report)
    seconds = end(bench.engine, taken.entry, report)
    suffix = "" if is_ours else " (it is not this worker's any more)"
    log.info("task %s %s %s %.2fs %s%s", taken.id, taken.kind, report.ending, seconds, report.sentence, suffix)
    return report


def hand_back(bench: Bench) -> None:
    """Let other workers take up what this one leaves in the middle."""
    with transaction(bench.engine) as session:
        give_back(session, bench.worker)
        close(session, bench.worker, sentence="The worker stopped in the middle; what was done stands.")


def _ended(session: Session, taken: Claim, report: Report) -> bool:
    if report.ending in {Ending.STOPPED, Ending.ABANDONED}:
        return give_back(session, taken.worker) == 1
    state = TaskState.DONE if report.ending is Ending.OK else TaskState.FAILED
    return end_task(session, taken, state=state, message=report.sentence)


def _contained(
    bench: Bench, taken: Claim, kinds: Mapping[str, type[Errand]], *, settings: Settings, show: Show
) -> Report:
    with Heart(lambda: _beats(bench.engine, taken), every_seconds=bench.beat_seconds) as heart:

        def write(share: float, message: str) -> bool:
            with transaction(bench.engine) as session:
                return keep_progress(session, taken, progress=share, message=message)

        hand = Hand(
            bench.engine,
            settings,
            write=write,
            is_stopping=lambda: bench.stop.is_set() or heart.is_disowned,
            show=show,
        )
        try:
            return Report(read_errand(taken.kind, taken.arguments, kinds=kinds).work(hand))
        except Interrupted:
            return Report("Interrupted; what was done stands.", ending=Ending.STOPPED)
        except DatabaseUnavailable as error:
            return Report(str(error), ending=Ending.ABANDONED)
        except Exception as error:
            log.exception("task %s %s failed", taken.id, taken.kind)
            return Report(sentence_of(error), ending=Ending.FAILED)


def _beats(engine: Engine, taken: Claim) -> bool:
    with transaction(engine) as session:
        return is_alive(session, taken)
