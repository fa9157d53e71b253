"""Who said what about a run, when and why: every act that touched it or one of its datasets, latest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, text
from sqlmodel import Session

from backend.errors import NotFound
from backend.projections.undone import Undo, Undone
from backend.queries.column_values import ColumnValue, column_texts, column_value
from models.lumis import LumiRange
from models.vocabulary import ActKind, ColumnKind, Origin

_EXISTS = text("SELECT count(*) FROM run_identity WHERE run_number = :run")
_ACTS = text("""
    WITH RECURSIVE of_run AS (
        SELECT change_set FROM run_change WHERE run_number = :run
        UNION SELECT change_set FROM luminosity_change WHERE run_number = :run
        UNION SELECT w.change_set FROM dataset_change w JOIN dataset_identity d ON d.id = w.dataset_id
              WHERE d.run_number = :run
        UNION SELECT w.change_set FROM lumisection_change w JOIN dataset_identity d ON d.id = w.dataset_id
              WHERE d.run_number = :run
        UNION SELECT change_set FROM dataset_identity WHERE run_number = :run),
    acts AS (SELECT change_set AS id FROM of_run
             UNION SELECT c.id FROM change_set c JOIN acts ON c.undoes = acts.id)
    SELECT c.id, c.at, c."by", c.why, c.kind, c.undoes, c.scope FROM change_set c JOIN acts USING (id)
    ORDER BY c.id DESC
""")
_DATASETS = text("SELECT id, name FROM dataset_identity WHERE run_number = :run")
_RUN_WORDS = text("""
    SELECT change_set, origin, said, withdraws FROM run_change
    WHERE run_number = :run AND change_set = ANY(:acts) ORDER BY id
""")
_DATASET_WORDS = text("""
    SELECT change_set, origin, said, withdraws, dataset_id FROM dataset_change
    WHERE dataset_id = ANY(:datasets) AND change_set = ANY(:acts) ORDER BY id
""")
_FLAG_WORDS = text("""
    SELECT w.change_set, w.dataset_id, w.first, w.last, w.value, w.origin, w.cause, w.comment, w.withdraws,
           said.columns, said.kind
    FROM lumisection_change w, LATERAL (
        SELECT array_agg(c.workspace || '-' || c.name ORDER BY c.id) AS columns, min(c.kind) AS kind
        FROM lumisection_column c WHERE c.id = ANY(w.columns)) said
    WHERE w.dataset_id = ANY(:datasets) AND w.change_set = ANY(:acts) ORDER BY w.id
""")


@dataclass(frozen=True, slots=True)
class AttributesSaid:
    """Attributes said of the run (no dataset) or of one of its datasets, or withdrawn for some origins."""

    dataset: str | None
    said: Mapping[str, Any]
    origin: Origin
    withdraws: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class RangeSaid:
    """A value over a range for some columns (``tracker-strip``); none if earlier words are withdrawn there."""

    dataset: str
    columns: tuple[str, ...]
    range: LumiRange
    value: ColumnValue | None
    origin: Origin
    cause: str | None
    comment: str | None
    withdraws: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One act, as far as it concerns the run. ``is_undone`` means that nothing of it holds here any more."""

    change_set: int
    at: datetime
    by: str
    why: str
    kind: ActKind
    undoes: int | None
    is_undone: bool
    attributes: tuple[AttributesSaid, ...]
    ranges: tuple[RangeSaid, ...]


