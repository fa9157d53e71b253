"""Chosen fields of many runs or datasets, as records or as one frame: what a mirror takes."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import ARRAY, ColumnElement, Engine, FromClause, Integer, RowMapping, Select, Text, any_, cast, select
from sqlalchemy import literal_column as written
from sqlmodel import Session

from backend.db import bulk
from backend.errors import InvalidFilter
from backend.queries.attributes import RUNS, Attribute, Catalogue, Kind
from backend.queries.columns import CataloguedColumn, ColumnsCatalogue
from backend.queries.dataset_attributes import DATASETS
from backend.queries.dataset_sql import shown_column
from backend.queries.filter_sql import BRIEF, DATASET, RUN, Column, run_column, runs_and_online
from backend.queries.listing import MANY_VALUED, one_valued
from models.attributes import count_position
from models.vocabulary import UNSAID, Status

DEFAULT = "*"
"""The field that stands for every attribute of the catalogue that has one value."""
MOST_FIELDS = 400
_JSON = ("oms", "states")


@dataclass(frozen=True, slots=True)
class Subject:
    """Runs or datasets: their catalogue, their key, and where their fields stand."""

    catalogue: Catalogue
    key: ColumnElement[int]
    source: FromClause
    column: Callable[[str], Column]
    lumisections: Column


RUNS_TOLD = Subject(
    RUNS,
    RUN.c.run_number,
    runs_and_online().outerjoin(DATASET, DATASET.c.id == BRIEF.c.id),
    run_column,
    RUN.c.lumisections,
)
DATASETS_TOLD = Subject(
    DATASETS,
    DATASET.c.id,
    DATASET.join(BRIEF, BRIEF.c.id == DATASET.c.id).join(RUN, RUN.c.run_number == DATASET.c.run_number),
    shown_column,
    DATASET.c.lumisections,
)


@dataclass(frozen=True, slots=True)
class Fields:
    """What is told of each row: attributes, how many lumisections of components have each status, and JSON of ours.

    ``flags`` if the counts of all components are told, in one object; ``others`` are ``oms``, all that OMS says, and
    ``states``, workspace → state.
    """

    attributes: tuple[Attribute, ...]
    components: tuple[CataloguedColumn, ...] = ()
    flags: tuple[CataloguedColumn, ...] = ()
    others: tuple[str, ...] = ()


def fields_of(subject: Subject, names: Sequence[str], columns: ColumnsCatalogue) -> Fields:
    """The fields of these names: of attributes (``start_time``, ``oms.era``), components (``tracker-strip``), ``*``,
    ``flags``, ``oms``, ``states``.

    Raises
    ------
    InvalidFilter
        If there is none of a name; the sentence names the nearest.
    """
    if len(names) > MOST_FIELDS:
        raise InvalidFilter(f"{len(names)} fields are more than {MOST_FIELDS}.")
    attributes: dict[str, Attribute] = {}
    components: dict[str, CataloguedColumn] = {}
    by_name = {str(columns.by_id[id_]): columns.by_id[id_] for id_ in columns.flags.values()}
    for name in names:
        if name == DEFAULT:
            attributes |= {a.name: a for a in shown(subject.catalogue)}
        elif name in by_name:
            components[name] = by_name[name]
        elif name not in ("flags", *_JSON):
            attribute = one_valued(subject.catalogue, name)
            attributes[attribute.name] = attribute
    return Fields(
        tuple(attributes.values()),
        tuple(components.values()),
        tuple(by_name.values()) if "flags" in names else (),
        tuple(name for name in _JSON if name in names),
    )


def shown(catalogue: Catalogue) -> Iterator[Attribute]:
    """The attributes that have one value, in the order of the catalogue."""
    return (a for a in catalogue.attributes if a.name not in MANY_VALUED)


def records(session: Session, subject: Subject, *, fields: Fields, keys: Sequence[int]) -> list[dict[str, Any]]:
    """The rows of these keys, in their order; a key of which there is no row any more is left out."""
    if not keys:
        return []
    rows = {row["key"]: row for row in session.execute(_selected(subject, fields, keys)).mappings()}
    return [_record(rows[key], fields) for key in keys if key in rows]


def frame(on: Engine, subject: Subject, *, fields: Fields, keys: Sequence[int]) -> pl.DataFrame:
    """As :func:`records`, as a frame.

    Returns
    -------
    pl.DataFrame
        A column for each attribute under its name, those of OMS as the text of JSON; for each component a struct
        ``GOOD i16 · BAD i16 · … · EMPTY i16`` of lumisections; ``oms`` and ``states`` as the text of JSON.
    """
    found = bulk(on, _selected(subject, fields, keys, is_bulk=True))
    ordered = pl.DataFrame({"key": pl.Series(keys, dtype=found.schema["key"])})
    rows = ordered.join(found, on="key", how="inner", maintain_order="left")
    flags = {str(column): column for column in (*fields.components, *fields.flags)}
    names = [*(a.name for a in fields.attributes), *fields.others]
    return rows.select(*map(pl.col, names), *(_struct(column) for column in flags.values()))


def _selected(subject: Subject, fields: Fields, keys: Collection[int], *, is_bulk: bool = False) -> Select[Any]:
    """Keys are our own numbers, so that they may be written out; JSON is text where it goes into a frame."""
    listed = written("'{" + ",".join(map(str, map(int, keys))) + "}'::int[]", ARRAY(Integer))
    columns: list[ColumnElement[Any]] = [subject.key.label("key")]
    for attribute in fields.attributes:
        column = subject.column(attribute.name)
        told = cast(column, Text) if is_bulk and attribute.kind is Kind.ANY else column
        columns.append(told.label(attribute.name))
    if fields.components or fields.flags:
        columns += [DATASET.c.counts.label("counts"), subject.lumisections.label("counted")]
    for name, column in (("oms", RUN.c.oms), ("states", DATASET.c.states)):
        if name in fields.others:
            columns.append((cast(column, Text) if is_bulk else column).label(name))
    return select(*columns).select_from(subject.source).where(subject.key == any_(listed))


def _record(row: RowMapping, fields: Fields) -> dict[str, Any]:
    told: dict[str, Any] = {a.name: row[a.name] for a in fields.attributes}
    told |= {str(column): _counts(column.id, row) for column in fields.components}
    if fields.flags:
        counted = {str(column): _counts(column.id, row) for column in fields.flags}
        told["flags"] = {name: counts for name, counts in counted.items() if set(counts) - {UNSAID}}
    return told | {name: row[name] or {} for name in fields.others}


def _counts(column_id: int, row: RowMapping) -> Mapping[str, int]:
    """Status → lumisections, zeros left out."""
    begin = count_position(column_id, Status.GOOD) - 1
    said = (row["counts"] or [])[begin : begin + len(Status)]
    counts = {status.word: n for status, n in zip(Status, said, strict=False) if n}
    unsaid = row["counted"] - sum(said)
    return counts | ({UNSAID: unsaid} if unsaid else {})


def _struct(column: CataloguedColumn) -> pl.Expr:
    def count(status: Status) -> pl.Expr:
        at = count_position(column.id, status) - 1
        return pl.col("counts").list.get(at, null_on_oob=True).fill_null(0).cast(pl.Int16).alias(status.word)

    counts = [count(status) for status in Status]
    said = pl.sum_horizontal(expr.cast(pl.Int32) for expr in counts)
    unsaid = (pl.col("counted").cast(pl.Int32) - said).cast(pl.Int16).alias(UNSAID)
    return pl.struct(*counts, unsaid).alias(str(column))
