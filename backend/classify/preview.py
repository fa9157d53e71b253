"""What would change: if drafts of classifiers were in force, or if the rules in force judged old runs once more.

Nothing is recorded. What a person says above the rules would not change, and is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import text
from sqlmodel import Session

from backend.classify.in_force import Draft, judges_in_force, judges_with
from backend.classify.judging import judge, judge_flag, judge_run
from backend.classify.kept import kept_spoken
from backend.classify.spoken import Spoken
from backend.classify.verdicts import Judge, Verdict, by_status
from backend.classify.words import Statuses, flagged_by_people
from backend.errors import InvalidRule
from backend.queries import luminosity_of
from backend.record import columns_by_name
from models.lumis import EMPTY, LumiSet
from models.vocabulary import Status

Said: TypeAlias = str | bool | Status | None
RUN_CLASS, SIGNIFICANT = "run class", "significant"

_LATEST = text("SELECT run_number FROM run ORDER BY run_number DESC LIMIT :count")


@dataclass(frozen=True, slots=True)
class Shift:
    """A change that runs have in common: of the run class, of significance, or of a component.

    ``what`` is :data:`RUN_CLASS`, :data:`SIGNIFICANT` or a column; none is said of what is not judged. ``where`` is
    run → the lumisections that change; of the run's own attributes, all that it has.
    """

    what: str
    before: Said
    after: Said
    where: Mapping[int, LumiSet]

    @property
    def runs(self) -> int:
        """How many runs change so."""
        return len(self.where)

    @property
    def lumisections(self) -> int:
        """How many lumisections change so."""
        return sum(map(len, self.where.values()))


@dataclass(frozen=True, slots=True)
class Impact:
    """What would change in the runs that were looked at; in those that are ``signed_off`` it would be proposed."""

    looked_at: tuple[int, ...]
    shifts: tuple[Shift, ...]
    signed_off: frozenset[int]

    @property
    def changed(self) -> frozenset[int]:
        """The runs in which anything changes."""
        return frozenset(run for shift in self.shifts for run in shift.where)


def latest_runs(session: Session, count: int) -> list[int]:
    """The numbers of the latest runs, ascending."""
    return sorted(session.execute(_LATEST, {"count": count}).scalars())


def preview(session: Session, drafts: Sequence[Draft], run_numbers: Sequence[int]) -> Impact:
    """What rules would say of the runs if the drafts were in force, against what the rules in force say.

    Raises
    ------
    InvalidRule
        If a draft cannot be judged by on the facts of one of the runs.
    """
    before, after = judges_in_force(session), judges_with(session, drafts)
    told = _told(session, run_numbers, before.reads_luminosity or after.reads_luminosity)
    others = {column for column in before.columns | after.columns if before.of(column) != after.of(column)}
    is_as_before = before.of_runs == after.of_runs
    changes = []
    for spoken in told:
        was = judge_run(before, spoken.facts, spoken.people, doubt=_doubt)
        becomes = was if is_as_before else judge_run(after, spoken.facts, spoken.people, doubt=_doubt)
        of_run = _of_run(spoken, (was.run_class, was.is_significant), (becomes.run_class, becomes.is_significant))
        columns = others if was.as_judged == becomes.as_judged else before.columns | after.columns
        flags = (
            _moved(
                column,
                by_status(judge_flag(before, column, spoken.facts, verdict=was, doubt=_doubt)),
                by_status(judge_flag(after, column, spoken.facts, verdict=becomes, doubt=_doubt)),
            )
            for column in columns
        )
        changes.append(_Changes(spoken, of_run, [moved for of_column in flags for moved in of_column]))
    return _impact(session, changes)


def preview_reclassification(session: Session, run_numbers: Sequence[int]) -> Impact:
    """What the rules in force say of the runs, against what rules last said of them."""
    judges = judges_in_force(session)
    changes = []
    for spoken in _told(session, run_numbers, judges.reads_luminosity):
        verdict = judge(judges, spoken.facts, spoken.people, doubt=_doubt)
        said = spoken.rules.run_class, spoken.rules.is_significant
        of_run = _of_run(spoken, said, (verdict.run_class, verdict.is_significant))
        changes.append(_Changes(spoken, of_run, list(_since(spoken, verdict))))
    return _impact(session, changes)


def recorded_per_pb(session: Session, where: Mapping[int, LumiSet]) -> float:
    """The luminosity recorded in these lumisections, as far as it is known."""
    total = 0.0
    for run_number, lumisections in where.items():
        recorded = luminosity_of(session, run_number).recorded_per_pb
        total += sum(recorded.get(number, 0.0) for number in lumisections)
    return total


def _doubt(by: Judge[Any], error: InvalidRule) -> None:
    """A draft must be fit to judge by; a rule in force that is not has no say, as when runs are classified."""
    if by.version is None:
        raise error


def _told(session: Session, run_numbers: Sequence[int], with_luminosity: bool) -> list[Spoken]:
    columns = columns_by_name(session).values()
    return kept_spoken(session, run_numbers, columns=columns, with_luminosity=with_luminosity)


_Of: TypeAlias = tuple[str, Said, Said]
"""What changes, before and after."""


@dataclass(frozen=True, slots=True)
class _Changes:
    """What changes in one run: of itself, and of its lumisections."""

    spoken: Spoken
    of_run: Sequence[_Of]
    of_lumisections: Sequence[tuple[_Of, LumiSet]]


def _of_run(spoken: Spoken, before: tuple[Said, Said], after: tuple[Said, Said]) -> list[_Of]:
    by_people = spoken.people.run_class, spoken.people.is_significant
    each = zip((RUN_CLASS, SIGNIFICANT), before, after, by_people, strict=True)
    return [(what, was, becomes) for what, was, becomes, person in each if person is None and was != becomes]


def _since(spoken: Spoken, verdict: Verdict) -> Iterator[tuple[_Of, LumiSet]]:
    known = spoken.facts.lumisections.known
    for column in verdict.components.keys() | spoken.rules.components.keys():
        before = {status: where & known for status, where in spoken.rules.components.get(column, {}).items()}
        yield from _moved(column, before, by_status(verdict.components.get(column, ())))


def _moved(column: str, before: Statuses, after: Statuses) -> Iterator[tuple[_Of, LumiSet]]:
    """Each status that becomes another, with where; what is unsaid is none."""
    moves: list[tuple[_Of, LumiSet]] = []
    said_after = LumiSet.of(r for where in after.values() for r in where.ranges)
    said_before = LumiSet.of(r for where in before.values() for r in where.ranges)
    for was, at in before.items():
        moves += [((column, was, becomes), at & there) for becomes, there in after.items() if becomes is not was]
        moves.append(((column, was, None), at - said_after))
    moves += [((column, None, becomes), there - said_before) for becomes, there in after.items()]
    return ((of, where) for of, where in moves if where)


def _impact(session: Session, changes: Sequence[_Changes]) -> Impact:
    shifts: dict[_Of, dict[int, LumiSet]] = {}
    touched = [change.spoken.run_number for change in changes if change.of_lumisections]
    by_people = flagged_by_people(session, touched)
    for change in changes:
        run_number = change.spoken.run_number
        for of in change.of_run:
            shifts.setdefault(of, {})[run_number] = change.spoken.facts.lumisections.known
        for of, where in change.of_lumisections:
            if visible := where - by_people.get((run_number, of[0]), EMPTY):
                shifts.setdefault(of, {})[run_number] = visible
    return Impact(
        looked_at=tuple(change.spoken.run_number for change in changes),
        shifts=tuple(sorted((Shift(*of, where=where) for of, where in shifts.items()), key=_place)),
        signed_off=frozenset(change.spoken.run_number for change in changes if change.spoken.is_signed_off),
    )


def _place(shift: Shift) -> tuple[bool, bool, str, int]:
    """What is said of runs first, then column by column, what changes most before the rest."""
    return (shift.what != RUN_CLASS, shift.what != SIGNIFICANT, shift.what, -shift.lumisections)
