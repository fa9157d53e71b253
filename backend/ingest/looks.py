"""Looks at OMS: for what was updated lately, for what is missing, for one run, for a range of runs.

A look never stops at a run that cannot be believed: it is named, and looked at again next time. One of which OMS lists
too few lumisections is asked about once more. When OMS does not answer, the look ends where it is; what it had recorded
stands, and the next look goes on from there.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from backend.db import transaction
from backend.errors import NotFound
from backend.ingest.difference import changed_attributes
from backend.ingest.look import Look, Looking
from backend.ingest.oms import Oms
from backend.ingest.oms_columns import INGEST
from backend.ingest.oms_run import OmsRun
from backend.ingest.runs import Classify, Outcome, ingest_run
from backend.ingest.said import attributes_about
from backend.ingest.says import DERIVED, run_attributes
from backend.projections.attributes import attributes_in_force
from models.lumis import MAX_LUMISECTION
from models.vocabulary import SECONDS_PER_LUMI

__all__ = [
    "BEGINNING",
    "LONGEST_RUN",
    "OVERLAP",
    "Look",
    "Progress",
    "back_fill",
    "look_by_last_update",
    "refresh_run",
    "sweep_by_run_number",
]

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
        What the look before left: its :attr:`Look.again`.
    first_run
        Runs below this number are left out.
    is_stopping
        Asked before each run; when it says yes, the look ends there.
    """
    looking = Looking(engine, oms, first_run=first_run, classify=classify, is_stopping=is_stopping, again=again)
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
        looking.at_numbers({*unfinished, *again} - looking.seen)
        looking.at_numbers(looking.unsure)
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
    looking = Looking(engine, oms, first_run=first_run, classify=classify, is_stopping=is_stopping)
    with looking.until_oms_falls_silent():
        for run in oms.runs_after(max(first_run - 1, 0), on_nonsense=looking.doubt):
            looking.stop_if_asked()
            if not _is_taken_in(engine, run):
                looking.at(run)
        looking.at_numbers(looking.unsure)
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
    looking = Looking(engine, oms, first_run=first, classify=classify, is_stopping=is_stopping)
    with looking.until_oms_falls_silent():
        for run in oms.runs_between(first, last, on_nonsense=looking.doubt):
            looking.stop_if_asked()
            progress((run.run_number - first) / (last - first or 1), f"run {run.run_number}")
            looking.at(run)
        looking.at_numbers(looking.unsure)
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
