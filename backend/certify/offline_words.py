"""The first verdicts on a dataset: what the offline component rules make of what was said online, word by word."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.classify import Classifier, ComponentBody, component_rules
from backend.classify.judging import judge_component
from backend.classify.lumisections import DELIVERED, NUMBER, RECORDED, Fact, Lumisections
from backend.classify.saying import Shared, words_of
from backend.classify.verdicts import Judge, by_status
from backend.classify.words import Statuses, series_of
from backend.configuration import Side
from backend.queries import ColumnStrip, Strip, luminosity_of, strip_of
from backend.record import DatasetKey, LumisectionSaid
from models.lumis import EMPTY, LumiRange, LumiSet
from models.vocabulary import UNSAID, Bit, ColumnKind, LuminositySource, Status

Facts = Mapping[str, Any]
Verdicts = Mapping[str, Statuses]
"""Column → status → where."""
_Said: TypeAlias = Iterable[tuple[LumiRange, Fact]]

_RUN = text("""
    SELECT run_number, run_class, is_significant, state, stop_reason, oms FROM run WHERE run_number = :run
""")
_VERSIONS = text("SELECT last_change FROM configuration WHERE kind = :kind ORDER BY name")
_OMS, _RR = "lumisection.oms.", "lumisection.rr."


_kept: WeakKeyDictionary[Engine, tuple[tuple[int, ...], "OfflineRules"]] = WeakKeyDictionary()
"""Engine → what was read last; nothing in it that the log does not hold."""


@dataclass(frozen=True, slots=True)
class OfflineRules:
    """The offline component rules in force: column → those that are asked, in order; and the facts that they read."""

    judges: Mapping[str, tuple[Judge[Status], ...]]
    reads: frozenset[str]

    def wants(self, fact: str) -> bool:
        """Whether one of them reads the fact, or what it is a part of; where only facts tell, every one is wanted."""
        parts = fact.split(".")
        return "" in self.reads or any(".".join(parts[: n + 1]) in self.reads for n in range(len(parts)))

    @property
    def tell_datasets_apart(self) -> bool:
        """Whether they may say of one dataset of a run what they do not say of another."""
        return self.wants("dataset.name")


@dataclass(frozen=True, slots=True)
class OnlineFacts:
    """What offline rules read: the run as it stands, and what was said online of each lumisection."""

    run: Facts
    lumisections: Lumisections

    def of_dataset(self, name: str) -> Facts:
        """The facts that all lumisections of a dataset share."""
        return {"run": self.run, "dataset": {"name": name}}


def offline_rules(session: Session) -> OfflineRules:
    """The rules as configuration has them now; read once per process and version."""
    engine = session.get_bind().engine
    versions = tuple(session.execute(_VERSIONS, {"kind": ComponentBody.kind.value}).scalars())
    if engine not in _kept or _kept[engine][0] != versions:
        judges = {column: tuple(map(_judge, own)) for column, own in component_rules(session, Side.OFFLINE).items()}
        reads = frozenset[str]().union(*(judge.reads for own in judges.values() for judge in own))
        _kept[engine] = versions, OfflineRules(judges, reads)
    return _kept[engine][1]


def online_facts(session: Session, run_number: int, rules: OfflineRules) -> OnlineFacts:
    """The facts ``{run: {oms, rr}, lumisection: {oms, rr}}`` of a run that these rules read, as they stand now."""
    row = session.execute(_RUN, {"run": run_number}).one()
    rr = {
        "class": row.run_class,
        "state": row.state,
        "significant": row.is_significant,
        "stop_reason": row.stop_reason,
    }
    strip = strip_of(session, run_number)
    told = (fact for column in strip.columns for fact in _facts_of(column, strip))
    spans = {name: _spans(said, strip.known) for name, said in told if rules.wants(name)}
    series = {name: value_in for name, value_in in _series(session, run_number).items() if rules.wants(name)}
    run = {"run_number": run_number, "oms": row.oms, "rr": rr}
    return OnlineFacts(run, Lumisections(strip.known, spans, series))


def offline_verdicts(rules: OfflineRules, facts: OnlineFacts, name: str, *, columns: Iterable[str]) -> Verdicts:
    """Column → status → where; a column that no rule speaks of has NO VALUE FOUND in every lumisection."""
    shared, known = facts.of_dataset(name), facts.lumisections.known
    verdicts: dict[str, Statuses] = {}
    for column in columns:
        if own := rules.judges.get(column):
            verdicts[column] = by_status(judge_component(own, facts.lumisections, shared))
        else:
            verdicts[column] = {Status.NO_VALUE_FOUND: known} if known else {}
    return verdicts


def words_of_rules(
    dataset: DatasetKey,
    verdicts: Verdicts,
    *,
    before: Verdicts,
    known: LumiSet,
    ids: Mapping[str, int],
) -> tuple[LumisectionSaid, ...]:
    """What rules say of a dataset and did not say before; columns with the same status over a range share a word.

    Parameters
    ----------
    before
        What they said before, of these columns.
    known
        The lumisections that are judged; where rules spoke of others, their words stay.
    """
    shared: Shared = {}
    for column, now in verdicts.items():
        for status, where in _news(now, before.get(column, {}), known):
            for found in where.ranges:
                shared.setdefault((found, status), []).append(ids[column])
    return words_of(dataset, shared)


def _news(now: Statuses, before: Statuses, known: LumiSet) -> Iterable[tuple[Status | None, LumiSet]]:
    for status, where in now.items():
        if new := where - before.get(status, EMPTY):
            yield status, new
    if silent := _together(before) & known - _together(now):
        yield None, silent


def _together(statuses: Statuses) -> LumiSet:
    return LumiSet.of(r for where in statuses.values() for r in where.ranges)


def _judge(classifier: Classifier[ComponentBody]) -> Judge[Status]:
    body = classifier.body
    return Judge(body.kind, classifier.name, classifier.version, body.status, classifier.rule)


def _facts_of(column: ColumnStrip, strip: Strip) -> Iterable[tuple[str, _Said]]:
    if column.column.kind is not ColumnKind.FLAG:
        yield f"{_OMS}{column.column.name}", ((said.range, _plain(said.value)) for said in column.segments)
        return
    name = f"{_RR}{column.column}"
    statuses = [(said.range, said.value.word) for said in column.segments if isinstance(said.value, Status)]
    unsaid = strip.known - LumiSet.of(where for where, _ in statuses)
    yield f"{name}.status", [*statuses, *((where, UNSAID) for where in unsaid.ranges)]
    words = [(said.range, strip.words[said.word]) for said in column.segments]
    yield f"{name}.comment", ((where, word.comment or "") for where, word in words)
    yield f"{name}.cause", ((where, word.cause or "") for where, word in words)


def _plain(value: object) -> Fact:
    if isinstance(value, Bit):
        return value.boolean
    assert isinstance(value, int | str)
    return value


def _spans(said: _Said, known: LumiSet) -> dict[Fact, LumiSet]:
    """Value → where; null is where no value is named."""
    ranges: dict[Fact, list[LumiRange]] = {}
    for where, value in said:
        if value is not None:
            ranges.setdefault(value, []).append(where)
    spans = {value: LumiSet.of(found) & known for value, found in ranges.items()}
    return {value: where for value, where in spans.items() if where}


def _series(session: Session, run_number: int) -> dict[str, Callable[[int], Fact]]:
    """What differs from one lumisection to the next; luminosities also under the names that recipes have for them."""
    said = luminosity_of(session, run_number, sources=(LuminositySource.OMS,))
    last = max((*said.recorded_per_pb, *said.delivered_per_pb), default=0)
    delivered, recorded = (
        [series.get(n) for n in range(1, last + 1)] for series in (said.delivered_per_pb, said.recorded_per_pb)
    )
    of_oms = series_of((delivered, recorded))
    number = of_oms.pop(NUMBER)
    of_oms |= {"recorded": of_oms[RECORDED], "delivered": of_oms[DELIVERED]}
    return {f"lumisection.{NUMBER}": number, **{f"{_OMS}{name}": value_in for name, value_in in of_oms.items()}}
