"""Lumisections of many runs: what a golden JSON holds, as a value with the algebra of sets."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from models.lumis import EMPTY, LumiRange, LumiSet

Ranges = Iterable[tuple[int, int, int]]
"""``(run number, first, last)``, both lumisections included."""


@dataclass(frozen=True, slots=True, eq=False)
class GoldenJson(Mapping[int, LumiSet]):
    """Lumisections by run; runs ascending, none of them empty.

    Build it with :meth:`of`, :meth:`of_ranges` or :meth:`of_numbers`; the operators are those of sets of
    (run, lumisection). As a mapping it equals any mapping of the same runs to the same sets.

    >>> GoldenJson.of({2: LumiSet.span(1, 3), 1: EMPTY}) - GoldenJson.of({2: LumiSet.span(3, 9)})
    GoldenJson({2: LumiSet.pairs([[1, 2]])})
    """

    _sets: Mapping[int, LumiSet] = field(default_factory=dict)

    @classmethod
    def of(cls, sets: Mapping[int, LumiSet]) -> "GoldenJson":
        """The lumisections of these runs, in any order; runs without any are left out."""
        return cls({run: sets[run] for run in sorted(sets) if sets[run]})

    @classmethod
    def of_ranges(cls, ranges: Ranges) -> "GoldenJson":
        """The union of these ranges, in any order, overlapping or touching.

        >>> GoldenJson.of_ranges([(7, 3, 5), (7, 1, 2)])
        GoldenJson({7: LumiSet.pairs([[1, 5]])})
        """
        by_run: dict[int, list[LumiRange]] = {}
        for run, first, last in ranges:
            by_run.setdefault(run, []).append(LumiRange(first, last))
        return cls({run: LumiSet.of(by_run[run]) for run in sorted(by_run)})

    @classmethod
    def of_numbers(cls, numbers: Iterable[tuple[int, int]]) -> "GoldenJson":
        """The set of these single ``(run number, lumisection)``, in any order."""
        by_run: dict[int, list[int]] = {}
        for run, number in numbers:
            by_run.setdefault(run, []).append(number)
        return cls({run: LumiSet.numbers(by_run[run]) for run in sorted(by_run)})

    def __getitem__(self, run: int) -> LumiSet:
        return self._sets[run]

    def __iter__(self) -> Iterator[int]:
        return iter(self._sets)

    def __len__(self) -> int:
        """How many runs it holds."""
        return len(self._sets)

    def __hash__(self) -> int:
        return hash(tuple(self._sets.items()))

    def at(self, run: int) -> LumiSet:
        """The lumisections of a run; none, if it does not hold the run."""
        return self._sets.get(run, EMPTY)

    def contains(self, run: int, number: int) -> bool:
        """Whether it holds this lumisection of this run."""
        return number in self.at(run)

    @property
    def lumisections(self) -> int:
        """How many lumisections it holds."""
        return sum(map(len, self._sets.values()))

    def counts(self) -> dict[int, int]:
        """How many lumisections it holds of each run."""
        return {run: len(lumis) for run, lumis in self._sets.items()}

    def ranges(self) -> Iterator[tuple[int, int, int]]:
        """``(run number, first, last)`` in ascending order, as :meth:`of_ranges` takes them."""
        for run, lumis in self._sets.items():
            for r in lumis.ranges:
                yield run, r.first, r.last

    @property
    def run_span(self) -> tuple[int, int] | None:
        """The first and the last run, as files are named by; none, if it holds no run."""
        return (next(iter(self._sets)), next(reversed(list(self._sets)))) if self._sets else None

    def __and__(self, other: "GoldenJson") -> "GoldenJson":
        return GoldenJson.of({run: lumis & other.at(run) for run, lumis in self._sets.items() if run in other})

    def __or__(self, other: "GoldenJson") -> "GoldenJson":
        return GoldenJson.of({run: self.at(run) | other.at(run) for run in {*self, *other}})

    def __sub__(self, other: "GoldenJson") -> "GoldenJson":
        return GoldenJson.of({run: lumis - other.at(run) for run, lumis in self._sets.items()})

    def __xor__(self, other: "GoldenJson") -> "GoldenJson":
        return (self - other) | (other - self)

    def __le__(self, other: "GoldenJson") -> bool:
        """Whether the other holds everything that this one holds."""
        return not self - other

    def restricted_to(self, runs: Iterable[int]) -> "GoldenJson":
        """The same in these runs alone."""
        wanted = set(runs)
        return GoldenJson({run: lumis for run, lumis in self._sets.items() if run in wanted})

    def between(self, first_run: int, last_run: int) -> "GoldenJson":
        """The same in the runs from one to another alone, both included."""
        return GoldenJson({run: lumis for run, lumis in self._sets.items() if first_run <= run <= last_run})

    def __repr__(self) -> str:
        return f"GoldenJson({dict(self._sets)})"
