"""Rebuild: every projection again from the log, through the same folds that writing uses.

While it runs, writers wait at the clock; readers see the old projections until it commits.
"""

from collections.abc import Callable, Iterator
from itertools import groupby

from sqlalchemy import Engine, TextClause, text
from sqlmodel import Session

from backend.db import transaction
from backend.projections.attributes import AttributeChange
from backend.projections.cycles import CycleWord, cycle_row
from backend.projections.datasets import is_there
from backend.projections.golden_jsons import GoldenJsonMaking, GoldenJsonWord, golden_json_row
from backend.projections.luminosity import LuminosityWord, fold_luminosity
from backend.projections.picture import DatasetWords, Picture, draw_datasets
from backend.projections.runs import run_row
from backend.projections.undone import Undone
from backend.rebuild.touches import Touches, last_touches, spans
from backend.rebuild.words import all_undone, words_until
from backend.record.publishing import publish

Progress = Callable[[float, str], None]

_HOLD = text("SELECT n FROM clock FOR UPDATE")
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
_RUN_CHANGES = text("""
    SELECT c.id, c.change_set, c.run_number, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM run_change c JOIN change_set s ON s.id = c.change_set ORDER BY c.run_number, c.id
""")
_DATASET_CHANGES = text("""
    SELECT c.id, c.change_set, c.dataset_id, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM dataset_change c JOIN change_set s ON s.id = c.change_set
    WHERE s.kind <> 'proposal' ORDER BY c.dataset_id, c.id
""")
_DATASETS = text("SELECT id, run_number, name, change_set FROM dataset_identity ORDER BY id")
_NOTED = text("""
    SELECT id, cause, comment FROM lumisection_change
    WHERE (cause IS NOT NULL OR comment IS NOT NULL) AND dataset_id BETWEEN :first AND :last
""")
_LUMINOSITIES = text("""
    SELECT c.run_number, c.source, c.change_set, c.id, c.first, c.delivered, c.recorded
    FROM luminosity_change c JOIN change_set s ON s.id = c.change_set
    WHERE s.kind <> 'proposal' ORDER BY c.run_number, c.source, c.id
""")
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
        session.execute(_HOLD)
        for statement in _EMPTY:
            session.execute(statement)
        undone = all_undone(session)
        touches = last_touches(session, undone)
        progress(0.05, "runs")
        known = _rebuild_runs(session, undone, touches=touches, chunk=chunk)
        progress(0.3, "datasets")
        _rebuild_datasets(on, session, undone=undone, touches=touches, known=known, chunk=chunk, progress=progress)
        progress(0.95, "luminosity, configuration, cycles and golden JSONs")
        publish(session, Picture(luminosities=_luminosities(session, undone, touches)))
        publish(session, Picture(configurations=_configurations(session, undone)))
        publish(session, Picture(cycles=_cycles(session, undone, touches)))
        publish(session, Picture(golden_jsons=_golden_jsons(session, undone, touches)))
        progress(1.0, "done")


def _rebuild_runs(session: Session, undone: Undone, *, touches: Touches, chunk: int) -> dict[int, list[int]]:
    known: dict[int, list[int]] = {}
    picture = Picture()
    for run, changes in _grouped(session, _RUN_CHANGES):
        if (row := run_row(run, changes, undone)) is None:
            continue
        touch = touches.runs[run]
        picture.runs.append({**row, "last_change": touch, "changed_by": touches.by[touch]})
        known[run] = row["known"]
        if len(picture.runs) == chunk:
            publish(session, picture)
            picture = Picture()
    publish(session, picture)
    return known


def _rebuild_datasets(
    on: Engine,
    session: Session,
    *,
    undone: Undone,
    touches: Touches,
    known: dict[int, list[int]],
    chunk: int,
    progress: Progress,
) -> None:
    changes = dict(_grouped(session, _DATASET_CHANGES))
    identities = {
        id_: (run, name)
        for id_, run, name, created in session.execute(_DATASETS)
        if is_there(created, undone.acts("datasets", id_), changes.get(id_, ()))
    }
    parts = spans(identities, chunk)
    for number, (first, last) in enumerate(parts):
        datasets = [
            DatasetWords(
                id=id_,
                run_number=run,
                name=name,
                run_known=known.get(run, []),
                changes=[c for c in changes.get(id_, ()) if c.change_set not in undone.acts("datasets", id_)],
                touched=None,
                old_counts=[],
                old_bits=[],
                old_notes={},
                last_change=touches.datasets[id_],
                changed_by=touches.by[touches.datasets[id_]],
            )
            for id_, (run, name) in identities.items()
            if first <= id_ <= last
        ]
        words = words_until(on, undone, datasets=(), between=(first, last))
        noted = {
            id_: (cause, comment) for id_, cause, comment in session.execute(_NOTED, {"first": first, "last": last})
        }
        picture = Picture()
        draw_datasets(picture, datasets, words=words, noted=noted)
        publish(session, picture)
        progress(0.3 + 0.65 * (number + 1) / len(parts), f"datasets up to {last}")


def _grouped(session: Session, query: TextClause) -> Iterator[tuple[int, list[AttributeChange]]]:
    rows = (AttributeChange(*row) for row in session.execute(query.execution_options(yield_per=5_000)))
    for of, changes in groupby(rows, key=lambda c: c.of):
        yield of, list(changes)


def _luminosities(session: Session, undone: Undone, touches: Touches) -> list[dict[str, object]]:
    rows = []
    for (run, source), words in groupby(session.execute(_LUMINOSITIES), key=lambda r: (r[0], r[1])):
        standing = [w for w in words if w.change_set not in undone.acts("runs", run)]
        if not standing:
            continue
        delivered, recorded = fold_luminosity(LuminosityWord(*w[3:]) for w in standing)
        rows.append(
            {
                "run_number": run,
                "source": source,
                "delivered": delivered,
                "recorded": recorded,
                "last_change": touches.luminosities[f"{run} {source}"],
            }
        )
    return rows


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
