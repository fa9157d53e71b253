"""From the log to the rows of runs, datasets and luminosities: of all of them, or of a few runs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, TextClause, text
from sqlmodel import Session

from backend.projections.attributes import AttributeChange
from backend.projections.datasets import is_there
from backend.projections.luminosity import LuminosityWord, fold_luminosity
from backend.projections.picture import DatasetWords, Picture, draw_datasets
from backend.projections.runs import run_row
from backend.projections.undone import Undone
from backend.rebuild.touches import Touches
from backend.rebuild.words import words_until
from backend.record.publishing import publish

HOLD = text("SELECT n FROM clock FOR UPDATE")
"""What a folding begins with: nobody adds to the log while it is read."""

_RUN_CHANGES = text("""
    SELECT c.id, c.change_set, c.run_number, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM run_change c JOIN change_set s ON s.id = c.change_set
    WHERE CAST(:only AS int[]) IS NULL OR c.run_number = ANY(:only) ORDER BY c.run_number, c.id
""")
_DATASET_CHANGES = text("""
    SELECT c.id, c.change_set, c.dataset_id, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM dataset_change c JOIN change_set s ON s.id = c.change_set
    WHERE s.kind <> 'proposal' AND (CAST(:only AS int[]) IS NULL
        OR c.dataset_id IN (SELECT id FROM dataset_identity WHERE run_number = ANY(:only)))
    ORDER BY c.dataset_id, c.id
""")
_DATASETS = text("""
    SELECT id, run_number, name, change_set FROM dataset_identity
    WHERE CAST(:only AS int[]) IS NULL OR run_number = ANY(:only) ORDER BY id
""")
_NOTED = text("""
    SELECT id, cause, comment FROM lumisection_change
    WHERE (cause IS NOT NULL OR comment IS NOT NULL) AND dataset_id BETWEEN :first AND :last
        AND (CAST(:only AS int[]) IS NULL OR dataset_id = ANY(:only))
""")
_LUMINOSITIES = text("""
    SELECT c.run_number, c.source, c.change_set, c.id, c.first, c.delivered, c.recorded
    FROM luminosity_change c JOIN change_set s ON s.id = c.change_set
    WHERE s.kind <> 'proposal' AND (CAST(:only AS int[]) IS NULL OR c.run_number = ANY(:only))
    ORDER BY c.run_number, c.source, c.id
""")


@dataclass(frozen=True, slots=True)
class Folding:
    """What a folding reads: the database, a session that holds the clock, the undos and touches of the log.

    ``only`` are the numbers of the runs that are folded, none meaning all.
    """

    on: Engine
    session: Session
    undone: Undone
    touches: Touches
    only: Sequence[int] | None = None

    def ask(self, question: TextClause, **values: Any) -> Any:
        """The rows of a question about the runs that are folded."""
        asked = {"only": None if self.only is None else list(self.only)} | values
        return self.session.execute(question.execution_options(yield_per=5_000), asked)


def fold_runs(folding: Folding, *, chunk: int) -> dict[int, list[int]]:
    """Publish the rows of runs; gives the lumisections that OMS knows of each, in the flat form."""
    known: dict[int, list[int]] = {}
    picture = Picture()
    for run, changes in _grouped(folding, _RUN_CHANGES):
        if (row := run_row(run, changes, folding.undone)) is None:
            continue
        touch = folding.touches.runs[run]
        picture.runs.append({**row, "last_change": touch, "changed_by": folding.touches.by[touch]})
        known[run] = row["known"]
        if len(picture.runs) == chunk:
            publish(folding.session, picture)
            picture = Picture()
    publish(folding.session, picture)
    return known


def fold_datasets(
    folding: Folding, *, known: dict[int, list[int]], chunk: int, progress: Callable[[float, int], None]
) -> None:
    """Publish the rows of datasets and segments; ``progress`` is told the share done, and up to which dataset."""
    changes = dict(_grouped(folding, _DATASET_CHANGES))
    there = {
        id_: (run, name)
        for id_, run, name, created in folding.ask(_DATASETS)
        if is_there(created, folding.undone.acts("datasets", id_), changes.get(id_, ()))
    }
    ids = sorted(there)
    parts = [ids[begin : begin + chunk] for begin in range(0, len(ids), chunk)]
    for number, part in enumerate(parts, start=1):
        datasets = [_words_of(folding, id_, *there[id_], changes=changes.get(id_, ()), known=known) for id_ in part]
        few = part if folding.only is not None else None
        words = words_until(folding.on, folding.undone, datasets=few or (), between=(part[0], part[-1]))
        rows = folding.session.execute(_NOTED, {"first": part[0], "last": part[-1], "only": few})
        picture = Picture()
        draw_datasets(picture, datasets, words=words, noted={id_: (cause, comment) for id_, cause, comment in rows})
        publish(folding.session, picture)
        progress(number / len(parts), part[-1])


def fold_luminosities(folding: Folding, *, chunk: int) -> None:
    """Publish the rows of luminosities."""
    picture = Picture()
    for (run, source), words in groupby(folding.ask(_LUMINOSITIES), key=lambda row: (row[0], row[1])):
        standing = [w for w in words if w.change_set not in folding.undone.acts("runs", run)]
        if not standing:
            continue
        delivered, recorded = fold_luminosity(LuminosityWord(*w[3:]) for w in standing)
        touch = folding.touches.luminosities[f"{run} {source}"]
        picture.luminosities.append(
            {"run_number": run, "source": source, "delivered": delivered, "recorded": recorded, "last_change": touch}
        )
        if len(picture.luminosities) == chunk:
            publish(folding.session, picture)
            picture = Picture()
    publish(folding.session, picture)


def _words_of(
    folding: Folding, id_: int, run: int, name: str, *, changes: Sequence[AttributeChange], known: dict[int, list[int]]
) -> DatasetWords:
    undone = folding.undone.acts("datasets", id_)
    touch = folding.touches.datasets[id_]
    return DatasetWords(
        id=id_,
        run_number=run,
        name=name,
        run_known=known.get(run, []),
        changes=[change for change in changes if change.change_set not in undone],
        touched=None,
        old_counts=[],
        old_bits=[],
        old_notes={},
        last_change=touch,
        changed_by=folding.touches.by[touch],
    )


def _grouped(folding: Folding, question: TextClause) -> Iterator[tuple[int, list[AttributeChange]]]:
    rows = (AttributeChange(*row) for row in folding.ask(question))
    for of, changes in groupby(rows, key=lambda change: change.of):
        yield of, list(changes)
