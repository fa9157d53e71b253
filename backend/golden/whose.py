"""Whose word a fact is: who said it, in which act, when and why; of a run, a dataset, or one of its lumisections."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import NotFound
from backend.golden.places import (
    DATASET,
    LUMINOSITIES,
    LUMISECTION_OMS,
    LUMISECTION_RR,
    RUN_NUMBER,
    RUN_OMS,
    RUN_RR,
    STATE,
)
from backend.projections.attributes import AttributeChange, deciding_changes
from backend.queries import SaidBy, strip_of
from backend.rebuild import all_undone
from models.vocabulary import OMS_WORKSPACE, LuminositySource, Origin

_RUN_CHANGES = text("""
    SELECT c.id, c.change_set, c.run_number, c.origin, c.said, c.withdraws, s.kind, s."by", s.at, s.why
    FROM run_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = :run AND c.change_set <= :until AND s.kind <> 'proposal'
""")
_DATASET_CHANGES = text("""
    SELECT c.id, c.change_set, c.dataset_id, c.origin, c.said, c.withdraws, s.kind, s."by", s.at, s.why
    FROM dataset_change c JOIN change_set s ON s.id = c.change_set JOIN dataset_identity d ON d.id = c.dataset_id
    WHERE d.run_number = :run AND d.name = :dataset AND c.change_set <= :until AND s.kind <> 'proposal'
""")
_LUMINOSITIES = text("""
    SELECT c.change_set, s."by", s.at, s.why
    FROM luminosity_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = :run AND c.source = :source AND c.change_set <= :until AND s.kind <> 'proposal'
      AND :lumisection BETWEEN c.first AND c.first + greatest(cardinality(c.delivered), cardinality(c.recorded)) - 1
    ORDER BY c.id DESC
""")
_REGISTRY = {"class": "run_class", "significant": "is_significant"}
Said = dict[str, SaidBy]


def whose_words(
    session: Session, names: Iterable[str], *, run_number: int, dataset: str, lumisection: int, as_of: int
) -> Said:
    """Name of the fact → whose word it is, as of a change set; what nobody said is left out."""
    asked = {"run": run_number, "dataset": dataset, "until": as_of, "lumisection": lumisection}
    wanted = set(names)
    found = _of_attributes(session, wanted, asked)
    if any(name.startswith((LUMISECTION_OMS, LUMISECTION_RR)) for name in wanted):
        found |= _of_columns(session, asked)
    if not wanted.isdisjoint(LUMINOSITIES):
        found |= _of_luminosity(session, asked)
    return {name: said for name, said in found.items() if name in wanted}


def _of_attributes(session: Session, names: Iterable[str], asked: Mapping[str, Any]) -> Said:
    run_number, until = asked["run"], asked["until"]
    undone = all_undone(session, until)
    acts = undone.acts("runs", run_number)
    of_run = _deciding(row for row in session.execute(_RUN_CHANGES, asked) if row.change_set not in acts)
    rows = session.execute(_DATASET_CHANGES, asked).all()
    of_dataset = _deciding(row for row in rows if row.change_set not in undone.acts("datasets", row.dataset_id))
    found = {}
    for name in names:
        if name.startswith(RUN_OMS):
            said = of_run.get(name.removeprefix("run."))
        elif name.startswith(RUN_RR):
            attribute = name.removeprefix(RUN_RR)
            said = of_run.get(_REGISTRY.get(attribute, attribute))
        elif name.startswith(DATASET) and name.endswith(STATE):
            said = of_dataset.get(f"state.{name.removeprefix(DATASET).removesuffix(STATE)}")
        else:
            said = None
        if said is not None and name != RUN_NUMBER:
            found[name] = said
    return found


def _deciding(rows: Iterable[Any]) -> Said:
    """Attribute → who said what holds of it."""
    when: dict[int, tuple[datetime, str]] = {}
    changes = []
    for row in rows:
        changes.append(AttributeChange(*row[:8]))
        when[row.change_set] = row.at, row.why
    return {
        attribute: SaidBy(c.change_set, c.by, *when[c.change_set], Origin(c.origin), None, None)
        for attribute, c in deciding_changes(changes).items()
    }


def _of_columns(session: Session, asked: Mapping[str, Any]) -> Said:
    """Whose words the flags and bits of the lumisection are; nobody's, if the dataset is no longer there."""
    try:
        strip = strip_of(session, asked["run"], asked["dataset"], as_of=asked["until"])
    except NotFound:
        return {}
    found = {}
    for column in strip.columns:
        is_of_oms = column.column.workspace == OMS_WORKSPACE
        name = f"{LUMISECTION_OMS}{column.column.name}" if is_of_oms else f"{LUMISECTION_RR}{column.column}"
        for said in column.segments:
            if said.range.first <= asked["lumisection"] <= said.range.last:
                found[name] = strip.words[said.word]
    return found


def _of_luminosity(session: Session, asked: Mapping[str, Any]) -> Said:
    """Whose word the luminosity of the lumisection is: of what OMS said last."""
    undone = all_undone(session, asked["until"]).acts("runs", asked["run"])
    for row in session.execute(_LUMINOSITIES, {**asked, "source": LuminositySource.OMS.value}):
        if row.change_set not in undone:
            said = SaidBy(row.change_set, row.by, row.at, row.why, Origin.RULE, None, None)
            return dict.fromkeys(LUMINOSITIES, said)
    return {}
