"""To try a rule: the facts of a run, a dataset or a lumisection as rules see them, what a rule says there, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.classify.bodies import ClassifierBody, ComponentBody
from backend.classify.in_force import Draft, judges_with
from backend.classify.judging import facts_of_lumisections, judge
from backend.classify.lumisections import DELIVERED, RECORDED, Fact, Facts, Lumisections, names_read
from backend.classify.spoken import Spoken, spoken_of
from backend.classify.verdicts import Judges, Stretch, Verdict
from backend.configuration import Side
from backend.errors import NotFound
from backend.queries import ColumnStrip, Strip, strip_of
from backend.record import columns_by_name
from backend.rules import Explained, Rule
from backend.rules.facts import Subject
from models.lumis import LumiSet
from models.vocabulary import ONLINE, UNSAID, Bit, ColumnKind, Status

_STATES = text("SELECT states FROM dataset WHERE run_number = :run AND name = :name")
_NESTED = frozenset({Subject.OFFLINE_COMPONENT, Subject.RECIPE})
_OF_LUMISECTIONS = frozenset({*_NESTED, Subject.ONLINE_COMPONENT})


@dataclass(frozen=True, slots=True)
class Seen:
    """A run or a dataset as one kind of rule sees it.

    ``shared`` are the facts of the whole; ``lumisections`` those that differ within it, none where a rule judges the
    whole. ``verdict`` is what the classifiers say of the run online.
    """

    run_number: int
    dataset: str
    shared: Facts
    lumisections: Lumisections | None
    verdict: Verdict
    spoken: Spoken

    @property
    def known(self) -> LumiSet:
        """The lumisections that the run has."""
        return self.spoken.facts.lumisections.known

    def facts(self, lumisection: int | None = None) -> Facts:
        """The facts that a rule is given; of a lumisection, where rules judge those."""
        if self.lumisections is None or lumisection is None:
            return self.shared
        return self.lumisections.at(lumisection, self.shared)

    def where(self, rule: Rule) -> LumiSet:
        """The lumisections where the rule holds; all or none of them where it judges the whole."""
        if self.lumisections is None:
            return self.known if rule.holds(self.shared) else LumiSet()
        return self.lumisections.where(rule, self.shared, reads=names_read(rule))

    def explain(self, rule: Rule, lumisection: int | None = None) -> Explained:
        """Why the rule says there what it says."""
        return rule.explain(self.facts(lumisection))


def seen_by(
    session: Session,
    subject: Subject,
    *,
    run_number: int,
    dataset: str = ONLINE,
    drafts: Sequence[Draft] = (),
) -> Seen:
    """A run or a dataset as rules of that kind see it, judged with the drafts in place of what is in force.

    Raises
    ------
    NotFound
        If there is no such run or dataset.
    """
    spoken = _spoken(session, run_number)
    verdict = judge(judges_with(session, drafts), spoken.facts, spoken.people)
    run_class, is_significant = verdict.run.as_judged
    run = spoken.facts
    lumisections: Lumisections | None = None
    if subject is Subject.RUN:
        shared: Facts = {**run.of_run, "class": run_class}
    elif subject is Subject.ONLINE_COMPONENT:
        shared, lumisections = facts_of_lumisections(run, run_class, is_significant), run.lumisections
    elif subject is Subject.OFFLINE_DATASET:
        shared = _of_dataset(spoken, dataset, run_class, is_significant)
    else:
        said = strip_of(session, run_number, ONLINE if subject is Subject.OFFLINE_COMPONENT else dataset)
        shared = _nested(session, spoken, dataset, run_class, is_significant)
        is_recipe = subject is Subject.RECIPE
        lumisections = (
            _as_in_force(session, run.lumisections, said) if is_recipe else _with_flags(run.lumisections, said)
        )
    return Seen(run_number, dataset, shared, lumisections, verdict, spoken)


def stretches_of(seen: Seen, body: ClassifierBody) -> tuple[Stretch, ...]:
    """What the component of an online rule is given in every lumisection by all its rules together."""
    if isinstance(body, ComponentBody) and body.side is Side.ONLINE:
        return seen.verdict.components.get(body.component, ())
    return ()


def has_lumisections(subject: Subject) -> bool:
    """Whether rules of that kind judge each lumisection by itself."""
    return subject in _OF_LUMISECTIONS


def judged_now(session: Session, run_number: int) -> tuple[Spoken, Verdict, Judges]:
    """What was said of a run, what rules say of it now, and those rules.

    Raises
    ------
    NotFound
        If there is no such run.
    """
    judges = judges_with(session, ())
    spoken = _spoken(session, run_number)
    return spoken, judge(judges, spoken.facts, spoken.people), judges


def _spoken(session: Session, run_number: int) -> Spoken:
    found = spoken_of(session, [run_number], columns=columns_by_name(session).values(), with_luminosity=True)
    if not found:
        raise NotFound(f"There is no run {run_number}.")
    return found[0]


def _rr(spoken: Spoken, run_class: str | None, is_significant: bool) -> dict[str, Any]:
    return {**spoken.facts.registry, "class": run_class, "significant": is_significant}


def _of_dataset(spoken: Spoken, dataset: str, run_class: str | None, is_significant: bool) -> Facts:
    """The names of the original's tables: ``Run.oms_attributes.b_field``."""
    run = {"oms_attributes": dict(spoken.facts.oms), "rr_attributes": _rr(spoken, run_class, is_significant)}
    return {"name": dataset, "run_number": spoken.run_number, "Run": run}


