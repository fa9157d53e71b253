"""Rebuild: every projection again from the log, through the same folds that writing uses.

While it runs, writers wait at the clock; readers see the old projections until it commits.
"""

from collections.abc import Callable

from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.db import transaction
from backend.projections.cycles import CycleWord, cycle_row
from backend.projections.golden_jsons import GoldenJsonMaking, GoldenJsonWord, golden_json_row
from backend.projections.picture import Picture
from backend.projections.undone import Undone
from backend.rebuild.folding import HOLD, Folding, fold_datasets, fold_luminosities, fold_runs
from backend.rebuild.touches import Touches, last_touches
from backend.rebuild.words import all_undone
from backend.record.publishing import publish

Progress = Callable[[float, str], None]

_TAKES_ITS_TIME = text("SET LOCAL idle_in_transaction_session_timeout = 0")
"""Between two statements five thousand datasets are folded, which on a busy machine takes longer than a page may."""

_EMPTY = (
    text("DELETE FROM run"),
    text("DELETE FROM dataset"),
    text("DELETE FROM dataset_brief"),
    text("DELETE FROM segments"),
    text("DELETE FROM luminosity"),
    text("DELETE FROM configuration"),
    text("DELETE FROM cycle_now"),
    text("DELETE FROM golden_json_now"),
)
"""Not TRUNCATE: that would make readers wait, and writers that wait at the clock would wait for each other."""
_CONFIGURATIONS = text("""
    SELECT kind, name, version, body, is_enabled, change_set FROM configuration_change ORDER BY kind, name, version
""")
_CYCLES = text("SELECT id, change_set FROM cycle ORDER BY id")
_CYCLE_WORDS = text("SELECT cycle_id, change_set, said, added, removed FROM cycle_change ORDER BY cycle_id, id")
_GOLDEN_JSONS = text("""
    SELECT g.id, g.change_set, s."by" FROM golden_json g JOIN change_set s ON s.id = g.change_set ORDER BY g.id
""")
_GOLDEN_JSON_WORDS = text("SELECT golden_json_id, change_set, said FROM golden_json_change ORDER BY id")


def rebuild(on: Engine, *, progress: Progress = lambda done, what: None, chunk: int = 5_000) -> None:
    """Empty the projections and fold them anew from the log, in one transaction.

    Parameters
    ----------
    progress
        Told the share done (0 to 1) and what is being folded.
    chunk
        How many runs or datasets are folded at once.
    """
    with transaction(on) as session:
        session.execute(_TAKES_ITS_TIME)
        session.execute(HOLD)
        for statement in _EMPTY:
            session.execute(statement)
        undone = all_undone(session)
        touches = last_touches(session, undone)
        progress(0.05, "runs and datasets")
        folding = Folding(on, session, undone, touches)
        known = fold_runs(folding, chunk=chunk)
        fold_datasets(
            folding,
            known=known,
            chunk=chunk,
            progress=lambda share, last: progress(0.3 + 0.65 * share, f"datasets up to {last}"),
        )
        progress(0.95, "luminosity, configuration, cycles and golden JSONs")
        fold_luminosities(folding, chunk=chunk)
        publish(session, Picture(configurations=_configurations(session, undone)))
        publish(session, Picture(cycles=_cycles(session, undone, touches)))
        publish(session, Picture(golden_jsons=_golden_jsons(session, undone, touches)))
        progress(1.0, "done")


def _configurations(session: Session, undone: Undone) -> list[dict[str, object]]:
    in_force = {}
    for row in session.execute(_CONFIGURATIONS).mappings():
        if row["change_set"] not in undone.everywhere:
            in_force[row["kind"], row["name"]] = {**row, "last_change": row["change_set"]}
    return [row for row in in_force.values() if row["body"] is not None]


def _cycles(session: Session, undone: Undone, touches: Touches) -> list[dict[str, object]]:
    words: dict[int, list[CycleWord]] = {}
    for of, *word in session.execute(_CYCLE_WORDS):
        words.setdefault(of, []).append(CycleWord(*word))
    rows = []
    for id_, made_by in session.execute(_CYCLES):
        if (row := cycle_row(id_, made_by, words=words.get(id_, ()), undone=undone)) is not None:
            touch = touches.cycles[id_]
            rows.append({**row, "last_change": touch, "changed_by": touches.by[touch]})
    return rows


def _golden_jsons(session: Session, undone: Undone, touches: Touches) -> list[dict[str, object]]:
    words: dict[int, list[GoldenJsonWord]] = {}
    for of, *word in session.execute(_GOLDEN_JSON_WORDS):
        words.setdefault(of, []).append(GoldenJsonWord(*word))
    rows = []
    for id_, *making in session.execute(_GOLDEN_JSONS):
        row = golden_json_row(id_, GoldenJsonMaking(*making), words=words.get(id_, ()), undone=undone)
        if row is not None:
            touch = touches.golden_jsons[id_]
            rows.append({**row, "last_change": touch, "changed_by": touches.by[touch]})
    return rows
