"""Ranges of lumisections of many runs as parallel arrays: places to cut them at, merged, and written."""

import numpy as np
import polars as pl

from backend.projections.segments import Ints
from models.lumi_json import GoldenJson

RUN = 2**16
"""More than the highest lumisection: so a run and a lumisection make one number, its *place*."""


def places(run: Ints, lumisection: Ints) -> Ints:
    """Runs and lumisections as single numbers, in the same order."""
    return np.asarray(run * RUN + lumisection)


def ranges_of(json: GoldenJson) -> tuple[Ints, Ints, Ints]:
    """Run, first and last of the ranges of a JSON, ascending."""
    ranges = np.array(list(json.ranges()), np.int64).reshape(-1, 3)
    return ranges[:, 0], ranges[:, 1], ranges[:, 2]


def json_of(run: Ints, first: Ints, last: Ints) -> GoldenJson:
    """The JSON of disjoint ranges, sorted by run and first."""
    ranges = merged(run, first, last)
    return GoldenJson.of_ranges(zip(*(array.tolist() for array in ranges), strict=True))


def merged(run: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints, Ints]:
    """The same lumisections in as few ranges as can be; they are disjoint, sorted by run and first."""
    if not len(run):
        return run, first, last
    begins = np.append(True, (run[1:] != run[:-1]) | (first[1:] != last[:-1] + 1))
    ends = np.append(begins[1:], True)
    return run[begins], first[begins], last[ends]


def written() -> pl.Expr:
    """The columns ``first`` and ``last`` of a group as :class:`LumiSet` writes them; they are sorted and merged."""
    begin, end = pl.col("first").cast(pl.String), pl.col("last").cast(pl.String)
    text = pl.when(pl.col("first") == pl.col("last")).then(begin).otherwise(begin + "–" + end)
    return text.str.join(", ").alias("ranges")


def joined(ranges: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """``first`` and ``last`` of disjoint ranges by keys, those that touch made one; sorted by the keys and first."""
    ordered = ranges.select(*keys, "first", "last").sort(*keys, "first")
    begins = (pl.col("first") != pl.col("last").shift() + 1).fill_null(True).over(keys)
    blocks = ordered.with_columns(begins.cum_sum().over(keys).alias("block"))
    found = blocks.group_by(*keys, "block", maintain_order=True).agg(pl.col("first").first(), pl.col("last").last())
    return found.drop("block")
