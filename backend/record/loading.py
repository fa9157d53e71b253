"""What was said before of the things an act reaches: the words that the folds need, read in a few queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import TextClause, text
from sqlmodel import Session

from backend.projections.attributes import AttributeChange
from backend.projections.luminosity import LuminosityWord
from backend.projections.segments import SpokenWord
from backend.projections.undone import Undo, Undone
from backend.record.reach import Reach

_RUN_CHANGES = text("""
    SELECT c.id, c.change_set, c.run_number, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM run_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = ANY(:of) ORDER BY c.id
""")
_DATASET_CHANGES = text("""
    SELECT c.id, c.change_set, c.dataset_id, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM dataset_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.dataset_id = ANY(:of) AND s.kind <> 'proposal' ORDER BY c.id
""")
_WORDS = text("""
    SELECT c.id, c.change_set, c.dataset_id, c.columns, c.first, c.last, c.value, c.origin, c.withdraws,
           c.cause, c.comment
    FROM lumisection_change c JOIN change_set s ON s.id = c.change_set
    WHERE (c.dataset_id = ANY(:whole) OR (c.dataset_id = ANY(:some) AND c.columns && CAST(:columns AS int2[])))
      AND s.kind <> 'proposal'
""")
_LUMINOSITIES = text("""
    SELECT c.id, c.change_set, c.run_number, c.source, c.first, c.delivered, c.recorded
    FROM luminosity_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = ANY(:of) AND s.kind <> 'proposal'
""")
_UNDOS = text("""
    WITH RECURSIVE undo AS (
        SELECT id, undoes, scope FROM change_set WHERE undoes = ANY(:acts)
        UNION SELECT c.id, c.undoes, c.scope FROM change_set c JOIN undo ON c.undoes = undo.id)
    SELECT id, undoes, scope FROM undo
""")
_OLD_DATASETS = text("SELECT id, counts, notes FROM dataset WHERE id = ANY(:of)")
_KNOWN = text("SELECT run_number, known FROM run WHERE run_number = ANY(:of)")


@dataclass(frozen=True, slots=True)
class LoadedWord:
    """A lumisection word with the act it belongs to, its cause and its comment."""

    word: SpokenWord
    change_set: int
    cause: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything said before, as far as the reach goes, and what the projections of it now are."""

    runs: dict[int, list[AttributeChange]]
    datasets: dict[int, list[AttributeChange]]
    words: list[LoadedWord]
    luminosities: list[tuple[int, int, str, LuminosityWord]]
    """(change set, run, source, word)."""
    undone: Undone
    old: dict[int, tuple[list[int], dict[str, Any]]]
    """Dataset id → (counts, notes) as they were."""
    known: dict[int, list[int]]
    """Run → known lumisections, flat, as they were."""


def load(session: Session, reach: Reach) -> Loaded:
    """Read what was said before of everything that is reached."""
    existing = [id_ for id_ in reach.datasets if id_ not in reach.new]
    runs = _attribute_changes(session, _RUN_CHANGES, reach.runs)
    datasets = _attribute_changes(session, _DATASET_CHANGES, existing)
    words = _words(session, reach, existing)
    luminosities = _luminosities(session, reach)
    acts = {c.change_set for of in (*runs.values(), *datasets.values()) for c in of}
    acts |= {w.change_set for w in words} | {act for act, *_ in luminosities} | set(reach.created.values())
    old = _dict(session, _OLD_DATASETS, existing)
    known = session.execute(_KNOWN, {"of": list({k.run_number for k in reach.keys.values()})}) if reach.keys else ()
    return Loaded(
        runs=runs,
        datasets=datasets,
        words=words,
        luminosities=luminosities,
        undone=load_undone(session, acts),
        old=old,
        known={row[0]: row[1] for row in known},
    )


def load_undone(session: Session, acts: Iterable[int]) -> Undone:
    """The undos, undos of undos … that concern these acts."""
    wanted = list(acts)
    rows = session.execute(_UNDOS, {"acts": wanted}) if wanted else ()
    return Undone.of(Undo(id_, undoes, scope) for id_, undoes, scope in rows)


def _attribute_changes(session: Session, query: TextClause, of: Iterable[int]) -> dict[int, list[AttributeChange]]:
    wanted = list(of)
    changes: dict[int, list[AttributeChange]] = {of_: [] for of_ in wanted}
    for row in session.execute(query, {"of": wanted}) if wanted else ():
        change = AttributeChange(*row)
        changes[change.of].append(change)
    return changes


def _words(session: Session, reach: Reach, existing: list[int]) -> list[LoadedWord]:
    spoken_of = [id_ for id_ in existing if id_ in reach.whole or reach.columns[id_]]
    if not spoken_of:
        return []
    rows = session.execute(
        _WORDS,
        {
            "whole": [id_ for id_ in spoken_of if id_ in reach.whole],
            "some": [id_ for id_ in spoken_of if id_ not in reach.whole],
            "columns": sorted(set().union(*(reach.columns[id_] for id_ in spoken_of))),
        },
    )
    words = []
    for id_, change_set, dataset, columns, first, last, value, origin, withdraws, cause, comment in rows:
        told = columns if dataset in reach.whole else [c for c in columns if c in reach.columns[dataset]]
        if told:
            spoken = SpokenWord(id_, dataset, told, first, last, value, origin, withdraws)
            words.append(LoadedWord(spoken, change_set, cause, comment))
    return words


def _luminosities(session: Session, reach: Reach) -> list[tuple[int, int, str, LuminosityWord]]:
    runs = list({run for run, _ in reach.luminosities})
    if not runs:
        return []
    return [
        (change_set, run, source, LuminosityWord(id_, first, delivered, recorded))
        for id_, change_set, run, source, first, delivered, recorded in session.execute(_LUMINOSITIES, {"of": runs})
    ]


def _dict(session: Session, query: TextClause, of: list[int]) -> dict[int, tuple[list[int], dict[str, Any]]]:
    return {row[0]: (row[1], row[2]) for row in session.execute(query, {"of": of})} if of else {}
