"""Luminosity per lumisection: of each source, the later word about a lumisection wins, also when it says *unknown*."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LuminosityWord:
    """A row of ``luminosity_change``: /pb from lumisection ``first`` on."""

    id: int
    first: int
    delivered: Sequence[float | None]
    recorded: Sequence[float | None]


def fold_luminosity(words: Iterable[LuminosityWord]) -> tuple[list[float | None], list[float | None]]:
    """Delivered and recorded from lumisection 1 on; null where nobody knows."""
    delivered: list[float | None] = []
    recorded: list[float | None] = []
    for word in sorted(words, key=lambda w: w.id):
        for series, said in ((delivered, word.delivered), (recorded, word.recorded)):
            begin = word.first - 1
            series.extend([None] * (begin + len(said) - len(series)))
            series[begin : begin + len(said)] = said
    return delivered, recorded
