"""What rules have to say once a person has spoken of a run: recorded in the person's own act, and undone with it.

It is held against what rules say of the run *as it stands*, so that together with the act the run is as rules judge
it now, whatever was undone or withdrawn before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.classify.in_force import judges_in_force
from backend.classify.judging import judge
from backend.classify.recording import RULE
from backend.classify.saying import to_say, words
from backend.classify.spoken import IS_SIGNIFICANT, RUN_CLASS, SaidByRules, Spoken, spoken_of
from backend.classify.verdicts import NOBODY, ByPeople, Judge, Judges
from backend.projections.attributes import AttributeChange, attributes_in_force
from backend.projections.segments import SpokenWord, fold_segments, spread
from backend.record import Act, LumisectionSaid, Recorded, RunSaid, columns_by_name, record
from backend.record.columns import KnownColumn
from backend.record.loading import load_undone
from models.attributes import FIRST_OTHER_COLUMN
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, Origin, Status

STOP_REASON = "stop_reason"

_NOTHING = SaidByRules(None, None, {})
_RUN_WORDS = text("""
    SELECT c.id, c.change_set, c.run_number, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM run_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = :run AND s.kind <> 'proposal' AND (c.origin = :rule OR :rule = ANY(c.withdraws))
""")
_FLAG_WORDS = text("""
    SELECT c.change_set, c.id, c.dataset_id, c.columns, c.first, c.last, c.value, c.origin, c.withdraws
    FROM dataset_identity d
    JOIN lumisection_change c ON c.dataset_id = d.id
    JOIN change_set s ON s.id = c.change_set
    WHERE d.run_number = :run AND d.name = :online AND s.kind <> 'proposal'
      AND (c.origin = :rule OR :rule = ANY(c.withdraws))
""")


@dataclass(frozen=True, slots=True)
class Judged:
    """The words of rules that belong into an act."""

    runs: tuple[RunSaid, ...]
    lumisections: tuple[LumisectionSaid, ...]


def judged(session: Session, run_number: int, *, once: Mapping[str, Any]) -> Judged:
    """What rules have to say of a run once people say ``once`` of it: attribute → value, null for nothing more.

    Nothing, if no rule asks for any of these attributes: who says why a run stopped changes no flag unseen.
    """
    if not _matters(judges_in_force(session), once):
        return Judged((), ())
    return _judged(session, run_number, once=once, is_anew=False, with_people=True)


def judged_anew(session: Session, run_number: int, *, with_people: bool) -> Judged:
    """Everything that rules say of a run, as though nobody had ever judged it; below people, or without them."""
    once = {} if with_people else {STOP_REASON: None}
    return _judged(session, run_number, once=once, is_anew=True, with_people=with_people)


def said_by_people(session: Session, run_number: int) -> ByPeople:
    """What people say of the class and significance of a run, above the rules."""
    columns = columns_by_name(session).values()
    (spoken,) = spoken_of(session, [run_number], columns=columns, with_luminosity=False)
    return spoken.people


def judge_again(session: Session, run_number: int, *, about: Iterable[str], why: str) -> Recorded | None:
    """Record what rules have to say of a run as it stands now, in an act of theirs, after attributes of it changed.

    Nothing, if no rule asks for any of them, or if it is said already.
    """
    if not _matters(judges_in_force(session), about):
        return None
    found = _judged(session, run_number, once={}, is_anew=False, with_people=True)
    if not found.runs and not found.lumisections:
        return None
    act = Act(by=RULE, why=why, kind=ActKind.CLASSIFY, runs=found.runs, lumisections=found.lumisections)
    return record(session, act)


def _matters(judges: Judges, attributes: Iterable[str]) -> bool:
    """Whether rules judge by one of these attributes: by class and significance always, by others if one reads them."""
    names = frozenset(attributes)
    if names & {RUN_CLASS, IS_SIGNIFICANT}:
        return True
    asked = (*judges.run_classes, *_all(judges.significance), *_all(judges.components))
    return any(judge.reads & names or "" in judge.reads for judge in asked)


def _all(groups: Mapping[str, Sequence[Judge[Any]]]) -> Iterator[Judge[Any]]:
    return (judge for own in groups.values() for judge in own)


def _judged(session: Session, run_number: int, *, once: Mapping[str, Any], is_anew: bool, with_people: bool) -> Judged:
    judges, columns = judges_in_force(session), columns_by_name(session)
    (spoken,) = spoken_of(session, [run_number], columns=columns.values(), with_luminosity=judges.reads_luminosity)
    before = _NOTHING if is_anew else _standing(session, run_number, columns)
    spoken = replace(_once(spoken, once), rules=before)
    verdict = judge(judges, spoken.facts, spoken.people if with_people else NOBODY)
    new = to_say(spoken, verdict, columns=columns)
    return Judged(
        (RunSaid(run_number, new.attributes, Origin.RULE),) if new.attributes else (),
        words(run_number, new, columns={name: column.id for name, column in columns.items()}),
    )


def _once(spoken: Spoken, said: Mapping[str, Any]) -> Spoken:
    by_people = {name: said[name] for name in (RUN_CLASS, IS_SIGNIFICANT) if name in said}
    registry = {**spoken.facts.registry, **{name: said[name] for name in (STOP_REASON,) if name in said}}
    return replace(spoken, people=replace(spoken.people, **by_people), facts=replace(spoken.facts, registry=registry))


def _standing(session: Session, run_number: int, columns: Mapping[str, KnownColumn]) -> SaidByRules:
    """What rules say of the run as it stands, below what people say."""
    asked = {"run": run_number, "online": ONLINE, "rule": int(Origin.RULE)}
    changes = [AttributeChange(*row) for row in session.execute(_RUN_WORDS, asked)]
    flags = [(act, SpokenWord(*word)) for act, *word in session.execute(_FLAG_WORDS, asked)]
    undone = load_undone(session, {c.change_set for c in changes} | {act for act, _ in flags})
    of_run = undone.acts("runs", run_number)
    attributes = attributes_in_force(change for change in changes if change.change_set not in of_run)
    standing = [word for act, word in flags if act not in undone.acts("datasets", word.dataset)]
    components = _components(standing, {column.id: name for name, column in columns.items()})
    return SaidByRules(attributes.get(RUN_CLASS), attributes.get(IS_SIGNIFICANT), components)


def _components(standing: list[SpokenWord], names: Mapping[int, str]) -> dict[str, dict[Status, LumiSet]]:
    """Column → status → where."""
    segments = fold_segments(spread(standing), (Origin.RULE,))
    flags = segments.take(segments.column < FIRST_OTHER_COLUMN)
    ranges: dict[str, dict[Status, list[LumiRange]]] = {}
    arrays = (flags.column, flags.value, flags.first, flags.last)
    for column, value, first, last in zip(*(array.tolist() for array in arrays), strict=True):
        ranges.setdefault(names[column], {}).setdefault(Status(value), []).append(LumiRange(first, last))
    return {name: {s: LumiSet.of(where) for s, where in by.items()} for name, by in ranges.items()}
