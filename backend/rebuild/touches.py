"""Which act last touched each run and dataset: by a word of its own, or by an undo that reached it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.projections.undone import Thing, Undone

_RUNS = "SELECT run_number AS of, change_set AS act, 'runs' AS thing, run_number AS named FROM run_change"
_DATASETS = """
    SELECT w.dataset_id AS of, w.change_set AS act, 'datasets' AS thing, w.dataset_id AS named
    FROM lumisection_change w JOIN change_set s ON s.id = w.change_set WHERE s.kind <> 'proposal'
    UNION ALL
    SELECT w.dataset_id, w.change_set, 'datasets', w.dataset_id
    FROM dataset_change w JOIN change_set s ON s.id = w.change_set WHERE s.kind <> 'proposal'
    UNION ALL
    SELECT id, change_set, 'datasets', id FROM dataset_identity
    UNION ALL
    SELECT d.id, w.change_set, 'runs', w.run_number
    FROM run_change w JOIN change_set s ON s.id = w.change_set JOIN dataset_identity d ON d.run_number = w.run_number
    WHERE s.kind <> 'proposal' AND w.said ? 'known'
"""
_LUMINOSITIES = """
    SELECT w.run_number || ' ' || w.source AS of, w.change_set AS act, 'runs' AS thing, w.run_number AS named
    FROM luminosity_change w JOIN change_set s ON s.id = w.change_set WHERE s.kind <> 'proposal'
"""
_CYCLES = """
    SELECT cycle_id AS of, change_set AS act, 'cycles' AS thing, cycle_id AS named FROM cycle_change
    UNION ALL SELECT id, change_set, 'cycles', id FROM cycle
"""
_GOLDEN_JSONS = """
    SELECT golden_json_id AS of, change_set AS act, 'golden_jsons' AS thing, golden_json_id AS named
    FROM golden_json_change
    UNION ALL SELECT id, change_set, 'golden_jsons', id FROM golden_json
"""
_ONLY = "(CAST(:only AS int[]) IS NULL OR {} = ANY(:only))"
_LATEST = {
    "golden_jsons": text(f"SELECT of, max(act) FROM ({_GOLDEN_JSONS}) t GROUP BY of"),
    "cycles": text(f"SELECT of, max(act) FROM ({_CYCLES}) t GROUP BY of"),
    "luminosities": text(f"SELECT of, max(act) FROM ({_LUMINOSITIES}) t WHERE {_ONLY.format('named')} GROUP BY of"),
    "runs": text(f"SELECT of, max(act) FROM ({_RUNS}) t WHERE {_ONLY.format('of')} GROUP BY of"),
    "datasets": text(f"SELECT of, max(act) FROM ({_DATASETS}) t WHERE {_ONLY.format('of')} GROUP BY of"),
}
_OF_ACTS = {
    "golden_jsons": text(f"SELECT act, of, thing, named FROM ({_GOLDEN_JSONS}) t WHERE act = ANY(:acts)"),
    "cycles": text(f"SELECT act, of, thing, named FROM ({_CYCLES}) t WHERE act = ANY(:acts)"),
    "luminosities": text(f"SELECT act, of, thing, named FROM ({_LUMINOSITIES}) t WHERE act = ANY(:acts)"),
    "runs": text(f"SELECT act, of, thing, named FROM ({_RUNS}) t WHERE act = ANY(:acts)"),
    "datasets": text(f"SELECT act, of, thing, named FROM ({_DATASETS}) t WHERE act = ANY(:acts)"),
}
_BY = text('SELECT id, "by" FROM change_set WHERE id = ANY(:acts)')


@dataclass(frozen=True, slots=True)
class Touches:
    """Run number, id of dataset, cycle or golden JSON, or ``<run> <source>`` → the last act that touched it; and whose
    they were."""

    runs: Mapping[int, int]
    datasets: Mapping[int, int]
    luminosities: Mapping[str, int]
    cycles: Mapping[int, int]
    golden_jsons: Mapping[int, int]
    by: Mapping[int, str] = field(default_factory=dict)


def last_touches(session: Session, undone: Undone) -> Touches:
    """The last touch of everything in the log."""
    runs: dict[int, int] = _with_undos(session, undone, "runs")
    datasets: dict[int, int] = _with_undos(session, undone, "datasets")
    luminosities: dict[str, int] = _with_undos(session, undone, "luminosities")
    cycles: dict[int, int] = _with_undos(session, undone, "cycles")
    golden_jsons: dict[int, int] = _with_undos(session, undone, "golden_jsons")
    by = _authors(session, {*runs.values(), *datasets.values(), *cycles.values(), *golden_jsons.values()})
    return Touches(runs, datasets, luminosities, cycles, golden_jsons, by)


def last_touches_of(session: Session, undone: Undone, *, runs: Sequence[int], datasets: Sequence[int]) -> Touches:
    """The last touch of some runs, their luminosities, and some datasets; nothing about cycles and golden JSONs."""
    of_runs: dict[int, int] = _with_undos(session, undone, "runs", only=runs)
    of_datasets: dict[int, int] = _with_undos(session, undone, "datasets", only=datasets)
    luminosities: dict[str, int] = _with_undos(session, undone, "luminosities", only=runs)
    return Touches(
        of_runs, of_datasets, luminosities, {}, {}, _authors(session, {*of_runs.values(), *of_datasets.values()})
    )


def _authors(session: Session, acts: set[int]) -> dict[int, str]:
    return {act: author for act, author in session.execute(_BY, {"acts": list(acts)})}


def _with_undos(session: Session, undone: Undone, what: str, *, only: Sequence[int] | None = None) -> dict[Any, int]:
    asked = {} if what in ("cycles", "golden_jsons") else {"only": None if only is None else list(only)}
    touched = {of: act for of, act in session.execute(_LATEST[what], asked)}
    roots = _roots(undone)
    reached: dict[int, list[tuple[Any, Thing, int]]] = {}
    for act, of, thing, named in session.execute(_OF_ACTS[what], {"acts": list(set(roots.values()))}):
        reached.setdefault(act, []).append((of, thing, named))
    for undo in undone.undos:
        for of, thing, named in reached.get(roots[undo.id], ()):
            if undo.reaches(thing, named):
                touched[of] = max(touched.get(of, 0), undo.id)
    return touched


def _roots(undone: Undone) -> dict[int, int]:
    """Undo → the act at the bottom of its chain, the one that said something."""
    roots: dict[int, int] = {}
    for undo in sorted(undone.undos, key=lambda u: u.id):
        roots[undo.id] = roots.get(undo.undoes, undo.undoes)
    return roots
