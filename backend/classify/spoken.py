"""What was said of runs so far: by OMS, which rules judge; by rules, which they do not repeat; by people, above them.

Of OMS and of rules it is what they *last said*, whoever overrode, rejected or undid it since: so that a run that is
looked at again is judged by what OMS says now, proposals included, and nothing is said twice.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.classify.judging import ByPeople, RunFacts
from backend.classify.lumisections import DELIVERED, LIVE, NUMBER, RECORDED, Fact, Lumisections
from backend.projections.attributes import AttributeChange, attributes_in_force
from backend.projections.luminosity import LuminosityWord, fold_luminosity
from backend.projections.segments import SegmentArrays, SpokenWord, fold_segments, spread
from backend.projections.summaries import FIRST_OTHER_COLUMN
from backend.queries.column_values import column_texts
from backend.record import columns_by_name
from backend.record.columns import KnownColumn
from backend.record.loading import load_undone
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, Bit, ColumnKind, LuminositySource, Origin, RunState, Status

OMS = "oms."
KNOWN = "known"
RUN_CLASS, IS_SIGNIFICANT = "run_class", "is_significant"

_OMS_SPEAKS = frozenset({ActKind.INGEST, ActKind.PROPOSAL})
_RULES_SPEAK = frozenset({ActKind.CLASSIFY, ActKind.PROPOSAL, ActKind.WITHDRAW})
"""A person who withdraws what rules said lets them speak anew; who overrides or undoes it does not."""

_RUNS = text("""
    SELECT r.run_number, r.state, r.stop_reason, r.proposed_by, d.id
    FROM run r JOIN dataset_identity d ON d.run_number = r.run_number AND d.name = :online
    WHERE r.run_number = ANY(:runs) ORDER BY r.run_number
""")
_RUN_WORDS = text("""
    SELECT c.id, c.change_set, c.run_number, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM run_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = ANY(:runs)
""")
_LUMISECTION_WORDS = text("""
    SELECT s.kind, c.id, c.dataset_id, c.columns, c.first, c.last, c.value, c.origin, c.withdraws
    FROM lumisection_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.dataset_id = ANY(:datasets) AND s.kind = ANY(:kinds) AND (c.origin = :rule OR :rule = ANY(c.withdraws))
""")
_LUMINOSITY_WORDS = text("""
    SELECT c.run_number, c.id, c.first, c.delivered, c.recorded
    FROM luminosity_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = ANY(:runs) AND c.source = :source AND s.kind = ANY(:kinds)
""")

Luminosity = tuple[Sequence[float | None], Sequence[float | None]]
"""Delivered and recorded, in /pb, from lumisection 1 on."""
Statuses = Mapping[Status, LumiSet]
_DARK: Luminosity = ((), ())


@dataclass(frozen=True, slots=True)
class SaidByRules:
    """What rules last said of a run; ``components`` is column → status → where."""

    run_class: str | None
    is_significant: bool | None
    components: Mapping[str, Statuses]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said of one run: the facts that rules judge, what they said of it before, and what people say."""

    state: RunState | None
    has_proposal: bool
    facts: RunFacts
    rules: SaidByRules
    people: ByPeople

    @property
    def run_number(self) -> int:
        """The run."""
        return self.facts.run_number


def spoken_of(session: Session, run_numbers: Collection[int], *, series: frozenset[str] = frozenset()) -> list[Spoken]:
    """What was said of these runs, ascending; runs that do not exist are left out.

    Parameters
    ----------
    series
        The facts that differ from lumisection to lumisection, of which rules want to know.
    """
    runs = session.execute(_RUNS, {"runs": list(run_numbers), "online": ONLINE}).all()
    words = _RunWords.of(session, [row.run_number for row in runs])
    spans = _Spans.of(session, [row.id for row in runs])
    luminosities = _luminosities(session, [row.run_number for row in runs]) if series - {NUMBER} else {}
    told = []
    for row in runs:
        said = words.by_oms(row.run_number)
        known = LumiSet.pairs(said.get(KNOWN) or ())
        facts = RunFacts(
            run_number=row.run_number,
            oms={name.removeprefix(OMS): value for name, value in said.items() if name.startswith(OMS)},
            registry={"state": row.state, "stop_reason": row.stop_reason},
            lumisections=Lumisections(
                known, spans.by_oms(row.id), _series(known, series, luminosities.get(row.run_number, _DARK))
            ),
        )
        by_rules = words.by_rules(row.run_number)
        rules = SaidByRules(by_rules.get(RUN_CLASS), by_rules.get(IS_SIGNIFICANT), spans.by_rules(row.id))
        state = None if row.state is None else RunState(row.state)
        told.append(Spoken(state, row.proposed_by is not None, facts, rules, words.by_people(row.run_number)))
    return told


def _series(known: LumiSet, wanted: Collection[str], luminosity: Luminosity) -> dict[str, dict[int, Fact]]:
    delivered, recorded = (dict(enumerate(series, 1)) for series in luminosity)
    found: dict[str, dict[int, Fact]] = {
        NUMBER: {n: n for n in known},
        RECORDED: {n: recorded.get(n) for n in known},
        DELIVERED: {n: delivered.get(n) for n in known},
        LIVE: {n: _live(recorded.get(n), delivered.get(n)) for n in known},
    }
    return {name: values for name, values in found.items() if name in wanted}


def _live(recorded: float | None, delivered: float | None) -> float | None:
    return recorded / delivered if recorded is not None and delivered else None


