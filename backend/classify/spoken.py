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

from backend.classify.lumisections import Lumisections
from backend.classify.verdicts import ByPeople, RunFacts
from backend.classify.words import (
    DARK,
    OMS_SPEAKS,
    SaidOfLumisections,
    Statuses,
    luminosities_said,
    series_of,
)
from backend.projections.attributes import AttributeChange, attributes_in_force
from backend.projections.undone import Undone
from backend.record.columns import KnownColumn
from backend.record.loading import load_undone
from models.lumis import LumiSet
from models.vocabulary import ONLINE, ActKind, Origin, RunState

OMS = "oms."
KNOWN = "known"
RUN_CLASS, IS_SIGNIFICANT = "run_class", "is_significant"

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

    @property
    def is_signed_off(self) -> bool:
        """Whether the run no longer follows OMS and the rules: what they say is proposed."""
        return self.state not in {RunState.OPEN, None}


def spoken_of(
    session: Session,
    run_numbers: Collection[int],
    *,
    columns: Iterable[KnownColumn],
    with_luminosity: bool,
) -> list[Spoken]:
    """What was said of these runs, ascending; runs that do not exist are left out.

    Parameters
    ----------
    columns
        All columns that there are.
    with_luminosity
        Whether rules want to know the luminosity of every lumisection; otherwise it is null.
    """
    runs = session.execute(_RUNS, {"runs": list(run_numbers), "online": ONLINE}).all()
    words = _RunWords.of(session, [row.run_number for row in runs])
    spans = SaidOfLumisections.of(session, [row.id for row in runs], columns)
    luminosities = luminosities_said(session, [row.run_number for row in runs]) if with_luminosity else {}
    told = []
    for row in runs:
        said = words.by_oms(row.run_number)
        known = LumiSet.pairs(said.get(KNOWN) or ())
        facts = RunFacts(
            run_number=row.run_number,
            oms={name.removeprefix(OMS): value for name, value in said.items() if name.startswith(OMS)},
            registry={"state": row.state, "stop_reason": row.stop_reason},
            lumisections=Lumisections(known, spans.by_oms(row.id), series_of(luminosities.get(row.run_number, DARK))),
        )
        by_rules = words.by_rules(row.run_number)
        rules = SaidByRules(by_rules.get(RUN_CLASS), by_rules.get(IS_SIGNIFICANT), spans.by_rules(row.id))
        state = None if row.state is None else RunState(row.state)
        told.append(Spoken(state, row.proposed_by is not None, facts, rules, words.by_people(row.run_number)))
    return told


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
        spoken = [c for c in self.by_run[run_number] if c.kind in OMS_SPEAKS and _is_of_rules(c)]
        return attributes_in_force(spoken)

    def by_rules(self, run_number: int) -> dict[str, Any]:
        return attributes_in_force(_narrowed(filter(_is_of_rules, self.by_run[run_number])))

    def by_people(self, run_number: int) -> ByPeople:
        said = list(_narrowed(c for c in self.by_run[run_number] if Origin.PERSON in (c.withdraws or (c.origin,))))
        if not said:
            return ByPeople()
        undone = self._undone.acts("runs", run_number)
        standing = [c for c in said if c.change_set not in undone and c.kind != ActKind.PROPOSAL]
        return ByPeople(**attributes_in_force(standing))

    @cached_property
    def _undone(self) -> Undone:
        acts = {c.change_set for changes in self.by_run.values() for c in changes}
        return load_undone(self.session, acts)


def _is_of_rules(change: AttributeChange) -> bool:
    return Origin.RULE in (change.withdraws or (change.origin,))


def _narrowed(changes: Iterable[AttributeChange]) -> Iterable[AttributeChange]:
    """The changes that speak of class or significance, without what else they speak of."""
    for change in changes:
        if said := {name: change.said[name] for name in (RUN_CLASS, IS_SIGNIFICANT) if name in change.said}:
            yield replace(change, said=said)
