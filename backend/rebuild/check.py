"""Self-check: some runs are folded anew from the log, and what stands has to be the same, row for row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.db import transaction
from backend.rebuild.folding import HOLD, Folding, fold_datasets, fold_luminosities, fold_runs
from backend.rebuild.touches import last_touches_of
from backend.rebuild.words import all_undone

_DATASETS = text("SELECT id FROM dataset_identity WHERE run_number = ANY(:runs)")
_TABLES = {
    "run": "run_number = ANY(:runs)",
    "dataset": "id = ANY(:datasets)",
    "dataset_brief": "id = ANY(:datasets)",
    "segments": "dataset_id = ANY(:datasets)",
    "luminosity": "run_number = ANY(:runs)",
}
"""The projections that are checked, and which rows of them are of the chosen runs."""
_KEYS = {"run": ("run_number",), "luminosity": ("run_number", "source"), "segments": ("dataset_id",)}


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of a projection that is not what the log says: its table, its key, and the columns that differ."""

    table: str
    key: tuple[Any, ...]
    columns: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.table} {' '.join(map(str, self.key))} ({', '.join(self.columns)})"


def differences(on: Engine, runs: Sequence[int], *, chunk: int = 20) -> Iterator[Difference]:
    """Fold some runs, with all that is theirs, from the log, and name every row that stands otherwise.

    Nothing is changed. Writers wait while ``chunk`` runs are folded, some tenths of a second; readers never.
    """
    for begin in range(0, len(runs), chunk):
        yield from _differences(on, list(runs[begin : begin + chunk]))


def _differences(on: Engine, runs: list[int]) -> list[Difference]:
    with transaction(on) as session:
        session.execute(HOLD)
        chosen = {"runs": runs, "datasets": list(session.scalars(_DATASETS, {"runs": runs}))}
        standing = _rows(session, chosen)
        trial = session.begin_nested()
        for table, of_them in _TABLES.items():
            session.execute(text(f"DELETE FROM {table} WHERE {of_them}"), chosen)
        undone = all_undone(session)
        folding = Folding(on, session, undone, last_touches_of(session, undone, **chosen), only=runs)
        known = fold_runs(folding, chunk=len(runs))
        fold_datasets(folding, known=known, chunk=1_000, progress=lambda share, last: None)
        fold_luminosities(folding, chunk=1_000)
        folded = _rows(session, chosen)
        trial.rollback()
    return [
        Difference(table, key, _differing(standing[table].get(key), folded[table].get(key)))
        for table in _TABLES
        for key in sorted(standing[table].keys() | folded[table].keys())
        if standing[table].get(key) != folded[table].get(key)
    ]


def _rows(session: Session, chosen: dict[str, list[int]]) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    """The rows of the chosen runs by table and key."""
    found: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    for table, of_them in _TABLES.items():
        rows = session.execute(text(f"SELECT * FROM {table} WHERE {of_them}"), chosen).mappings()
        keys = _KEYS.get(table, ("id",))
        found[table] = {tuple(row[name] for name in keys): dict(row) for row in rows}
    return found


def _differing(standing: dict[str, Any] | None, folded: dict[str, Any] | None) -> tuple[str, ...]:
    if standing is None:
        return ("is missing",)
    if folded is None:
        return ("should not be there",)
    return tuple(name for name, value in standing.items() if value != folded[name])
