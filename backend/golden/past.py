"""What recipes judge as it stood after some change set: folded from the log, which never says anything else of it."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import polars as pl
from sqlalchemy import Engine, Select, select, text
from sqlmodel import col

from backend.db import Reader, snapshot, transaction
from backend.errors import InvalidInput
from backend.golden.attributes import said_as
from backend.golden.frame import Frame
from backend.golden.ground import Ground, Luminosities
from backend.golden.keeping import attributes, is_luminous
from backend.golden.reading import as_array, clock, read_columns
from backend.golden.scope import Scope, refuse_too_many
from backend.projections.attributes import AttributeChange
from backend.projections.datasets import dataset_attributes, is_there, known_of
from backend.projections.luminosity import LuminosityWord, fold_luminosity
from backend.projections.runs import run_row
from backend.projections.segments import SegmentArrays
from backend.projections.undone import Undone
from backend.queries.as_of import segments_as_of
from backend.rebuild import all_undone
from models.identity import DatasetIdentity
from models.vocabulary import ONLINE, LuminositySource

_RUN_CHANGES = text("""
    SELECT c.id, c.change_set, c.run_number, c.origin, CAST(c.said AS text), c.withdraws, s.kind, s."by"
    FROM run_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = ANY(CAST(:of AS int[])) AND c.change_set <= :until ORDER BY c.run_number, c.id
""")
_DATASET_CHANGES = text("""
    SELECT c.id, c.change_set, c.dataset_id, c.origin, CAST(c.said AS text), c.withdraws, s.kind, s."by"
    FROM dataset_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.dataset_id = ANY(CAST(:of AS int[])) AND c.change_set <= :until AND s.kind <> 'proposal'
    ORDER BY c.dataset_id, c.id
""")
_LUMINOSITIES = text("""
    SELECT c.run_number, c.change_set, c.id, c.first, c.delivered, c.recorded
    FROM luminosity_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = ANY(CAST(:of AS int[])) AND c.source = :source AND c.change_set <= :until
      AND s.kind <> 'proposal'
    ORDER BY c.run_number, c.id
