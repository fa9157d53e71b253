"""What recipes judge, as it stands now or stood once: datasets, the attributes of their runs, and what columns say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import orjson
import polars as pl

from backend.golden.cells import NO_INTS, ColumnSpans, Ints, Spans
from models.vocabulary import ColumnKind

Attributes = Mapping[str, pl.Series]
Series = Sequence[float | None]
Luminosities = Mapping[int, tuple[Series, Series]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of lumisections: its id and kind."""

    id: int
    kind: ColumnKind


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that there are: flags by component, what OMS says by attribute; and the words of text columns."""

    flags: Mapping[str, Column]
    oms: Mapping[str, Column]
    words: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Ground:
    """What recipes judge, of one moment.

    Parameters
    ----------
    as_of
        The change set after which all of it held.
    datasets
        ``dataset_id i32 · run_number i32 · name str · states str · known list[i16] · online_id i32``; sorted by run
        number and id. ``states`` is JSON, ``known`` flat: first, last, first, last …
    said
        ``dataset_id i32 · columns list[i16] · firsts list[i16] · lasts list[i16] · values list[i32]``, sorted by
        dataset: what is said of these datasets and of the ``online`` ones of their runs.
    run
        Attribute of a run → its value, with a row for each of ``datasets``: ``rr.class``, ``oms.energy``. Those that
        were asked for.
    luminosity
        Run → delivered and recorded by lumisection from 1 on, in /pb; none where unknown. Empty if not asked for.
    """

    as_of: int
    datasets: pl.DataFrame
    said: pl.DataFrame
    columns: Columns
    run: Attributes
    luminosity: Luminosities = field(default_factory=dict)

    @property
    def states(self) -> list[dict[str, str]]:
        """Workspace → state, of each dataset."""
        states: list[dict[str, str]] = orjson.loads(f"[{','.join(self.datasets['states'])}]")
        return states

    @property
    def known(self) -> Spans:
        """The known lumisections of the datasets."""
        return known_spans(self.datasets["known"])


def known_spans(known: pl.Series) -> Spans:
    """The known lumisections, of a list of flat ranges for each dataset."""
    lengths = known.list.len().to_numpy().astype(np.int64)
    flat = _flat(known)
    return Spans(np.repeat(np.arange(len(known)), lengths // 2), flat[::2], flat[1::2])


def spans_of(said: pl.DataFrame, wanted: Ints) -> ColumnSpans:
    """What is said of the wanted dataset ids, each at its position; sorted by position, column and first lumisection.

    An id may be wanted more than once, and one of which nothing is said too.
    """
    ids = said["dataset_id"].to_numpy().astype(np.int64)
    lengths = said["columns"].list.len().to_numpy().astype(np.int64)
    if not len(ids):
        return ColumnSpans(*[NO_INTS] * 5)
    begins = np.cumsum(lengths) - lengths
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    times = np.where(ids[at] == wanted, lengths[at], 0)
    ends = np.cumsum(times)
    positions = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(begins[at] - (ends - times), times)
    column, first, last, value = (_flat(said[name])[positions] for name in ("columns", "firsts", "lasts", "values"))
    return ColumnSpans(column, np.repeat(np.arange(len(wanted)), times), first, last, value)


def _flat(lists: pl.Series) -> np.ndarray:
    """The values of all lists one after another; that none stand in an empty one is what ``explode`` would not say."""
    return lists.explode(empty_as_null=False, keep_nulls=False).to_numpy().astype(np.int32)
