"""One run from every side: its attributes, what OMS says, its lumisections and its datasets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import NotFound
from backend.projections.datasets import known_of
from backend.queries.filters import Condition, Operator
from backend.queries.runs import AttributeValue, runs_page
from models.lumis import LumiSet
from models.vocabulary import ONLINE

_KNOWN = text("SELECT known, proposed_by FROM run WHERE run_number = :run")
_NEIGHBOURS = text("""
    SELECT (SELECT max(run_number) FROM run WHERE run_number < :run),
           (SELECT min(run_number) FROM run WHERE run_number > :run)
""")
_DATASETS = text("""
    SELECT id, name, states, is_hidden, known, attributes, notes, last_change, changed_by
    FROM dataset WHERE run_number = :run ORDER BY name <> :online, name
""")


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """One dataset of a run; ``states`` is workspace → state, ``known`` the lumisections it has."""

    id: int
    run_number: int
    name: str
    states: Mapping[str, str]
    is_hidden: bool
    known: LumiSet
    attributes: Mapping[str, Any]
    notes: Mapping[str, Mapping[str, Sequence[str]]]
    last_change: int
    changed_by: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run.

    ``attributes`` are those of the catalogue by name, ``oms`` everything OMS says; ``datasets`` begin with ``online``.
    ``proposed_by`` is the first pending proposal: OMS changed something after sign-off. ``change_set`` is the act that
    one looked after: writing with it as ``seen`` finds out whether somebody was faster.
    """

    run_number: int
    known: LumiSet
    attributes: Mapping[str, AttributeValue]
    oms: Mapping[str, Any]
    datasets: tuple[DatasetFacts, ...]
    is_running: bool
    proposed_by: int | None
    last_change: int
    changed_by: str
    change_set: int


def run_facts(session: Session, run_number: int) -> RunFacts:
    """Everything about one run.

    Raises
    ------
    NotFound
        If there is no such run.
    """
    page = runs_page(
        session, filter=Condition("run_number", Operator.IS, run_number), limit=1, with_bits=False, with_oms=True
    )
    found = session.execute(_KNOWN, {"run": run_number}).one_or_none()
    if found is None or not page.rows:
        raise NotFound(f"There is no run {run_number}.")
    row = page.rows[0]
    return RunFacts(
        run_number=run_number,
        known=LumiSet.flat(found.known),
        attributes=row.attributes,
        oms=row.oms,
        datasets=_datasets(session, run_number, found.known),
        is_running=row.is_running,
        proposed_by=found.proposed_by,
        last_change=row.last_change,
        changed_by=row.changed_by,
        change_set=page.change_set,
    )


def neighbours_of_run(session: Session, run_number: int) -> tuple[int | None, int | None]:
    """The run before and the run after; none where there is none."""
    before, after = session.execute(_NEIGHBOURS, {"run": run_number}).one()
    return before, after


def _datasets(session: Session, run_number: int, run_known: Sequence[int]) -> tuple[DatasetFacts, ...]:
    rows = session.execute(_DATASETS, {"run": run_number, "online": ONLINE})
    return tuple(
        DatasetFacts(
            id=row.id,
            run_number=run_number,
            name=row.name,
            states=row.states,
            is_hidden=row.is_hidden,
            known=known_of(row.known, run_known),
            attributes=row.attributes,
            notes=row.notes,
            last_change=row.last_change,
            changed_by=row.changed_by,
        )
        for row in rows
    )
