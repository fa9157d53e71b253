"""Housekeeping: what workers left behind that fell silent is closed, and what is long over is forgotten."""

from collections.abc import Callable
from datetime import timedelta

from backend.db import transaction
from backend.jobs.book import prune
from backend.jobs.job import Report, Tick
from backend.jobs.task_rows import prune_tasks, settle


def keeping_house(*, silence: timedelta, history: timedelta) -> Callable[[Tick], Report]:
    """The job that keeps the operational rows in order; the log itself is never pruned."""

    def keep_house(tick: Tick) -> Report:
        with transaction(tick.engine) as session:
            settle(session, silence=silence)
            ticks, tasks = prune(session, age=history), prune_tasks(session, age=history)
        return Report(f"Forgot {ticks} ticks and {tasks} tasks that ended more than {history.days} days ago.")

    return keep_house