def _nested(
    session: Session, spoken: Spoken, dataset: str, run_class: str | None, is_significant: bool
) -> dict[str, Any]:
    states = session.execute(_STATES, {"run": spoken.run_number, "name": dataset}).scalar_one_or_none()
    if states is None:
        raise NotFound(f"There is no dataset {spoken.run_number} {dataset}.")
    run = {"run_number": spoken.run_number, "oms": dict(spoken.facts.oms)}
    of_dataset = {f"{workspace}_state": state for workspace, state in states.items()}
    return {
        "run": run | {"rr": _rr(spoken, run_class, is_significant)},
        "dataset": {"name": dataset} | of_dataset,
        "lumisection": {"oms": {}, "rr": {}},
    }


def _with_flags(own: Lumisections, said: Strip) -> Lumisections:
    """The lumisections under nested names, with the flags that were said of a dataset."""
    spans: dict[str, Mapping[Fact, LumiSet]] = {f"lumisection.oms.{name}": at for name, at in own.spans.items()}
    for strip in said.columns:
        if strip.column.kind is ColumnKind.FLAG:
            spans[f"lumisection.rr.{strip.column}.status"] = _words(strip, said.known)
    series = {_nested_series(name): values for name, values in own.series.items()}
    return Lumisections(said.known, spans, series)


def _as_in_force(session: Session, own: Lumisections, said: Strip) -> Lumisections:
    """The lumisections as recipes see them: all that holds of the dataset, its own bits above those of OMS.

    A flag that nobody said is the word for that, also where nobody ever said it of the dataset.
    """
    flags = (str(column) for column in columns_by_name(session).values() if column.kind is ColumnKind.FLAG)
    spans: dict[str, Mapping[Fact, LumiSet]] = {f"lumisection.rr.{flag}": {UNSAID: said.known} for flag in flags}
    for strip in said.columns:
        if strip.column.kind is ColumnKind.FLAG:
            spans[f"lumisection.rr.{strip.column}"] = _words(strip, said.known)
        else:
            spans[f"lumisection.oms.{strip.column.name}"] = _values(strip, said.known)
    series = {_nested_series(name): values for name, values in own.series.items()}
    stored = {"recorded": RECORDED, "delivered": DELIVERED}
    series |= {f"lumisection.oms.{name}": own.series[meant] for name, meant in stored.items()}
    return Lumisections(said.known, spans, series)


def _nested_series(name: str) -> str:
    return f"lumisection.{name}" if name == "lumisection_number" else f"lumisection.oms.{name}"


def _words(strip: ColumnStrip, known: LumiSet) -> dict[Fact, LumiSet]:
    """Status word → where; where nobody spoke it is the word for that."""
    found: dict[Fact, LumiSet] = {}
    for said in strip.segments:
        word = said.value.word if isinstance(said.value, Status) else str(said.value)
        found[word] = found.get(word, LumiSet()) | (LumiSet.of([said.range]) & known)
    spoken = LumiSet.of(r for where in found.values() for r in where.ranges)
    return found | ({UNSAID: silent} if (silent := known - spoken) else {})


def _values(strip: ColumnStrip, known: LumiSet) -> dict[Fact, LumiSet]:
    """What OMS or a person says of a bit, a number or a text → where; nowhere, where it is null."""
    found: dict[Fact, LumiSet] = {}
    for said in strip.segments:
        value: Fact = said.value.boolean if isinstance(said.value, Bit) else said.value
        if value is not None:
            found[value] = found.get(value, LumiSet()) | (LumiSet.of([said.range]) & known)
    return found
