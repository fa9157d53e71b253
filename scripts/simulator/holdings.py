"""What OMS and the DQM GUI hold at this moment: the runs that have arrived, and every change made to them since."""

import time
from bisect import insort
from collections.abc import Callable
from datetime import timedelta
from threading import RLock

from scripts.simulator import oms
from scripts.simulator.feed import Feed
from scripts.simulator.gui import Sample
from scripts.simulator.oms import OmsRun, write_time
from scripts.simulator.pace import Pace


class UnknownRun(LookupError):
    """A run that the season does not have, or that has not arrived yet."""


class Holdings:
    """The season as far as it has come. Every change but a silent one moves the run's ``last_update`` on.

    A change to the run that is being taken lets it stand still as it is then, until it is finished.
    """

    def __init__(self, feed: Feed, pace: Pace, clock: Callable[[], float] = time.monotonic) -> None:
        self.feed = feed
        self._pace = pace
        self._clock = clock
        self._begun = clock()
        self._runs = {run.run_number: run for run in feed.runs}
        self._order = list(self._runs)
        self._newest: OmsRun | None = None
        self._changes = 0
        self._lock = RLock()

    @property
    def position(self) -> float:
        """How far the season has come: runs that are over, and the share of the one being taken."""
        return self._pace.position(self._clock() - self._begun, len(self._order))

    def runs(self) -> list[OmsRun]:
        """The runs that have arrived, in order; the last may be still going."""
        with self._lock:
            position = self.position
            over = int(min(position, len(self._order)))
            arrived = [self._runs[number] for number in self._order[:over]]
            if over < len(self._order):
                arrived.append(self._being_taken(self._runs[self._order[over]], position - over))
            return arrived

    def run(self, run_number: int) -> OmsRun:
        """One run that has arrived."""
        for run in self.runs():
            if run.run_number == run_number:
                return run
        raise UnknownRun(f"Run {run_number} is not in OMS.")

    def samples(self) -> list[Sample]:
        """The datasets that have arrived in the DQM GUI."""
        with self._lock:
            position = self.position
            return [
                sample
                for at, number in enumerate(self._order)
                for sample in self.feed.samples.get(number, ())
                if at + 1 + sample.after_runs <= position
            ]

    def stamp(self) -> tuple[object, ...]:
        """A value that is different whenever OMS would answer something else."""
        with self._lock:
            runs = self.runs()
            newest = (runs[-1].count, runs[-1].attributes["last_update"]) if runs else ()
            return self._changes, len(runs), *newest

    def put(self, run: OmsRun, *, silently: bool = False) -> OmsRun:
        """Put this version of a run in place of the one OMS has, or add it.

        Parameters
        ----------
        silently
            ``last_update`` stays as the run says, so that only a sweep can find the change.
        """
        with self._lock:
            if not silently:
                run = oms.changed(run, {"last_update": self._now()})
            if run.run_number not in self._runs:
                insort(self._order, run.run_number)
            self._runs[run.run_number] = run
            self._changes += 1
            return run

    def remove(self, run_number: int) -> OmsRun:
        """Take a run out of OMS; :meth:`put` puts it back."""
        with self._lock:
            run = self.run(run_number)
            del self._runs[run_number]
            self._order.remove(run_number)
            self._changes += 1
            return run

    def change(self, run_number: int, how: Callable[[OmsRun], OmsRun], *, silently: bool = False) -> OmsRun:
        """Change a run that has arrived in one of the ways of :mod:`scripts.simulator.oms`."""
        with self._lock:
            return self.put(how(self.run(run_number)), silently=silently)

    def apply_revision(self, index: int) -> OmsRun:
        """Put a recorded later version of a run in place, with the ``last_update`` it was recorded with."""
        if not 0 <= index < len(self.feed.revisions):
            raise UnknownRun(
                f"The season {self.feed.name} has {len(self.feed.revisions)} revisions, no number {index}."
            )
        return self.put(self.feed.revisions[index], silently=True)

    def _being_taken(self, run: OmsRun, share: float) -> OmsRun:
        if run.whole is not None or run.attributes.get("end_time") is None:
            return run
        count = max(1, int(share * run.count))
        if self._newest is None or self._newest.whole is not run or self._newest.count != count:
            self._newest = oms.cut(run, count)
        return self._newest

    def _now(self) -> str:
        """A moment after everything OMS has said so far, in the season's own time."""
        latest = max((run.last_update for run in self.runs()), default=None)
        return write_time(latest + timedelta(seconds=1)) if latest else "2018-01-01T00:00:00Z"
