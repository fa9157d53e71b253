"""What recipes judge, read from the projections: all of it, or what has changed since one last looked."""

from collections.abc import Collection, Iterable
from typing import Any

import orjson
import polars as pl
from sqlalchemy import Select, Text, cast, select, text
from sqlalchemy.orm import aliased
from sqlmodel import col

from backend.db import Reader
from backend.golden.attributes import said_as
from backend.golden.ground import Attributes, Column, Columns, Luminosities
from backend.golden.scope import MOST_DATASETS, Scope, Sql, refuse_too_many
from models.attributes import FIRST_OTHER_COLUMN, OMS_COLUMNS
from models.dataset import Dataset
from models.lumis import LumiSet
from models.run import Run
from models.vocabulary import OMS_WORKSPACE, ONLINE, ColumnKind, LuminositySource

_CLOCK = text("SELECT n FROM clock")
_COLUMNS = text("SELECT id, workspace, name, kind FROM lumisection_column")
_WORDS = text("SELECT id, word FROM column_text")
_SAID = text("""
    SELECT dataset_id, columns[at:] AS columns, firsts[at:] AS firsts, lasts[at:] AS lasts, "values"[at:] AS "values"
    FROM segments, LATERAL (SELECT CASE WHEN dataset_id = ANY(CAST(:inherited AS int[]))
                            THEN coalesce(array_position(columns, CAST(:first AS int2)), 1) ELSE 1 END) begin(at)
    WHERE dataset_id = ANY(CAST(:ids AS int[])) ORDER BY dataset_id
""")
"""Of datasets that are only inherited from, their flags are left out, which come before what OMS says."""
_LUMINOSITY = text("""
    SELECT run_number, delivered, recorded FROM luminosity
    WHERE source = :source AND run_number = ANY(CAST(:runs AS int[]))
""")
_REGISTRY: dict[str, Sql] = {
    "rr.class": col(Run.run_class),
    "rr.state": col(Run.state),
    "rr.significant": col(Run.is_significant),
    "rr.stop_reason": col(Run.stop_reason),
}
_AS_OMS_SAYS_IT = frozenset(
    "energy b_field delivered_lumi recorded_lumi hlt_key l1_key l1_hlt_mode injection_scheme fill_type_runtime "
    "clock_type sequence cmssw_version stable_beam".split()
)
"""Attributes whose typed columns hold what OMS says, unrounded and unread; others are taken from its JSON."""


def clock(read: Reader) -> int:
    """The latest change set."""
    return int(read(_CLOCK).item())


def read_columns(read: Reader) -> Columns:
    """The columns that there are."""
    rows = [(Column(id_, ColumnKind(kind)), workspace, name) for id_, workspace, name, kind in read(_COLUMNS).rows()]
    return Columns(
        flags={f"{w}-{name}": column for column, w, name in rows if column.kind is ColumnKind.FLAG},
        oms={name: column for column, w, name in rows if w == OMS_WORKSPACE},
        words=dict(read(_WORDS).rows()),
    )


def read_datasets(
    read: Reader, scope: Scope, *, only: Collection[int] | None = None, most: int = MOST_DATASETS
) -> pl.DataFrame:
    """The datasets of a scope as :class:`Ground` has them; with ``only``, those of them.

    Raises
    ------
    InvalidInput
        If there are more than ``most``.
    """
    name, id_ = col(Dataset.name), col(Dataset.id)
    if only is not None:
        frame = read(_datasets(scope).where(scope.named(name, id_), id_.in_(sorted(only))))
    elif scope.pattern is None:
        frame = read(_datasets(scope).where(scope.named(name, id_)))
    else:
        named = name.in_(read(scope.names())["name"].to_list())
        frame = read(_datasets(scope).where(named).limit(most + 1))
    refuse_too_many(frame.height, most)
    narrowed = frame["own_known"].is_not_null()
    if narrowed.any():
        rows = frame.filter(narrowed).select("known", "own_known").rows()
        both = [(LumiSet.flat(run) & LumiSet.flat(own)).as_flat() for run, own in rows]
        known = frame["known"].to_list()
        for at, flat in zip(narrowed.arg_true().to_list(), both, strict=True):
            known[at] = flat
        frame = frame.with_columns(pl.Series("known", known, dtype=frame.schema["known"]))
    return frame.drop("own_known")


def _datasets(scope: Scope) -> "Select[*tuple[Any, ...]]":
    online = aliased(Dataset)
    return (
        select(
            col(Dataset.id).label("dataset_id"),
            col(Dataset.run_number),
            col(Dataset.name),
            cast(col(Dataset.states), Text).label("states"),
            col(Run.known).label("known"),
            col(Dataset.known).label("own_known"),
            col(online.id).label("online_id"),
        )
        .join(Run, col(Run.run_number) == col(Dataset.run_number))
        .outerjoin(online, (col(online.run_number) == col(Dataset.run_number)) & (col(online.name) == ONLINE))
        .where(~col(Dataset.is_hidden), scope.ran(col(Dataset.run_number)))
        .order_by(col(Dataset.run_number), col(Dataset.id))
    )


def read_said(read: Reader, own: Collection[int], inherited: Collection[int]) -> pl.DataFrame:
    """What is said of the lumisections of datasets, as :class:`Ground` has it.

    Parameters
    ----------
    own
        The datasets that are judged.
    inherited
        The ``online`` ones from which only what OMS says is needed.
    """
    only = {*inherited} - {*own}
    asked = {"ids": as_array({*own} | only), "inherited": as_array(only), "first": FIRST_OTHER_COLUMN}
    return read(_SAID.bindparams(**asked))


def read_attributes(read: Reader, runs: pl.Series, names: Collection[str]) -> Attributes:
    """The attributes of the runs, ``rr.class`` or ``oms.energy``, each with an element for each of the runs.

    Parameters
    ----------
    runs
        Run numbers, ascending; one may stand there more than once.
    """
    if not names:
        return {}
    ordered = sorted(names)
    chosen: list[Any] = [_attribute(name).label(f"a{number}") for number, name in enumerate(ordered)]
    query = select(col(Run.run_number), *chosen).where(col(Run.run_number).in_(runs.unique().to_list()))
    found = read(query.order_by(col(Run.run_number)))
    at = found["run_number"].search_sorted(runs)
    values = {name: said_as(name, _decoded(name, found[f"a{number}"])) for number, name in enumerate(ordered)}
    return {name: series.gather(at) for name, series in values.items()}


def read_luminosities(read: Reader, runs: Collection[int]) -> Luminosities:
    """The luminosity that OMS gives the lumisections of the runs."""
    frame = read(_LUMINOSITY.bindparams(source=LuminositySource.OMS.value, runs=as_array(runs)))
    return {run: (delivered, recorded) for run, delivered, recorded in frame.rows()}


def _attribute(name: str) -> Sql:
    if name in _REGISTRY:
        return _REGISTRY[name]
    attribute = name.removeprefix("oms.")
    if attribute in _AS_OMS_SAYS_IT:
        return col(getattr(Run, OMS_COLUMNS[attribute]))
    return cast(col(Run.oms)[attribute], Text)


def _decoded(name: str, said: pl.Series) -> Iterable[Any]:
    """The values of a column; of an attribute that stands in JSON, what that text says."""
    if name in _REGISTRY or name.removeprefix("oms.") in _AS_OMS_SAYS_IT:
        return said
    values: list[Any] = orjson.loads(f"[{','.join(said.fill_null('null'))}]")
    return values


def as_array(numbers: Iterable[int]) -> str:
    """The numbers as PostgreSQL writes an array."""
    return f"{{{','.join(map(str, numbers))}}}"
