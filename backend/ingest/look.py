"""A look at OMS that is under way, and what it brought in the end."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from backend.errors import Conflict, SourceNonsense, SourceUnavailable
from backend.ingest.oms import Oms, OmsLumisections
from backend.ingest.oms_run import OmsRun
from backend.ingest.runs import Classify, Outcome, ingest_run


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at OMS brought.

    ``watermark`` is the newest ``last_update`` that is processed completely, every earlier one included (only of looks
    by ``last_update``). ``failures`` are the runs that could not be believed, with the reason; ``unsure`` are those of
    which OMS listed other lumisections than the run itself has, differently each time it was asked. ``doubts`` are the
    reasons of runs that a listing could not even name; they hold the watermark back. ``stopped_by`` says why the look
    ended early, if it did.
    """

    runs: Mapping[Outcome, tuple[int, ...]]
    watermark: datetime | None = None
    failures: Mapping[int, str] = field(default_factory=dict)
    unsure: tuple[int, ...] = ()
    doubts: tuple[str, ...] = ()
    stopped_by: str | None = None

    @property
    def again(self) -> list[int]:
        """The runs that the next look must ask about, whatever their ``last_update`` says."""
        return sorted({*self.failures, *self.unsure})


class Looking:
    """A look that is under way: what it has brought so far."""

    def __init__(
        self,
        engine: Engine,
        oms: Oms,
        *,
        first_run: int,
        classify: Classify | None,
        is_stopping: Callable[[], bool],
        again: Iterable[int] = (),
    ) -> None:
        self._engine, self._oms = engine, oms
        self._first_run, self._classify, self._is_stopping = first_run, classify, is_stopping
        self._outcomes: dict[int, Outcome] = {}
        self._failures = {run_number: f"Run {run_number} was not asked about again." for run_number in again}
        self._stopped_by: str | None = None
        self.doubts: dict[str, None] = {}
        self.seen: set[int] = set()
        self.unsure: set[int] = set()

    def doubt(self, nonsense: SourceNonsense) -> None:
        """A listing has a run that cannot be believed; it may say so twice."""
        self.doubts[str(nonsense)] = None

    def stop_if_asked(self) -> None:
        """End the look between two runs."""
        if self._is_stopping():
            raise _Stopped

    def at(self, run: OmsRun) -> None:
        """Look at a run that OMS listed."""
        number = run.run_number
        self.seen.add(number)
        if number < self._first_run:
            self._failures.pop(number, None)
            return
        try:
            lumisections = self._oms.lumisections(number)
            outcome = self._ingest(run, lumisections)
        except (SourceNonsense, Conflict) as error:
            self._failures[number] = str(error)
            return
        self._failures.pop(number, None)
        if self._outcomes.get(number, Outcome.UNCHANGED) is Outcome.UNCHANGED:
            self._outcomes[number] = outcome
        if outcome is Outcome.UNCHANGED or _is_whole(run, lumisections):
            self.unsure.discard(number)
        else:
            self.unsure.add(number)

    def at_numbers(self, run_numbers: Iterable[int]) -> None:
        """Look at runs that OMS did not list."""
        for run_number in sorted(run_numbers):
            self.stop_if_asked()
            try:
                run = self._oms.run(run_number)
            except SourceNonsense as error:
                self._failures[run_number] = str(error)
                continue
            if run is None:
                self._failures[run_number] = f"OMS no longer has run {run_number}."
            else:
                self.at(run)

    def _ingest(self, run: OmsRun, lumisections: OmsLumisections) -> Outcome:
        try:
            return ingest_run(self._engine, run, lumisections, classify=self._classify)
        except Conflict:  # another worker made the run at this moment: it is there now
            return ingest_run(self._engine, run, lumisections, classify=self._classify)

    @contextmanager
    def until_oms_falls_silent(self) -> Iterator[None]:
        """What happens within ends when OMS does not answer, or when somebody asked."""
        try:
            yield
        except _Stopped:
            self._stopped_by = "It was asked to stop."
        except SourceUnavailable as silence:
            self._stopped_by = str(silence)

    def result(self, *, watermark: datetime | None = None) -> Look:
        """What the look brought; a run that was asked about twice stands under what it brought first."""
        runs: dict[Outcome, tuple[int, ...]] = {}
        for number, outcome in self._outcomes.items():
            runs[outcome] = (*runs.get(outcome, ()), number)
        return Look(
            runs=runs,
            watermark=watermark,
            failures=self._failures,
            unsure=tuple(sorted(self.unsure)),
            doubts=tuple(self.doubts),
            stopped_by=self._stopped_by,
        )


class _Stopped(Exception):
    """Raised to end a look between two runs, because somebody asked."""


def _is_whole(run: OmsRun, lumisections: OmsLumisections) -> bool:
    """Whether OMS lists as many lumisections as the run itself is said to have.

    If not, the hole may be real, or a slip of OMS.
    """
    numbers = lumisections.numbers
    expected = run.attributes.get("last_lumisection_number")
    return len(numbers) == (expected if expected is not None else max(numbers, default=0))
