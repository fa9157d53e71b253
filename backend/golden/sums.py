"""How much luminosity ranges of lumisections hold, however many: by cumulative sums, never one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from backend.golden.cells import Bools
from backend.projections.segments import Ints
from backend.queries.luminosities import Floats, Luminosities


@dataclass(frozen=True, slots=True)
class Weights:
    """What ranges hold, element by element, in /pb; ``without`` of their lumisections have no known luminosity.

    A lumisection of which delivered or recorded is unknown counts as without, and adds to neither.
    """

    delivered: Floats
    recorded: Floats
    without: Ints


@dataclass(frozen=True, slots=True)
class LuminositySums:
    """The luminosity of many runs, ready to be asked for any of their ranges. Build it with :meth:`of`."""

    _runs: Ints
    _starts: Ints
    _delivered: Floats
    _recorded: Floats
    _unknown: npt.NDArray[np.int32]

    @classmethod
    def of(cls, luminosity: Luminosities) -> "LuminositySums":
        """The sums of the luminosity by lumisection."""
        is_unknown = np.isnan(luminosity.delivered) | np.isnan(luminosity.recorded)
        return cls(
            luminosity.runs,
            luminosity.starts,
            _cumulative(luminosity.delivered, is_unknown),
            _cumulative(luminosity.recorded, is_unknown),
            _counted(is_unknown),
        )

    def over(self, run: Ints, first: Ints, last: Ints) -> Weights:
        """What each range ``first`` to ``last``, both included, of ``run`` holds."""
        begin, end = self._between(run, first, last)
        known = (end - begin) - (self._unknown[end] - self._unknown[begin])
        delivered, recorded = (sums[end] - sums[begin] for sums in (self._delivered, self._recorded))
        return Weights(delivered, recorded, (last - first + 1) - known)

    def unknown(self, run: int, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The ranges within ``first`` to ``last`` of which the luminosity is unknown."""
        begin, end = (int(at[0]) for at in self._between(*(np.array([n]) for n in (run, first, last))))
        is_unknown = np.ones(last - first + 1, bool)
        is_unknown[: end - begin] = np.diff(self._unknown[begin : end + 1]) > 0
        edges = np.flatnonzero(np.diff(is_unknown, prepend=False, append=False)).tolist()
        yield from ((first + begins, first + ends - 1) for begins, ends in list(pairwise(edges))[::2])

    def _between(self, run: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints]:
        """Where in the sums the ranges begin and end; cut off where the luminosity of the run does."""
        if not len(self._runs):
            return np.zeros(len(run), np.int64), np.zeros(len(run), np.int64)
        at = np.minimum(np.searchsorted(self._runs, run), len(self._runs) - 1)
        begin = self._starts[at]
        length = np.where(self._runs[at] == run, self._starts[at + 1] - begin, 0)
        return begin + np.minimum(first - 1, length), begin + np.minimum(last, length)


def _cumulative(values: Floats, is_unknown: Bools) -> Floats:
    """The sum of what is before each place, and at last of all; made in place, for there are millions."""
    sums = np.empty(len(values) + 1)
    sums[0] = 0.0
    sums[1:] = values
    sums[1:][is_unknown] = 0.0
    np.cumsum(sums, out=sums)
    return sums


def _counted(where: Bools) -> npt.NDArray[np.int32]:
    """In how many places before each it is so, and at last in all."""
    counts = np.zeros(len(where) + 1, np.int32)
    np.cumsum(where, out=counts[1:])
    return counts
