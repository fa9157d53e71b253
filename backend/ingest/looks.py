"""Looks at OMS: for what was updated lately, for what is missing, for one run, for a range of runs.

A look never stops at a run that cannot be believed: it is named, and looked at again next time. When OMS does not
answer the look ends where it is; what it had recorded stands, and the next look goes on from there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from backend.db import transaction
from backend.errors import Conflict, NotFound, SourceNonsense, SourceUnavailable
from backend.ingest.difference import changed_attributes
from backend.ingest.oms import Oms
from backend.ingest.oms_columns import INGEST
from backend.ingest.oms_run import OmsRun
from backend.ingest.runs import Classify, Outcome, ingest_run
from backend.ingest.said import attributes_about
from backend.ingest.says import DERIVED, run_attributes
from backend.projections.attributes import attributes_in_force
from models.lumis import MAX_LUMISECTION
from models.vocabulary import SECONDS_PER_LUMI

Progress = Callable[[float, str], None]
"""Somebody who is told how far a look has come, from 0 to 1, and where it is."""

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""Before everything that OMS has: where the very first look by ``last_update`` begins."""

OVERLAP = timedelta(minutes=5)
"""So far a look goes back behind the watermark: an update may come into sight later than its ``last_update`` says."""

LONGEST_RUN = timedelta(seconds=MAX_LUMISECTION * SECONDS_PER_LUMI)
"""A run without an end that began longer ago is not being taken any more, OMS has forgotten its end."""

