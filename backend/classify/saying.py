"""What rules say of a run now and did not say before: the words to be recorded, and why they are."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from backend.classify.spoken import IS_SIGNIFICANT, RUN_CLASS, Spoken
from backend.classify.verdicts import Judge, Stretch, Verdict, by_status
from backend.classify.words import Statuses
from backend.record import DatasetKey, LumisectionSaid
from models.lumis import EMPTY, LumiRange, LumiSet
from models.vocabulary import ONLINE, Origin, Status

Reason: TypeAlias = Judge[str] | Judge[Status] | str
"""The classifier that decided, or in words why none did."""

Shared: TypeAlias = dict[tuple[LumiRange, Status | None], list[int]]
"""Range and status (none: nothing any more) → the columns of which it is to be said."""


@dataclass(frozen=True, slots=True)
class ToSay:
    """The words that rules are to say of a run. False if there are none.

    ``statuses`` is column → status → where it is new; no status takes back what rules said there before. ``reasons``
    name the classifiers that decided what is new.
    """

    attributes: Mapping[str, Any]
    statuses: Mapping[str, Mapping[Status | None, LumiSet]]
    reasons: tuple[Reason, ...]

    def __bool__(self) -> bool:
        return bool(self.attributes or self.statuses)


def to_say(spoken: Spoken, verdict: Verdict, *, columns: Collection[str]) -> ToSay:
    """What of the verdict is new; of components without a column, which no workspace has, nothing is said."""
    attributes: dict[str, Any] = {}
    reasons: list[Reason] = []
    if verdict.run_class != spoken.rules.run_class:
        attributes[RUN_CLASS] = verdict.run_class
        reasons.append(verdict.run.class_by or "no run class")
    if verdict.is_significant != spoken.rules.is_significant:
        attributes[IS_SIGNIFICANT] = verdict.is_significant
        reasons.append(verdict.run.significant_by or "not significant")
    statuses = {}
    known = spoken.facts.lumisections.known
    for column in sorted((verdict.components.keys() | spoken.rules.components.keys()) & set(columns)):
        stretches, before = verdict.components.get(column, ()), spoken.rules.components.get(column, {})
        if new := _news(stretches, before, known):
            statuses[column] = new
            reasons += _reasons(column, stretches, new)
    return ToSay(attributes, statuses, tuple({str(reason): reason for reason in reasons}.values()))


def words(run_number: int, new: ToSay, *, columns: Mapping[str, int]) -> tuple[LumisectionSaid, ...]:
    """What is to be said of the lumisections; columns with the same status over the same range share a word."""
    online = DatasetKey(run_number, ONLINE)
    shared: Shared = {}
    for column, statuses in new.statuses.items():
        for status, where in statuses.items():
            for found in where.ranges:
                shared.setdefault((found, status), []).append(columns[column])
    return words_of(online, shared)


def words_of(dataset: DatasetKey, shared: Shared) -> tuple[LumisectionSaid, ...]:
    """Words of rules about a dataset; where a rule has nothing to say any more it takes back what rules said."""
    return tuple(
        LumisectionSaid(
            dataset,
            tuple(of),
            found,
            None if status is None else int(status),
            Origin.RULE,
            withdraws=(Origin.RULE,) if status is None else (),
        )
        for (found, status), of in shared.items()
    )


def _news(stretches: Iterable[Stretch], before: Statuses, known: LumiSet) -> dict[Status | None, LumiSet]:
    judged = by_status(stretches)
    now: dict[Status | None, LumiSet] = {None: known - _together(judged)}
    now.update(judged.items())
    unsaid = known - _together(before)
    said = {status: before.get(status, EMPTY) if status is not None else unsaid for status in now}
    return {status: new for status, where in now.items() if (new := where - said[status])}


def _together(statuses: Mapping[Any, LumiSet]) -> LumiSet:
    return LumiSet.of(r for where in statuses.values() for r in where.ranges)


def _reasons(column: str, stretches: Iterable[Stretch], new: Mapping[Status | None, LumiSet]) -> Iterator[Reason]:
    for stretch in stretches:
        if stretch.where & new.get(stretch.status, EMPTY):
            yield stretch.by or f"no rule for {column} holds"
    if None in new:
        yield f"{column} is not judged any more"