""")
_DATASETS_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "dataset_id": pl.Int32,
    "run_number": pl.Int32,
    "name": pl.String,
    "states": pl.String,
    "known": pl.List(pl.Int16),
    "online_id": pl.Int32,
}
_SAID_SCHEMA = {"columns": pl.Int16, "firsts": pl.Int16, "lasts": pl.Int16, "values": pl.Int32}


def frame_as_of(on: Engine, scope: Scope, names: Iterable[str], as_of: int) -> Frame:
    """The frame of a scope as it was once the change set ``as_of`` had been recorded.

    Raises
    ------
    InvalidInput
        If there is no such change set yet, if the pattern of the scope cannot be, or if it means too many datasets.
    """
    scope.check(on)
    with snapshot(on) as read:
        if not 0 <= as_of <= (latest := clock(read)):
            raise InvalidInput(f"There is no change set {as_of}; the latest is {latest}.")
        with transaction(on) as session:
            undone = all_undone(session, as_of)
        identities = read(_identities(scope, as_of))
        refuse_too_many(identities.filter("is_named").height)
        runs = _runs(read, identities["run_number"], undone, as_of)
        datasets = _datasets(read, identities, runs, undone=undone, as_of=as_of)
        wanted = {*datasets["dataset_id"].to_list(), *datasets["online_id"].drop_nulls().to_list()}
        of_each = [runs[run] for run in datasets["run_number"]]
        attribute = {name: said_as(name, (_attribute(row, name) for row in of_each)) for name in attributes(names)}
        luminosity = _luminosities(read, datasets["run_number"], undone, as_of) if is_luminous(names) else {}
        columns = read_columns(read)
    said = _said(segments_as_of(on, as_of, datasets=wanted)) if wanted else _said(None)
    return Frame.of(Ground(as_of, datasets, said, columns, attribute, luminosity))


def _identities(scope: Scope, as_of: int) -> "Select[*tuple[Any, ...]]":
    """Every dataset that there was of the scope, and the ``online`` ones of all runs that are meant."""
    id_, name, run = col(DatasetIdentity.id), col(DatasetIdentity.name), col(DatasetIdentity.run_number)
    is_named = scope.named(name, id_)
    return (
        select(id_.label("dataset_id"), run, name, col(DatasetIdentity.change_set), is_named.label("is_named"))
        .where(is_named | (name == ONLINE), scope.ran(run), col(DatasetIdentity.change_set) <= as_of)
        .order_by(run, id_)
    )


def _datasets(
    read: Reader, identities: pl.DataFrame, runs: Mapping[int, dict[str, Any]], *, undone: Undone, as_of: int
) -> pl.DataFrame:
    words = _changes(read(_DATASET_CHANGES.bindparams(of=as_array(identities["dataset_id"]), until=as_of)))
    there = [
        (id_, run, name, is_named)
        for id_, run, name, made_by, is_named in identities.rows()
        if run in runs and is_there(made_by, undone.acts("datasets", id_), words.get(id_, ()))
    ]
    online = {run: id_ for id_, run, name, _ in there if name == ONLINE}
    rows = []
    for id_, run, name, is_named in there:
        taken_back = undone.acts("datasets", id_)
        said = dataset_attributes(c for c in words.get(id_, ()) if c.change_set not in taken_back)
        if is_named and not said["is_hidden"]:
            known = known_of(said["known"], runs[run]["known"]).as_flat()
            rows.append((id_, run, name, orjson.dumps(said["states"]).decode(), known, online.get(run)))
    return pl.DataFrame(rows, schema=_DATASETS_SCHEMA, orient="row")


def _runs(read: Reader, numbers: pl.Series, undone: Undone, as_of: int) -> dict[int, dict[str, Any]]:
    words = _changes(read(_RUN_CHANGES.bindparams(of=as_array(numbers.unique()), until=as_of)))
    rows = {number: run_row(number, changes, undone) for number, changes in words.items()}
    return {number: row for number, row in rows.items() if row is not None}


def _attribute(run: Mapping[str, Any], name: str) -> Any:
    """The value of ``oms.energy`` or ``rr.class`` in the row of a run."""
    where, _, attribute = name.partition(".")
    if where == "oms":
        return run["oms"].get(attribute)
    return run[{"class": "run_class", "significant": "is_significant"}.get(attribute, attribute)]


def _changes(frame: pl.DataFrame) -> dict[int, list[AttributeChange]]:
    changes: dict[int, list[AttributeChange]] = {}
    for id_, act, of, origin, said, withdraws, kind, by in frame.rows():
        change = AttributeChange(id_, act, of, origin, orjson.loads(said), withdraws, kind, by)
        changes.setdefault(of, []).append(change)
    return changes


def _said(segments: SegmentArrays | None) -> pl.DataFrame:
    if segments is None:
        return pl.DataFrame(schema={"dataset_id": pl.Int32, **{name: pl.List(t) for name, t in _SAID_SCHEMA.items()}})
    arrays = (segments.column, segments.first, segments.last, segments.value)
    columns = [pl.Series(name, a, dtype=t) for (name, t), a in zip(_SAID_SCHEMA.items(), arrays, strict=True)]
    frame = pl.DataFrame([pl.Series("dataset_id", segments.dataset, dtype=pl.Int32), *columns])
    return frame.group_by("dataset_id", maintain_order=True).agg(pl.all())


def _luminosities(read: Reader, runs: Iterable[int], undone: Undone, as_of: int) -> Luminosities:
    asked = {"of": as_array(set(runs)), "source": LuminositySource.OMS.value, "until": as_of}
    words: dict[int, list[LuminosityWord]] = {}
    for run, act, *word in read(_LUMINOSITIES.bindparams(**asked)).rows():
        if act not in undone.acts("runs", run):
            words.setdefault(run, []).append(LuminosityWord(*word))
    return {run: fold_luminosity(said) for run, said in words.items()}