_NEWEST = text("SELECT max(oms_last_update) FROM run")
_UNFINISHED = text("""
    SELECT run_number FROM run
    WHERE (end_time IS NULL AND coalesce(start_time, oms_last_update) >= :running_since)
       OR (state = 'OPEN' AND proposed_by IS NOT NULL)
    ORDER BY run_number
""")


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at OMS brought.

    ``watermark`` is the newest ``last_update`` that is processed completely, every earlier one included (only of looks
    by ``last_update``). ``failures`` are the runs that could not be believed, with the reason: they are to be given to
    the next look. ``doubts`` are the reasons of runs that a listing could not even name; they hold the watermark back.
    ``stopped_by`` says why the look ended early, if it did.
    """

    runs: Mapping[Outcome, tuple[int, ...]]
    watermark: datetime | None = None
    failures: Mapping[int, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    stopped_by: str | None = None


def look_by_last_update(
    engine: Engine,
    oms: Oms,
    *,
    since: datetime,
    again: Iterable[int] = (),
    first_run: int = 0,
    overlap: timedelta = OVERLAP,
    classify: Classify | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Look:
    """Take in what OMS updated lately, and the runs that are being taken, whatever their ``last_update`` says.

    Parameters
    ----------
    since
        The watermark of the look before; the first time :data:`BEGINNING`. What the registry holds already behind the
        overlap is not asked for once more, so that a look that was killed goes on where it was.
    again
        Runs that failed in the look before.
    first_run
        Runs below this number are left out.
    is_stopping
        Asked before each run; when it says yes, the look ends there.
    """
    looking = _Looking(engine, oms, first_run=first_run, classify=classify, is_stopping=is_stopping)
    newest, unfinished = _what_we_have(engine)
    settled_until = newest - overlap if newest else BEGINNING
    watermark = since
    with looking.until_oms_falls_silent():
        for run in oms.runs_updated_since(since - overlap, on_nonsense=looking.doubt):
            looking.stop_if_asked()
            if run.last_update >= settled_until or not _is_taken_in(engine, run):
                looking.at(run)
            if not looking.doubts:
                watermark = max(watermark, run.last_update)
        for run_number in sorted({*unfinished, *again} - looking.seen):
            looking.stop_if_asked()
            looking.at_number(run_number)
    return looking.result(watermark=watermark)


def sweep_by_run_number(
    engine: Engine,
    oms: Oms,
    *,
    first_run: int = 0,
    classify: Classify | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Look:
    """Go through all runs of OMS by number, and take in those that the registry lacks or has otherwise.

    Only runs whose own attributes differ are asked for their lumisections. It finds what looks by ``last_update`` have
    missed, for instance after days without the registry.
    """
    looking = _Looking(engine, oms, first_run=first_run, classify=classify, is_stopping=is_stopping)
    with looking.until_oms_falls_silent():
        for run in oms.runs_after(max(first_run - 1, 0), on_nonsense=looking.doubt):
            looking.stop_if_asked()
            if not _is_taken_in(engine, run):
                looking.at(run)
    return looking.result()


def back_fill(
    engine: Engine,
    oms: Oms,
    *,
    first: int,
    last: int,
    progress: Progress = lambda share, where: None,
    classify: Classify | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Look:
    """Take in every run from the first number to the last, with all its lumisections, whatever the registry has."""
    looking = _Looking(engine, oms, first_run=first, classify=classify, is_stopping=is_stopping)
    with looking.until_oms_falls_silent():
        for run in oms.runs_between(first, last, on_nonsense=looking.doubt):
            looking.stop_if_asked()
            progress((run.run_number - first) / (last - first or 1), f"run {run.run_number}")
            looking.at(run)
        progress(1.0, f"{len(looking.seen)} runs")
    return looking.result()


def refresh_run(
    engine: Engine, oms: Oms, run_number: int, *, by: str = INGEST, classify: Classify | None = None
) -> Outcome:
    """Take in what OMS says of one run, now.

    Raises
    ------
    NotFound
        If OMS has no such run.
    SourceUnavailable
        If OMS does not answer, or not with what can be believed.
    """
    run = oms.run(run_number)
    if run is None:
        raise NotFound(f"OMS has no run {run_number}.")
    return ingest_run(engine, run, oms.lumisections(run_number), by=by, classify=classify)


class _Stopped(Exception):
    """Raised to end a look between two runs, because somebody asked."""


class _Looking:
    """A look that is under way: what it has brought so far."""

    def __init__(
        self,
        engine: Engine,
        oms: Oms,
        *,
        first_run: int,
        classify: Classify | None,
        is_stopping: Callable[[], bool],
    ) -> None:
        self._engine, self._oms = engine, oms
        self._first_run, self._classify, self._is_stopping = first_run, classify, is_stopping
        self._runs: dict[Outcome, dict[int, None]] = {outcome: {} for outcome in Outcome}
        self._failures: dict[int, str] = {}
        self._stopped_by: str | None = None
        self.doubts: dict[str, None] = {}
        self.seen: set[int] = set()

    def doubt(self, nonsense: SourceNonsense) -> None:
        """A listing has a run that cannot be believed; it may say so twice."""
        self.doubts[str(nonsense)] = None

    def stop_if_asked(self) -> None:
        if self._is_stopping():
            raise _Stopped

    def at(self, run: OmsRun) -> None:
        """Look at a run that OMS listed."""
        if run.run_number < self._first_run:
            return
        self.seen.add(run.run_number)
        self._failures.pop(run.run_number, None)
        try:
            outcome = self._ingest(run)
        except (SourceNonsense, Conflict) as error:
            self._failures[run.run_number] = str(error)
        else:
            self._runs[outcome][run.run_number] = None

    def at_number(self, run_number: int) -> None:
        """Look at a run that OMS did not list."""
        try:
            run = self._oms.run(run_number)
        except SourceNonsense as error:
            self._failures[run_number] = str(error)
            return
        if run is None:
            self._failures[run_number] = f"OMS no longer has run {run_number}."
        else:
            self.at(run)

    def _ingest(self, run: OmsRun) -> Outcome:
        lumisections = self._oms.lumisections(run.run_number)
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
        return Look(
            runs={outcome: tuple(runs) for outcome, runs in self._runs.items() if runs},
            watermark=watermark,
            failures=self._failures,
            doubts=tuple(self.doubts),
            stopped_by=self._stopped_by,
        )


def _what_we_have(engine: Engine) -> tuple[datetime | None, list[int]]:
    """The newest ``last_update`` taken in, and the runs that are being taken or have a proposal to settle."""
    with transaction(engine) as session:
        newest: datetime | None = session.execute(_NEWEST).scalar_one()
        since = (newest or BEGINNING) - LONGEST_RUN
        return newest, list(session.execute(_UNFINISHED, {"running_since": since}).scalars())


def _is_taken_in(engine: Engine, run: OmsRun) -> bool:
    """Whether OMS said all this of the run before, and the run is over."""
    if run.end_time is None:
        return False
    with transaction(engine) as session:
        said = attributes_in_force(attributes_about(session, run.run_number))
    before = {name: value for name, value in said.items() if name not in DERIVED}
    return bool(said) and not changed_attributes(run_attributes(run), before)
