"""Two versions of a classifier on the same runs: which verdicts differ, and what a component is given by each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from sqlmodel import Session

from backend.classify.in_force import Draft, judges_with
from backend.classify.judging import judge_flag, judge_run
from backend.classify.kept import kept_spoken
from backend.classify.preview import Impact, Said, Shift, preview
from backend.classify.verdicts import by_status
from backend.record import columns_by_name
from models.lumis import EMPTY, LumiSet
from models.vocabulary import Status

Landed: TypeAlias = Mapping[Status, int]
"""How many lumisections are given each status."""

_Parts: TypeAlias = list[tuple[Said, LumiSet]]


def compare(session: Session, before: Sequence[Draft], after: Sequence[Draft], run_numbers: Sequence[int]) -> Impact:
    """What would change if the later drafts stood in place of the earlier ones; of what is in force, if there are none.

    Raises
    ------
    InvalidRule
        If a draft cannot be judged by on the facts of one of the runs.
    """
    right = preview(session, after, run_numbers)
    return right if not before else between(preview(session, before, run_numbers), right)


def between(left: Impact, right: Impact) -> Impact:
    """The changes from what one impact leads to, to what the other does; both are changes of the same rules in force.

    >>> one = Impact((1,), (Shift("x", "A", "B", {1: LumiSet.span(1, 5)}),), frozenset())
    >>> two = Impact((1,), (Shift("x", "A", "B", {1: LumiSet.span(4, 9)}),), frozenset())
    >>> [(s.before, s.after, s.where[1]) for s in between(one, two).shifts]
    [('B', 'A', LumiSet.pairs([[1, 3]])), ('A', 'B', LumiSet.pairs([[6, 9]]))]
    """
    shifts: dict[tuple[str, Said, Said], dict[int, LumiSet]] = {}
    places = dict.fromkeys((shift.what, run) for shift in (*left.shifts, *right.shifts) for run in shift.where)
    for what, run in places:
        for before, after, where in _between(_of(left, what, run), _of(right, what, run)):
            of_runs = shifts.setdefault((what, before, after), {})
            of_runs[run] = of_runs.get(run, EMPTY) | where
    return Impact(
        left.looked_at,
        tuple(Shift(*said, where=where) for said, where in shifts.items()),
        left.signed_off | right.signed_off,
    )


def landed(
    session: Session, component: str, drafts: Sequence[Draft], run_numbers: Sequence[int]
) -> Mapping[int, Landed]:
    """Run → what its lumisections are given by the rules of a component, drafts in place; only runs that are judged."""
    judges = judges_with(session, drafts)
    found: dict[int, Landed] = {}
    columns = columns_by_name(session).values()
    for spoken in kept_spoken(session, run_numbers, columns=columns, with_luminosity=judges.reads_luminosity):
        verdict = judge_run(judges, spoken.facts, spoken.people)
        if verdict.counts_as_significant:
            said = by_status(judge_flag(judges, component, spoken.facts, verdict=verdict))
            found[spoken.run_number] = {status: len(where) for status, where in said.items()}
    return found


_Changes: TypeAlias = list[tuple[Said, Said, LumiSet]]


def _of(impact: Impact, what: str, run: int) -> _Changes:
    return [(s.before, s.after, s.where[run]) for s in impact.shifts if s.what == what and run in s.where]


def _between(left: _Changes, right: _Changes) -> Iterator[tuple[Said, Said, LumiSet]]:
    for before, there in _parts(left, right):
        for after, here in _parts(right, left):
            if before != after and (both := there & here):
                yield before, after, both


def _parts(own: _Changes, other: _Changes) -> _Parts:
    """What is said wherever one of the two changes something; where only the other does, it is what is in force."""
    touched = LumiSet.of(r for _, _, where in own for r in where.ranges)
    return [(after, where) for _, after, where in own] + [(before, where - touched) for before, _, where in other]