def _luminosities(session: Session, run_numbers: Sequence[int]) -> dict[int, Luminosity]:
    """What OMS last said of the luminosity of these runs, from lumisection 1 on."""
    words: dict[int, list[LuminosityWord]] = {}
    asked = {
        "runs": list(run_numbers),
        "source": LuminositySource.OMS.value,
        "kinds": [kind.value for kind in _OMS_SPEAKS],
    }
    for run_number, *word in session.execute(_LUMINOSITY_WORDS, asked):
        words.setdefault(run_number, []).append(LuminosityWord(*word))
    return {run_number: fold_luminosity(said) for run_number, said in words.items()}


@dataclass(frozen=True)
class _RunWords:
    """Every word about the attributes of some runs."""

    by_run: Mapping[int, Sequence[AttributeChange]]
    session: Session

    @classmethod
    def of(cls, session: Session, run_numbers: Sequence[int]) -> "_RunWords":
        by_run: dict[int, list[AttributeChange]] = {number: [] for number in run_numbers}
        for row in session.execute(_RUN_WORDS, {"runs": list(run_numbers)}):
            by_run[row.run_number].append(AttributeChange(*row))
        return cls(by_run, session)

    def by_oms(self, run_number: int) -> dict[str, Any]:
        spoken = [c for c in self.by_run[run_number] if c.kind in _OMS_SPEAKS and _is_of_rules(c)]
        return attributes_in_force(spoken)

    def by_rules(self, run_number: int) -> dict[str, Any]:
        spoken = [c for c in self.by_run[run_number] if c.kind in _RULES_SPEAK and _is_of_rules(c)]
        return attributes_in_force(_narrowed(spoken))

    def by_people(self, run_number: int) -> ByPeople:
        said = list(_narrowed(c for c in self.by_run[run_number] if Origin.PERSON in (c.withdraws or (c.origin,))))
        if not said:
            return ByPeople()
        undone = self._undone.acts("runs", run_number)
        standing = [c for c in said if c.change_set not in undone and c.kind != ActKind.PROPOSAL]
        return ByPeople(**attributes_in_force(standing))

    @cached_property
    def _undone(self) -> Any:
        acts = {c.change_set for changes in self.by_run.values() for c in changes}
        return load_undone(self.session, acts)


def _is_of_rules(change: AttributeChange) -> bool:
    return Origin.RULE in (change.withdraws or (change.origin,))


def _narrowed(changes: Iterable[AttributeChange]) -> Iterable[AttributeChange]:
    """The changes that speak of class or significance, without what else they speak of."""
    for change in changes:
        if said := {name: change.said[name] for name in (RUN_CLASS, IS_SIGNIFICANT) if name in change.said}:
            yield replace(change, said=said)


@dataclass(frozen=True)
class _Spans:
    """What OMS and rules last said of the lumisections of some online datasets: dataset → column → value → where."""

    oms: Mapping[int, Mapping[int, Mapping[int, LumiSet]]]
    rules: Mapping[int, Mapping[int, Mapping[int, LumiSet]]]
    columns: Mapping[int, KnownColumn]
    texts: Mapping[int, str]

    @classmethod
    def of(cls, session: Session, datasets: Sequence[int]) -> "_Spans":
        asked = {
            "datasets": list(datasets),
            "kinds": [kind.value for kind in _OMS_SPEAKS | _RULES_SPEAK],
            "rule": int(Origin.RULE),
        }
        rows = session.execute(_LUMISECTION_WORDS, asked).all()
        oms = _folded([SpokenWord(*word) for kind, *word in rows if kind in _OMS_SPEAKS])
        rules = _folded([SpokenWord(*word) for kind, *word in rows if kind in _RULES_SPEAK])
        return cls(
            _by_value(oms.take(oms.column >= FIRST_OTHER_COLUMN)),
            _by_value(rules.take(rules.column < FIRST_OTHER_COLUMN)),
            {column.id: column for column in columns_by_name(session).values()},
            column_texts(session),
        )

    def by_oms(self, dataset: int) -> dict[str, dict[Fact, LumiSet]]:
        """Attribute of OMS → value → where; where it is null, nothing."""
        said = self.oms.get(dataset, {})
        return {self.columns[id_].name: self._facts(self.columns[id_].kind, values) for id_, values in said.items()}

    def by_rules(self, dataset: int) -> dict[str, Statuses]:
        """Column → status → where."""
        said = self.rules.get(dataset, {})
        return {str(self.columns[id_]): {Status(v): at for v, at in values.items()} for id_, values in said.items()}

    def _facts(self, kind: ColumnKind, values: Mapping[int, LumiSet]) -> dict[Fact, LumiSet]:
        if kind is ColumnKind.BIT:
            return {bool(value): where for value, where in values.items() if value != Bit.NULL}
        if kind is ColumnKind.TEXT:
            return {self.texts[value]: where for value, where in values.items()}
        return {value: where for value, where in values.items()}


def _folded(words: list[SpokenWord]) -> SegmentArrays:
    return fold_segments(spread(words), (Origin.RULE,))


def _by_value(segments: SegmentArrays) -> dict[int, dict[int, dict[int, LumiSet]]]:
    ranges: dict[int, dict[int, dict[int, list[LumiRange]]]] = {}
    arrays = (segments.dataset, segments.column, segments.value, segments.first, segments.last)
    for dataset, column, value, first, last in zip(*(array.tolist() for array in arrays), strict=True):
        at = ranges.setdefault(dataset, {}).setdefault(column, {}).setdefault(value, [])
        at.append(LumiRange(first, last))
    return {
        dataset: {
            column: {value: LumiSet.of(found) for value, found in values.items()} for column, values in columns.items()
        }
        for dataset, columns in ranges.items()
    }