def history_of_run(session: Session, run_number: int, *, limit: int = 200) -> tuple[HistoryEntry, ...]:
    """The acts that touched a run or one of its datasets, latest first.

    Raises
    ------
    NotFound
        If there has never been such a run.
    """
    if not session.execute(_EXISTS, {"run": run_number}).scalar_one():
        raise NotFound(f"There is no run {run_number}.")
    names: dict[int, str] = dict(session.execute(_DATASETS, {"run": run_number}).all())
    acts = [act for act in session.execute(_ACTS, {"run": run_number}) if _concerns(act.scope, run_number, names)]
    undone = Undone.of(Undo(act.id, act.undoes, act.scope) for act in acts if act.undoes is not None)
    shown = acts[:limit]
    asked = {"run": run_number, "datasets": list(names), "acts": [act.id for act in shown]}
    attributes = _grouped(_attributes(session, asked, names))
    ranges = _grouped(_ranges(session, asked, names))
    return tuple(
        HistoryEntry(
            change_set=act.id,
            at=act.at,
            by=act.by,
            why=act.why,
            kind=ActKind(act.kind),
            undoes=act.undoes,
            is_undone=_is_undone(undone, act, run_number, _spoken_of(act, names, attributes, ranges)),
            attributes=attributes.get(act.id, ()),
            ranges=ranges.get(act.id, ()),
        )
        for act in shown
    )


_T = TypeVar("_T")


def _concerns(scope: Mapping[str, Sequence[int]] | None, run_number: int, datasets: Iterable[int]) -> bool:
    if scope is None:
        return True
    return run_number in scope.get("runs", ()) or not set(datasets).isdisjoint(scope.get("datasets", ()))


def _spoken_of(
    act: Row[Any],
    names: Mapping[int, str],
    attributes: Mapping[int, tuple[AttributesSaid, ...]],
    ranges: Mapping[int, tuple[RangeSaid, ...]],
) -> frozenset[int | None]:
    """The ids of the datasets that an act speaks of, none among them for the run; an undo of all speaks of all."""
    spoken: set[str | None] = {said.dataset for said in attributes.get(act.id, ())}
    spoken |= {said.dataset for said in ranges.get(act.id, ())}
    if spoken:
        return frozenset(id_ for id_ in (None, *names) if (id_ if id_ is None else names[id_]) in spoken)
    scope = act.scope or {}
    return frozenset(id_ for id_ in names if id_ in scope.get("datasets", ())) or frozenset({None, *names})


def _is_undone(undone: Undone, act: Row[Any], run_number: int, spoken_of: frozenset[int | None]) -> bool:
    return all(
        act.id in (undone.acts("runs", run_number) if id_ is None else undone.acts("datasets", id_))
        for id_ in spoken_of
    )


def _origins(numbers: Sequence[int] | None) -> tuple[Origin, ...]:
    return tuple(map(Origin, numbers or ()))


def _attributes(
    session: Session, asked: Mapping[str, Any], names: Mapping[int, str]
) -> Iterable[tuple[int, AttributesSaid]]:
    for act, origin, said, withdraws in session.execute(_RUN_WORDS, asked):
        yield act, AttributesSaid(None, said, Origin(origin), _origins(withdraws))
    for act, origin, said, withdraws, dataset in session.execute(_DATASET_WORDS, asked):
        yield act, AttributesSaid(names[dataset], said, Origin(origin), _origins(withdraws))


def _ranges(session: Session, asked: Mapping[str, Any], names: Mapping[int, str]) -> Iterable[tuple[int, RangeSaid]]:
    rows = session.execute(_FLAG_WORDS, asked).all()
    texts = column_texts(session) if any(row.kind == ColumnKind.TEXT for row in rows) else {}
    for row in rows:
        yield (
            row.change_set,
            RangeSaid(
                dataset=names[row.dataset_id],
                columns=tuple(row.columns),
                range=LumiRange(row.first, row.last),
                value=None if row.value is None else column_value(ColumnKind(row.kind), row.value, texts),
                origin=Origin(row.origin),
                cause=row.cause,
                comment=row.comment,
                withdraws=_origins(row.withdraws),
            ),
        )


def _grouped(pairs: Iterable[tuple[int, _T]]) -> dict[int, tuple[_T, ...]]:
    grouped: dict[int, list[_T]] = {}
    for act, item in pairs:
        grouped.setdefault(act, []).append(item)
    return {act: tuple(items) for act, items in grouped.items()}
