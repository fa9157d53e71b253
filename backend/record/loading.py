"""What was said before of the things an act reaches: the words that the folds need, read in a few queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
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
_DATASETS = text("""
    SELECT i.id, d.id IS NOT NULL, r.known, coalesce(d.counts, '{}'), coalesce(d.bits, '{}'), coalesce(d.notes, '{}'),
           (SELECT json_agg(json_build_array(c.id, c.change_set, c.dataset_id, c.origin, c.said, c.withdraws,
                                             s.kind, s."by") ORDER BY c.id)
            FROM dataset_change c JOIN change_set s ON s.id = c.change_set
            WHERE c.dataset_id = i.id AND s.kind <> 'proposal')
    FROM dataset_identity i LEFT JOIN dataset d ON d.id = i.id LEFT JOIN run r ON r.run_number = i.run_number
    WHERE i.id = ANY(:of)
""")
_KNOWN = text("SELECT run_number, known FROM run WHERE run_number = ANY(:of)")
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


@dataclass(frozen=True, slots=True)
class LoadedWord:
    """A lumisection word with the act it belongs to, its cause and its comment."""

    word: SpokenWord
    change_set: int
    cause: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class LoadedDataset:
    """A dataset's attribute words, and its counts, bits and notes as they were, if it was in sight."""

    changes: list[AttributeChange] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    bits: list[int] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    is_in_sight: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything said before, as far as the reach goes, and what the projections of it now are."""

    runs: dict[int, list[AttributeChange]]
    known: dict[int, list[int]]
    """Run → known lumisections, flat, as they were."""
    datasets: dict[int, LoadedDataset]
    words: list[LoadedWord]
    luminosities: list[tuple[int, int, str, LuminosityWord]]
    """(change set, run, source, word)."""
    undone: Undone


def load(session: Session, reach: Reach) -> Loaded:
    """Read what was said before of everything that is reached."""
    existing = [id_ for id_ in reach.datasets if id_ not in reach.new]
    runs = _run_changes(session, reach.runs)
    known, datasets = _datasets(session, reach, existing)
    words = _words(session, reach, existing)
    luminosities = _luminosities(session, reach)
    acts = {c.change_set for changes in runs.values() for c in changes}
    acts |= {c.change_set for dataset in datasets.values() for c in dataset.changes}
    acts |= {w.change_set for w in words} | {act for act, *_ in luminosities} | set(reach.created.values())
    return Loaded(runs, known, datasets, words, luminosities, load_undone(session, acts))


def load_undone(session: Session, acts: Iterable[int]) -> Undone:
    """The undos, undos of undos … that concern these acts."""
    wanted = list(acts)
    rows = session.execute(_UNDOS, {"acts": wanted}) if wanted else ()
    return Undone.of(Undo(id_, undoes, scope) for id_, undoes, scope in rows)


def _run_changes(session: Session, runs: Iterable[int]) -> dict[int, list[AttributeChange]]:
    wanted = list(runs)
    changes: dict[int, list[AttributeChange]] = {of: [] for of in wanted}
    for row in session.execute(_RUN_CHANGES, {"of": wanted}) if wanted else ():
        change = AttributeChange(*row)
        changes[change.of].append(change)
    return changes


def _datasets(
    session: Session, reach: Reach, existing: list[int]
) -> tuple[dict[int, list[int]], dict[int, LoadedDataset]]:
    known: dict[int, list[int]] = {}
    datasets = {}
    for id_, is_in_sight, of_run, counts, bits, notes, changes in (
        session.execute(_DATASETS, {"of": existing}) if existing else ()
    ):
        known[reach.keys[id_].run_number] = of_run or []
        datasets[id_] = LoadedDataset([AttributeChange(*c) for c in changes or ()], counts, bits, notes, is_in_sight)
    if others := {reach.keys[id_].run_number for id_ in reach.new} - known.keys():
        known |= {run: of_run for run, of_run in session.execute(_KNOWN, {"of": list(others)})}
    return known, datasets


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
    ).all()
    words = []
    for id_, change_set, dataset, columns, first, last, value, origin, withdraws, cause, comment in rows:
        told = columns if dataset in reach.whole else [c for c in columns if c in reach.columns[dataset]]
        if told:
            spoken = SpokenWord(id_, dataset, told, first, last, value, origin, withdraws, bool(cause or comment))
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
