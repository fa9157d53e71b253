"""What is said of the lumisections of many datasets, range by range, a page at a time.

A range is cut to the lumisections that its dataset has; of those that are in none, nobody spoke. Datasets are looked
through some at a time, so that a page costs what is on it, whatever there is beside it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import ARRAY, ColumnElement, Engine, Integer, Table, any_, func, literal_column, select
from sqlmodel import Session

from backend.db import bulk
from backend.projections.datasets import known_of
from backend.queries.attributes import Kind
from backend.queries.columns import CataloguedColumn, ColumnsCatalogue
from backend.queries.filter_sql import BRIEF, DATASET, RUN, Truth, runs_and_online
from backend.queries.filters import Filter
from backend.queries.keyset import Order, Term, keys_after, not_a_place
from backend.queries.runs import runs_where
from models.log import ChangeSet, LumisectionChange
from models.lumis import MAX_LUMISECTION
from models.segments import Segments
from models.vocabulary import ONLINE, Bit, ColumnKind, Origin, Status

_SEGMENTS: Table = Segments.__table__  # type: ignore[attr-defined]  # SQLModel sets it on table classes
_WORD: Table = LumisectionChange.__table__  # type: ignore[attr-defined]
_ACT: Table = ChangeSet.__table__  # type: ignore[attr-defined]
_LOOKED_AT = 5_000
"""Datasets that are looked through for one page, unless more rows than that are asked for."""
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class SegmentsPage:
    """Some segments, those of the latest run first, and the place after which the next begin.

    Parameters
    ----------
    rows
        ``run_number i32 · dataset str · column str · first i16 · last i16 · value str`` of flags or ``bool`` of bits
        ``· cause str · comment str · origin str · change_set i64 · by str · at datetime[us, UTC]``.
    next
        None if there are no more. There may be more, though the page is not full.
    """

    rows: pl.DataFrame
    next: str | None


def segments_page(
    session: Session, which: Truth, *, columns: Collection[CataloguedColumn], after: str | None, limit: int
) -> SegmentsPage:
    """The segments of these flags, or bits, of the datasets that a condition on ``dataset_brief`` lets through.

    Raises
    ------
    InvalidFilter
        If there is no such place.
    """
    on = session.get_bind().engine
    seen = None if after is None else _read(after)
    at = None if seen is None else _OF_DATASETS.place_at((seen[0], seen[1] - 1))
    parts: list[pl.DataFrame] = []
    some, rows, looked = max(20, limit // 100), 0, 0
    while True:
        keys = keys_after(session, BRIEF.c.id, source=BRIEF, condition=which, order=_OF_DATASETS, after=at, limit=some)
        datasets = _datasets(on, keys.keys)
        part = _segments(on, datasets, [column.id for column in columns])
        parts.append(part if seen is None else part.filter(_is_beyond(seen)))
        rows, looked = rows + len(parts[-1]), looked + len(keys.keys)
        at, some = keys.next, min(some * 4, _AT_ONCE)
        if rows > limit or at is None or looked >= max(_LOOKED_AT, limit):
            break
    found = pl.concat(parts)
    shown = found.head(limit)
    next = None
    if rows > limit:
        next = _ORDER.place_at(shown.select(_PLACE).row(-1))
    elif at is not None:
        next = _ORDER.place_at((*datasets.select("run_number", "dataset_id").row(-1), MAX_LUMISECTION, MAX_LUMISECTION))
    return SegmentsPage(_told(on, shown, columns), next)


def online_of(filter: Filter, columns: ColumnsCatalogue) -> Truth:
    """The ``online`` datasets of the runs that a filter lets through, as a condition on ``dataset_brief``."""
    runs = select(RUN.c.run_number).select_from(runs_and_online()).where(runs_where(filter, columns))
    return (BRIEF.c.name == ONLINE) & BRIEF.c.run_number.in_(runs.correlate(None))


_STATUSES = {int(status): status.word for status in Status}
_BITS = {int(bit): bit.boolean for bit in Bit}
_ORIGINS = {int(origin): origin.name.lower() for origin in Origin}
_PLACE = ("run_number", "dataset_id", "column_id", "first")
_RUN_THEN_ID = (
    Term(BRIEF.c.run_number, Kind.INTEGER, descending=True, is_said=True),
    Term(BRIEF.c.id, Kind.INTEGER, is_said=True),
)
_OF_DATASETS = Order(_RUN_THEN_ID, "datasets with segments")
_ORDER = Order((*_RUN_THEN_ID, *(Term(literal_column(name), Kind.INTEGER) for name in _PLACE[2:])), "segments")
"""Only its places are used: what stands within a dataset is ordered here."""


def _read(place: str) -> tuple[int, int, int, int]:
    try:
        run, dataset, column, first = (int(value or "") for value in _ORDER.read(place))
    except ValueError as error:
        raise not_a_place(place) from error
    if max(abs(run), abs(dataset), abs(column), abs(first)) >= 2**31:
        raise not_a_place(place)
    return run, dataset, column, first


def _is_beyond(seen: tuple[int, int, int, int]) -> pl.Expr:
    run, dataset, column, first = seen
    is_same = (pl.col("run_number") == run) & (pl.col("dataset_id") == dataset)
    is_later = (pl.col("column_id") > column) | ((pl.col("column_id") == column) & (pl.col("first") > first))
    return ~is_same | is_later


def _datasets(on: Engine, ids: Collection[int]) -> pl.DataFrame:
    """``dataset_id · run_number · dataset · known`` of these, in the order of pages; ``known`` is flat."""
    joined = DATASET.join(RUN, RUN.c.run_number == DATASET.c.run_number)
    told = (DATASET.c.id.label("dataset_id"), DATASET.c.run_number, DATASET.c.name.label("dataset"))
    known = (RUN.c.known.label("known"), DATASET.c.known.label("own"))
    asked = select(*told, *known).select_from(joined).where(DATASET.c.id == any_(_numbers(ids)))
    found = bulk(on, asked).sort("run_number", "dataset_id", descending=[True, False])
    narrowed = found.filter(pl.col("own").is_not_null())
    if narrowed.is_empty():
        return found.drop("own")
    known_there = [known_of(own, known).as_flat() for own, known in narrowed.select("own", "known").rows()]
    cut = narrowed.with_columns(pl.Series("known", known_there, found.schema["known"]))
    return pl.concat([found.filter(pl.col("own").is_null()), cut]).sort(
        "run_number", "dataset_id", descending=[True, False]
    )[found.drop("own").columns]


def _segments(on: Engine, datasets: pl.DataFrame, columns: Collection[int]) -> pl.DataFrame:
    """Their segments, cut to what they have, in the order of pages."""
    arrays = (_SEGMENTS.c.columns, _SEGMENTS.c.firsts, _SEGMENTS.c.lasts, _SEGMENTS.c["values"], _SEGMENTS.c.changes)
    names = ("column_id", "first", "last", "value", "word")
    said = func.unnest(*arrays).table_valued(*names, name="said").render_derived()
    asked = select(_SEGMENTS.c.dataset_id, *(said.c[name] for name in names)).select_from(_SEGMENTS, said)
    ids = _numbers(datasets["dataset_id"].to_list())
    found = bulk(on, asked.where(_SEGMENTS.c.dataset_id == any_(ids), said.c.column_id == any_(_numbers(columns))))
    known = datasets.filter(pl.col("known").list.len() > 0).with_columns(
        pl.col("known").list.gather_every(2).alias("from"), pl.col("known").list.gather_every(2, 1).alias("to")
    )
    cut = found.join(known.drop("known").explode("from", "to"), on="dataset_id").with_columns(
        pl.max_horizontal("first", "from").alias("first"), pl.min_horizontal("last", "to").alias("last")
    )
    return cut.filter(pl.col("first") <= pl.col("last")).sort(_PLACE, descending=[True, False, False, False])


def _told(on: Engine, found: pl.DataFrame, columns: Collection[CataloguedColumn]) -> pl.DataFrame:
    """The segments with the names of their columns and values, and with whose words they are."""
    asked = select(
        _WORD.c.id.label("word"),
        _WORD.c.cause,
        _WORD.c.comment,
        _WORD.c.origin,
        _WORD.c.change_set,
        _ACT.c.by,
        _ACT.c.at,
    ).select_from(_WORD.join(_ACT, _ACT.c.id == _WORD.c.change_set))
    words = bulk(on, asked.where(_WORD.c.id == any_(_numbers(found["word"].unique().to_list(), "bigint"))))
    is_flag = all(one.kind is ColumnKind.FLAG for one in columns)
    names = {one.id: one.name if one.kind is ColumnKind.BIT else str(one) for one in columns}
    values: Mapping[int, Any] = _STATUSES if is_flag else _BITS
    return found.join(words, on="word", how="left", maintain_order="left").select(
        "run_number",
        "dataset",
        pl.col("column_id").replace_strict(names, return_dtype=pl.String).alias("column"),
        pl.col("first").cast(pl.Int16),
        pl.col("last").cast(pl.Int16),
        pl.col("value").replace_strict(values, return_dtype=pl.String if is_flag else pl.Boolean),
        "cause",
        "comment",
        pl.col("origin").replace_strict(_ORIGINS, return_dtype=pl.String),
        "change_set",
        "by",
        "at",
    )


def _numbers(ids: Collection[int], kind: str = "int") -> ColumnElement[Any]:
    """Our own numbers written out as an array, for what is read in bulk."""
    return literal_column(f"'{{{','.join(map(str, map(int, ids)))}}}'::{kind}[]", ARRAY(Integer))
