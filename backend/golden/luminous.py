"""Facts that differ from one lumisection to the next: its number, and what OMS says of its luminosity."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from backend.golden.cells import Ints
from backend.golden.ground import Ground, Series
from backend.golden.places import DELIVERED, LUMISECTION_NUMBER, RECORDED


def facts_of_lumisections(names: Sequence[str], ground: Ground, *, dataset: Ints, number: Ints) -> list[pl.Series]:
    """Those facts of lumisections, given the positions of their datasets; null where the number is 0."""
    delivered = recorded = pl.Series(dtype=pl.Float64)
    if any(name != LUMISECTION_NUMBER for name in names):
        delivered, recorded = _luminosities(ground, dataset, number)
    found = []
    for name in names:
        if name == LUMISECTION_NUMBER:
            series = _unless(pl.Series(number.astype(np.float64)), number == 0)
        elif name in RECORDED:
            series = recorded
        elif name in DELIVERED:
            series = delivered
        else:
            series = pl.select(pl.when(delivered != 0).then(recorded / delivered)).to_series()
        found.append(series.alias(name))
    return found


def _luminosities(ground: Ground, dataset: Ints, number: Ints) -> tuple[pl.Series, pl.Series]:
    """Delivered and recorded, in /pb; null where OMS does not know."""
    runs = ground.datasets["run_number"].to_list()
    nothing: tuple[Series, Series] = ((), ())
    said = [ground.luminosity.get(run, nothing) for run in runs]
    delivered, recorded = ([of_run[side] for of_run in said] for side in (0, 1))
    return _at(delivered, dataset, number), _at(recorded, dataset, number)


def _at(series: Sequence[Series], dataset: Ints, number: Ints) -> pl.Series:
    """Of the series of each dataset, the value in the lumisection of that number; null if it is none of theirs."""
    length = np.array([len(of_one) for of_one in series], np.int64)
    begin = np.cumsum(length) - length
    is_there = (number >= 1) & (number <= length[dataset])
    flat = pl.Series([value for of_one in series for value in of_one] or [None], dtype=pl.Float64)
    return _unless(flat.gather(pl.Series(np.where(is_there, begin[dataset] + number - 1, 0))), ~is_there)


def _unless(values: pl.Series, is_null: np.ndarray) -> pl.Series:
    return pl.select(pl.when(pl.Series(~is_null)).then(values)).to_series()
