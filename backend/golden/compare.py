"""How golden JSONs differ: which lumisections are in which of them, run by run, with what they hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import compress

import numpy as np
import polars as pl

from backend.errors import InvalidInput
from backend.golden.cells import Bools
from backend.golden.ranges import RUN, json_of, places, ranges_of, written
from backend.golden.sums import LuminositySums
from backend.projections.segments import Ints
from backend.queries.luminosities import Luminosities
from models.lumi_json import GoldenJson

MOST_JSONS = 26
"""As many as there are letters to call them by."""

PARTS = ("A−B", "B−A", "A∩B", "A∪B")
_HELD = ("lumisections", "delivered_per_pb", "recorded_per_pb", "without_luminosity")
WAYS: Mapping[str, Callable[[GoldenJson, GoldenJson], GoldenJson]] = {
    "in every one": GoldenJson.__and__,
    "in any": GoldenJson.__or__,
    "in the first alone": GoldenJson.__sub__,
}
"""How many golden JSONs become one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Golden JSONs side by side, under the names that they were given. Build it with :func:`compare`.

    Parameters
    ----------
    ranges
        ``run_number i64 · first i64 · last i64 · pattern i64 · lumisections i64 · delivered_per_pb f64 ·
        recorded_per_pb f64 · without_luminosity i64``: what is in any of the JSONs, in disjoint ranges, each wholly in
        a JSON or wholly out of it; sorted by run and first.
    patterns
        Of each pattern, in which JSONs its lumisections are.
    """

    names: tuple[str, ...]
    ranges: pl.DataFrame
    patterns: Bools

    def by_pattern(self) -> pl.DataFrame:
        """What is in exactly these JSONs, first what is in most of them; every lumisection is in one row.

        ``pattern i64 · jsons list[str] · runs i64 · lumisections i64 · delivered_per_pb f64 · recorded_per_pb f64 ·
        without_luminosity i64``.
        """
        summed = self.ranges.group_by("pattern").agg(_RUNS, pl.col(_HELD).sum())
        table = self._jsons().join(summed, on="pattern", maintain_order="left")
        return table.sort(pl.col("jsons").list.len(), "lumisections", descending=True, maintain_order=True)

    def by_run(self) -> pl.DataFrame:
        """What is not in all of the JSONs, by run and pattern.

        ``run_number i64 · pattern i64 · jsons list[str] · ranges str · lumisections i64 · delivered_per_pb f64 ·
        recorded_per_pb f64 · without_luminosity i64``; runs ascending.
        """
        differing = self.ranges.filter(pl.Series(~self.patterns.all(axis=1))[self.ranges["pattern"]])
        summed = differing.group_by("run_number", "pattern", maintain_order=True).agg(written(), pl.col(_HELD).sum())
        named = summed.join(self._jsons(), on="pattern", how="left", maintain_order="left")
        return named.select("run_number", "pattern", "jsons", "ranges", *_HELD)

    def two(self, a: int = 0, b: int = 1) -> pl.DataFrame:
        """Two of the JSONs, by position: only in one, only in the other, in both, in either.

        ``part str`` (``A−B``, ``B−A``, ``A∩B``, ``A∪B``) ``· runs i64 · lumisections i64 · delivered_per_pb f64 ·
        recorded_per_pb f64 · without_luminosity i64``.
        """
        amounts = [
            self.ranges.filter(pl.Series(self.is_in_part(part, a, b))).select(
                pl.lit(part).alias("part"), _RUNS, pl.col(_HELD).sum()
            )
            for part in PARTS
        ]
        return pl.concat(amounts)

    def part(self, part: str, a: int = 0, b: int = 1) -> GoldenJson:
        """The JSON of a part of two of the JSONs, named as in :meth:`two`."""
        return self._json(self.is_in_part(part, a, b))

    def of_pattern(self, pattern: int) -> GoldenJson:
        """The lumisections that are in exactly the JSONs of a row of :meth:`by_pattern`."""
        return self._json(self.ranges["pattern"].to_numpy() == pattern)

    def is_in_part(self, part: str, a: int, b: int) -> Bools:
        """Of each range, whether it is in a part of two of the JSONs.

        Raises
        ------
        InvalidInput
            If there is no such part.
        """
        one, other = (self.patterns[self.ranges["pattern"].to_numpy(), at] for at in (a, b))
        found = dict(zip(PARTS, (one & ~other, other & ~one, one & other, one | other), strict=True))
        if part not in found:
            raise InvalidInput(f"{part!r} is no part of two golden JSONs; those are {', '.join(PARTS)}.")
        return np.asarray(found[part])

    def _json(self, where: Bools) -> GoldenJson:
        ranges = self.ranges.filter(pl.Series(where))
        return json_of(*(ranges[name].to_numpy() for name in ("run_number", "first", "last")))

    def _jsons(self) -> pl.DataFrame:
        jsons = [list(compress(self.names, is_in)) for is_in in self.patterns.tolist()]
        schema: dict[str, pl.DataType] = {"pattern": pl.Int64(), "jsons": pl.List(pl.String())}
        return pl.DataFrame({"pattern": list(range(len(jsons))), "jsons": jsons}, schema=schema)


_RUNS = pl.col("run_number").n_unique().cast(pl.Int64).alias("runs")


def compare(jsons: Mapping[str, GoldenJson], luminosity: Luminosities) -> Comparison:
    """The JSONs, by what they are called, side by side.

    Raises
    ------
    InvalidInput
        If there are fewer than two, or more than may be.
    """
    if not 2 <= len(jsons) <= MOST_JSONS:
        raise InvalidInput(f"{len(jsons)} golden JSONs cannot be compared; from 2 to {MOST_JSONS} can.")
    run, first, last, is_in = _cut(list(jsons.values()))
    patterns, pattern = np.unique(is_in, axis=0, return_inverse=True)
    weights = LuminositySums.of(luminosity).over(run, first, last)
    columns = (run, first, last, pattern.reshape(-1), last - first + 1)
    held = (weights.delivered, weights.recorded, weights.without)
    names = ("run_number", "first", "last", "pattern", *_HELD)
    return Comparison(tuple(jsons), pl.DataFrame(dict(zip(names, (*columns, *held), strict=True))), patterns)


def combined(jsons: Sequence[GoldenJson], way: str) -> GoldenJson:
    """All of the JSONs as one: what is in every one, in any, or in the first alone.

    Raises
    ------
    InvalidInput
        If there is no JSON, or no such way.
    """
    if way not in WAYS or not jsons:
        raise InvalidInput(f"{len(jsons)} golden JSONs cannot be combined by {way!r}; ways are {', '.join(WAYS)}.")
    return reduce(WAYS[way], jsons)


def outside_dcs_only(golden: GoldenJson, dcs_only: GoldenJson) -> GoldenJson:
    """What a golden JSON holds that the DCS-only one does not: nothing, if they are consistent."""
    return golden - dcs_only


def _cut(jsons: Sequence[GoldenJson]) -> tuple[Ints, Ints, Ints, Bools]:
    """The lumisections of any of the JSONs, cut wherever one of them begins or ends; and which are in which."""
    bounds = [ranges_of(json) for json in jsons]
    begins, ends = ([places(run, of) for run, *both in bounds for of in both[at : at + 1]] for at in (0, 1))
    edges = np.unique(np.concatenate([*begins, *(end + 1 for end in ends)]))
    is_in = np.zeros((len(edges), len(jsons)), bool)
    for at, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        steps = np.zeros(len(edges), np.int64)
        steps[np.searchsorted(edges, begin)] += 1
        steps[np.searchsorted(edges, end + 1)] -= 1
        is_in[:, at] = np.cumsum(steps) > 0
    held = np.flatnonzero(is_in.any(axis=1))
    run = edges[held] // RUN
    return run, edges[held] - run * RUN, edges[held + 1] - run * RUN - 1, is_in[held]
