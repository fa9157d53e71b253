"""Lumisections of many runs: what a golden JSON holds, as a value with the algebra of sets."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from models.lumis import EMPTY, LumiSet


@dataclass(frozen=True, slots=True)
class GoldenJson(Mapping[int, LumiSet]):
    """Lumisections by run; runs ascending, none of them empty.

    Build it with :meth:`of`; the operators are those of sets of (run, lumisection).

    >>> GoldenJson.of({2: LumiSet.span(1, 3), 1: EMPTY}) - GoldenJson.of({2: LumiSet.span(3, 9)})
    GoldenJson({2: LumiSet.pairs([[1, 2]])})
    """

    _sets: Mapping[int, LumiSet] = field(default_factory=dict)

    @classmethod
    def of(cls, sets: Mapping[int, LumiSet]) -> "GoldenJson":
        """The lumisections of these runs, in any order; runs without any are left out."""
        return cls({run: sets[run] for run in sorted(sets) if sets[run]})

    def __getitem__(self, run: int) -> LumiSet:
        return self._sets[run]

    def __iter__(self) -> Iterator[int]:
        return iter(self._sets)

    def __len__(self) -> int:
        """How many runs it holds."""
        return len(self._sets)

    def at(self, run: int) -> LumiSet:
        """The lumisections of a run; none, if it does not hold the run."""
        return self._sets.get(run, EMPTY)

    @property
    def lumisections(self) -> int:
        """How many lumisections it holds."""
        return sum(map(len, self._sets.values()))

    def __and__(self, other: "GoldenJson") -> "GoldenJson":
        return GoldenJson.of({run: sets & other.at(run) for run, sets in self._sets.items() if run in other})

    def __or__(self, other: "GoldenJson") -> "GoldenJson":
        return GoldenJson.of({run: self.at(run) | other.at(run) for run in {*self, *other}})

    def __sub__(self, other: "GoldenJson") -> "GoldenJson":
        return GoldenJson.of({run: sets - other.at(run) for run, sets in self._sets.items()})

    def __xor__(self, other: "GoldenJson") -> "GoldenJson":
        return (self - other) | (other - self)

    def restricted_to(self, runs: Iterable[int]) -> "GoldenJson":
        """The same in these runs alone."""
        wanted = set(runs)
        return GoldenJson({run: sets for run, sets in self._sets.items() if run in wanted})

    def __repr__(self) -> str:
        return f"GoldenJson({dict(self._sets)})"
