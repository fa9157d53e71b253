"""To classify many runs again, after rules changed: asked for explicitly, previewed, and resumed where it was left.

Runs of which rules would say nothing new are passed over quickly; so an attempt that was interrupted is begun anew and
says nothing twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlmodel import Session

from backend.classify.in_force import judges_in_force
from backend.classify.recording import Outcome, news_of, reclassify_run
from backend.classify.spoken import spoken_of
from backend.db import transaction
from backend.queries import RUNS, columns_catalogue, parse_filter
from backend.queries.filter_sql import RUN, runs_and_online
from backend.queries.runs import runs_where
from backend.record import columns_by_name

Progress = Callable[[float, str], None]
"""Somebody who is told how far it is, from 0 to 1, and where."""

BATCH = 100
"""So many runs are read at once."""


@dataclass(frozen=True, slots=True)
class Reclassified:
    """What came of it: the runs of which rules said something new, at once or as a proposal."""

    runs: Mapping[Outcome, tuple[int, ...]]
    looked_at: int

    def __str__(self) -> str:
        """``500 runs: 12 said, 3 proposed.``"""
        told = [f"{len(numbers)} {outcome}" for outcome, numbers in self.runs.items() if numbers]
        return f"{self.looked_at} run{'s' * (self.looked_at != 1)}: {', '.join(told) or 'nothing new'}."


def runs_to_classify(session: Session, filter_text: str) -> list[int]:
    """The runs that a filter lets through, ascending: ``324200-325175 and class like Collisions%``.

    Raises
    ------
    InvalidFilter
        If the filter cannot be read.
    """
    condition = runs_where(parse_filter(filter_text, RUNS), columns_catalogue(session))
    query = select(RUN.c.run_number).select_from(runs_and_online()).where(condition).order_by(RUN.c.run_number)
    return list(session.execute(query).scalars())


def reclassify(
    engine: Engine, run_numbers: Sequence[int], *, progress: Progress = lambda share, where: None
) -> Reclassified:
    """Let the rules in force judge these runs once more, each in a transaction of its own.

    Runs that are not OPEN get a proposal. ``progress`` is told of every batch and every run that changes, and may
    interrupt by raising: what was said stands.
    """
    outcomes: dict[Outcome, list[int]] = {}
    for done, batch in _batches(run_numbers):
        progress(done / len(run_numbers), f"run {batch[0]}")
        for run_number in _with_news(engine, batch):
            progress((done + batch.index(run_number)) / len(run_numbers), f"run {run_number}")
            with transaction(engine) as session:
                outcome = reclassify_run(session, run_number)
            outcomes.setdefault(outcome, []).append(run_number)
    progress(1.0, f"{len(run_numbers)} runs")
    outcomes.pop(Outcome.UNCHANGED, None)
    return Reclassified({outcome: tuple(runs) for outcome, runs in outcomes.items()}, len(run_numbers))


def _batches(run_numbers: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """How many runs come before, and the next ones."""
    for begin in range(0, len(run_numbers), BATCH):
        yield begin, list(run_numbers[begin : begin + BATCH])


def _with_news(engine: Engine, run_numbers: Sequence[int]) -> list[int]:
    """Those of the runs of which rules would say something new."""
    with transaction(engine) as session:
        judges, columns = judges_in_force(session), columns_by_name(session)
        told = spoken_of(session, run_numbers, columns=columns.values(), with_luminosity=judges.reads_luminosity)
        return [spoken.run_number for spoken in told if news_of(spoken, judges, columns=columns)]
