"""The first verdicts on a dataset: what the offline component rules make of what was said online, word by word."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.classify import Classifier, ComponentBody, component_rules
from backend.classify.judging import judge_component
from backend.classify.lumisections import DELIVERED, NUMBER, RECORDED, Fact, Lumisections
from backend.classify.verdicts import Judge, by_status
from backend.classify.words import Statuses, series_of
from backend.configuration import Side
from backend.queries import ColumnStrip, Strip, luminosity_of, strip_of
from backend.record import DatasetKey, LumisectionSaid
from models.lumis import EMPTY, LumiRange, LumiSet
from models.vocabulary import UNSAID, Bit, ColumnKind, LuminositySource, Origin, Status

Facts = Mapping[str, Any]

_RUN = text("""
    SELECT run_number, run_class, is_significant, state, stop_reason, oms FROM run WHERE run_number = :run
""")
_OMS, _RR = "lumisection.oms.", "lumisection.rr."


@dataclass(frozen=True, slots=True)
class OnlineFacts:
    """What offline rules read: the run as it stands, and what was said online of each lumisection."""

    run: Facts
    lumisections: Lumisections

    def of_dataset(self, name: str) -> Facts:
        """The facts that all lumisections of a dataset share."""
        return {"run": self.run, "dataset": {"name": name}}


def online_facts(session: Session, run_number: int) -> OnlineFacts:
    """The facts ``{run: {oms, rr}, lumisection: {oms, rr}}`` of a run, as they stand now."""
    row = session.execute(_RUN, {"run": run_number}).one()
    rr = {
        "class": row.run_class,
        "state": row.state,
        "significant": row.is_significant,
        "stop_reason": row.stop_reason,
    }
    strip = strip_of(session, run_number)
    spans = dict(fact for column in strip.columns for fact in _facts_of(column, strip))
    run = {"run_number": run_number, "oms": row.oms, "rr": rr}
    return OnlineFacts(run, Lumisections(strip.known, spans, _series(session, run_number)))


def offline_judges(session: Session) -> dict[str, tuple[Judge[Status], ...]]:
    """The offline component rules, ready to judge: column → those that are asked, in order."""
    return {column: tuple(map(_judge, own)) for column, own in component_rules(session, Side.OFFLINE).items()}


def offline_verdicts(
    judges: Mapping[str, Sequence[Judge[Status]]], facts: OnlineFacts, name: str, *, columns: Iterable[str]
) -> dict[str, Statuses]:
    """Column → status → where; a column that no rule speaks of has NO VALUE FOUND in every lumisection."""
    shared, known = facts.of_dataset(name), facts.lumisections.known
    verdicts: dict[str, Statuses] = {}
    for column in columns:
        if own := judges.get(column):
            verdicts[column] = by_status(judge_component(own, facts.lumisections, shared))
        else:
            verdicts[column] = {Status.NO_VALUE_FOUND: known} if known else {}
    return verdicts


def words_of_rules(
    dataset: DatasetKey,
    verdicts: Mapping[str, Statuses],
    *,
    before: Mapping[str, Statuses],
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
    shared: dict[tuple[LumiRange, Status | None], list[int]] = {}
    for column, now in verdicts.items():
        for status, where in _news(now, before.get(column, {}), known):
            for found in where.ranges:
                shared.setdefault((found, status), []).append(ids[column])
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


def _facts_of(column: ColumnStrip, strip: Strip) -> Iterable[tuple[str, Mapping[Fact, LumiSet]]]:
    if column.column.kind is not ColumnKind.FLAG:
        values = ((said.range, _plain(said.value)) for said in column.segments)
        yield f"{_OMS}{column.column.name}", _spans(values, strip.known)
        return
    name = f"{_RR}{column.column}"
    statuses = [(said.range, said.value.word) for said in column.segments if isinstance(said.value, Status)]
    unsaid = strip.known - LumiSet.of(where for where, _ in statuses)
    yield f"{name}.status", _spans([*statuses, *((where, UNSAID) for where in unsaid.ranges)], strip.known)
    words = [(said.range, strip.words[said.word]) for said in column.segments]
    yield f"{name}.comment", _spans(((where, word.comment or "") for where, word in words), strip.known)
    yield f"{name}.cause", _spans(((where, word.cause or "") for where, word in words), strip.known)


def _plain(value: object) -> Fact:
    if isinstance(value, Bit):
        return value.boolean
    assert isinstance(value, int | str)
    return value


def _spans(said: Iterable[tuple[LumiRange, Fact]], known: LumiSet) -> dict[Fact, LumiSet]:
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
