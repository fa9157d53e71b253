"""The facts of a frame, column by column: what a rule reads, as it names it, in each dataset or in each cell."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from backend.golden.cells import Cells, ColumnSpans
from backend.golden.ground import Column, Ground
from backend.golden.places import (
    DATASET,
    DATASET_NAME,
    LUMISECTION_OMS,
    LUMISECTION_RR,
    RUN_NUMBER,
    STATE,
)
from models.vocabulary import UNSAID, Bit, ColumnKind, Status

_WORDS = pl.Enum([UNSAID, *(status.word for status in Status)])
_UNSAID = 0
_NOTHING = np.iinfo(np.int32).min // 2
_INHERITED = _NOTHING - 1
"""Lower than any coded value."""


def of_dataset(name: str, ground: Ground) -> pl.Series:
    """A fact of a run or dataset, with an element for each dataset."""
    if name == RUN_NUMBER:
        return ground.datasets["run_number"].cast(pl.Float64).alias(name)
    if name == DATASET_NAME:
        return ground.datasets["name"].alias(name)
    if name.startswith(DATASET):
        workspace = name.removeprefix(DATASET).removesuffix(STATE)
        return pl.Series(name, [s.get(workspace) for s in ground.states], dtype=pl.String)
    return ground.run[name.removeprefix("run.")].alias(name)


def of_cells(name: str, ground: Ground, *, cells: Cells, own: ColumnSpans, inherited: ColumnSpans) -> pl.Series:
    """A flag, a bit or what else OMS says of a lumisection, with an element for each cell.

    A dataset's ``own`` words stand above those that it has ``inherited`` from the ``online`` dataset of its run.
    """
    if name.startswith(LUMISECTION_RR):
        column = ground.columns.flags.get(name.removeprefix(LUMISECTION_RR))
        codes = _codes(column, cells, own, None, otherwise=_UNSAID)
        return pl.Series(name, codes.astype(np.uint8)).cat.to(_WORDS)
    column = ground.columns.oms.get(name.removeprefix(LUMISECTION_OMS))
    kind = column.kind if column else ColumnKind.BIT
    otherwise = int(Bit.NULL) if kind is ColumnKind.BIT else _NOTHING
    codes = _codes(column, cells, own, inherited, otherwise=otherwise)
    return _decoded(codes, kind, ground.columns.words).alias(name)


def _codes(
    column: Column | None, cells: Cells, own: ColumnSpans, inherited: ColumnSpans | None, *, otherwise: int
) -> np.ndarray:
    if column is None:
        return np.full(len(cells), otherwise, np.int32)
    said = own.of_column(column.id)
    if inherited is None:
        return cells.painted(said, otherwise)
    below = cells.painted(inherited.of_column(column.id), otherwise)
    if not len(said):
        return below
    above = cells.painted(said, _INHERITED)
    return np.where(above == _INHERITED, below, above)


def _decoded(codes: np.ndarray, kind: ColumnKind, words: Mapping[int, str]) -> pl.Series:
    """What coded values say to a rule; null where nothing is known."""
    if kind is ColumnKind.BIT:
        is_known = pl.Series(codes != int(Bit.NULL))
        return pl.select(pl.when(is_known).then(pl.Series(codes == int(Bit.TRUE)))).to_series()
    if kind is ColumnKind.INTEGER:
        return pl.select(pl.when(pl.Series(codes != _NOTHING)).then(pl.Series(codes.astype(np.float64)))).to_series()
    found, at = np.unique(codes, return_inverse=True)
    texts = [None if code == _NOTHING else words[code] for code in found.tolist()]
    return pl.Series(texts, dtype=pl.Enum(sorted({t for t in texts if t is not None}))).gather(pl.Series(at))
