"""A map of runs and lumisections: what is kept, and what is lost to which class, as a grid small enough to be drawn."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from backend.golden.loss import CATEGORIES, Loss
from backend.projections.segments import Ints

NOTHING, KEPT, FIRST_CLASS = 0, 1, 2
"""Codes of the map; class i of ``CATEGORIES`` is ``FIRST_CLASS`` + i."""


@dataclass(frozen=True, slots=True)
class LossMap:
    """A row for each run, a column for each ``width`` lumisections from 1 on.

    A place is lost if a single lumisection of it is, and then has the class that most of them are lost to; it is kept
    if all of it is; and ``NOTHING`` where the run has no lumisections.
    """

    runs: Ints
    width: int
    codes: npt.NDArray[np.uint8]

    def name_of(self, code: int) -> str:
        """What a code stands for."""
        return {NOTHING: "", KEPT: "kept"}.get(code) or (CATEGORIES[code - FIRST_CLASS].value if code else "")

    def places(self) -> pl.DataFrame:
        """``run_number i64 · first i64 · last i64 · class str``: kept, or lost to that class, where anything is.

        Places of a run that touch and are alike are one line; the last one may reach beyond the end of the run.
        """
        row, column = np.nonzero(self.codes)
        code = self.codes[row, column].astype(np.int64)
        is_other = (np.diff(row) != 0) | (np.diff(column) != 1) | (np.diff(code) != 0)
        begins = np.append(True, is_other)[: len(row)]
        ends = np.append(is_other, True)[: len(row)]
        columns = {
            "run_number": self.runs[row[begins]],
            "first": column[begins] * self.width + 1,
            "last": (column[ends] + 1) * self.width,
            "class": pl.Series([self.name_of(one) for one in code[begins].tolist()], dtype=pl.String),
        }
        return pl.DataFrame(columns)


def loss_map(loss: Loss, *, columns: int = 300) -> LossMap:
    """The map of an account, in at most so many columns."""
    weighed = loss.weighed
    runs, row = np.unique(weighed.run, return_inverse=True)
    width = max(1, -(-int(weighed.last.max(initial=1)) // columns))
    begin, end = (weighed.first - 1) // width, (weighed.last - 1) // width
    times = end - begin + 1
    cell = np.repeat(np.arange(len(times)), times)
    column = np.repeat(begin - (np.cumsum(times) - times), times) + np.arange(len(cell))
    held = np.minimum(weighed.last[cell], (column + 1) * width) - np.maximum(weighed.first[cell] - 1, column * width)
    layer = loss.told[weighed.combination][cell] + 1
    layers, across = len(CATEGORIES) + 1, int(column.max(initial=0)) + 1
    place = (row[cell] * across + column) * layers + layer
    counts = np.bincount(place, weights=held, minlength=len(runs) * across * layers).reshape(len(runs), across, layers)
    lost = counts[:, :, 1:]
    kept = np.where(counts[:, :, 0] > 0, KEPT, NOTHING)
    codes = np.where(lost.any(axis=2), lost.argmax(axis=2) + FIRST_CLASS, kept)
    return LossMap(runs, width, codes.astype(np.uint8))
