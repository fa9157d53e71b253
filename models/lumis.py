"""The algebra of lumisections: closed ranges from 1, and sets of them within one run.

This module alone knows that ranges are closed and begin at 1; nobody else adds or subtracts one.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_LUMISECTION = 32_767
"""The highest number a lumisection may have (the database's int2): more than eight days in one run."""


class BadLumisections(ValueError):
    """A lumisection range, set or golden JSON that cannot be; the message has the value in it."""


@dataclass(frozen=True, slots=True, order=True)
class LumiRange:
    """The lumisections from ``first`` to ``last``, both included.

    >>> len(LumiRange(3, 5))
    3
    """

    first: int
    last: int

    def __post_init__(self) -> None:
        if not 1 <= self.first <= self.last <= MAX_LUMISECTION:
            raise BadLumisections(
                f"Lumisections {self.first} to {self.last} are not a range: it must begin at 1 or later, end no "
                f"earlier than it begins, and end at {MAX_LUMISECTION} or before."
            )

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class LumiSet:
    """A set of lumisections of one run, kept as sorted, disjoint, unmergeable ranges.

    Build it with :meth:`of`, :meth:`numbers` or :meth:`pairs`, which normalise; the operators are those of sets.

    >>> LumiSet.pairs([[8, 8], [1, 7]]) - LumiSet.pairs([[3, 4]])
    LumiSet.pairs([[1, 2], [5, 8]])
    """

    ranges: tuple[LumiRange, ...] = ()

    @classmethod
    def of(cls, ranges: Iterable[LumiRange]) -> "LumiSet":
        """The union of the ranges, in any order, overlapping or touching."""
        merged: list[LumiRange] = []
        for r in sorted(ranges):
            if merged and r.first <= merged[-1].last + 1:
                if r.last > merged[-1].last:
                    merged[-1] = LumiRange(merged[-1].first, r.last)
            else:
                merged.append(r)
        return cls(tuple(merged))

    @classmethod
    def pairs(cls, pairs: Iterable[Iterable[int]]) -> "LumiSet":
        """The set that ``[[first, last], …]`` names, as golden JSONs write it, sorted or not."""
        ranges = []
        for pair in pairs:
            match tuple(pair):
                case (int(first), int(last)) if not isinstance(first, bool) and not isinstance(last, bool):
                    ranges.append(LumiRange(first, last))
                case other:
                    raise BadLumisections(f"{list(other)!r} is not a [first, last] pair of lumisections.")
        return cls.of(ranges)

    @classmethod
    def flat(cls, numbers: Iterable[int]) -> "LumiSet":
        """The set that ``[first, last, first, last, …]`` names, as the database keeps it."""
        values = list(numbers)
        return cls.pairs(zip(values[::2], values[1::2], strict=True))

    @classmethod
    def numbers(cls, numbers: Iterable[int]) -> "LumiSet":
        """The set of these single lumisections, in any order."""
        return cls.of(LumiRange(n, n) for n in numbers)

    @classmethod
    def span(cls, first: int, last: int) -> "LumiSet":
        """The set of one range."""
        return cls((LumiRange(first, last),))

    def as_pairs(self) -> list[list[int]]:
        """``[[first, last], …]``, as golden JSONs write it."""
        return [[r.first, r.last] for r in self.ranges]

    def as_flat(self) -> list[int]:
        """``[first, last, first, last, …]``, as the database keeps it."""
        return [n for r in self.ranges for n in (r.first, r.last)]

    def __len__(self) -> int:
        return sum(map(len, self.ranges))

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __iter__(self) -> Iterator[int]:
        for r in self.ranges:
            yield from range(r.first, r.last + 1)

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self.ranges, number, key=lambda r: r.first) - 1
        return at >= 0 and self.ranges[at].last >= number

    def __or__(self, other: "LumiSet") -> "LumiSet":
        return LumiSet.of((*self.ranges, *other.ranges))

    def __and__(self, other: "LumiSet") -> "LumiSet":
        out, i, j = [], 0, 0
        while i < len(self.ranges) and j < len(other.ranges):
            a, b = self.ranges[i], other.ranges[j]
            first, last = max(a.first, b.first), min(a.last, b.last)
            if first <= last:
                out.append(LumiRange(first, last))
            if a.last < b.last:
                i += 1
            else:
                j += 1
        return LumiSet(tuple(out))

    def __sub__(self, other: "LumiSet") -> "LumiSet":
        return self & other.complement()

    def __xor__(self, other: "LumiSet") -> "LumiSet":
        return (self - other) | (other - self)

    def complement(self) -> "LumiSet":
        """Every lumisection from 1 to the highest possible that is not in the set."""
        out, at = [], 1
        for r in self.ranges:
            if at < r.first:
                out.append(LumiRange(at, r.first - 1))
            at = r.last + 1
        if at <= MAX_LUMISECTION:
            out.append(LumiRange(at, MAX_LUMISECTION))
        return LumiSet(tuple(out))

    def __repr__(self) -> str:
        return f"LumiSet.pairs({self.as_pairs()})"

    def __str__(self) -> str:
        """As people write it: ``1–59, 63–160``."""
        return ", ".join(map(str, self.ranges)) or "none"


EMPTY = LumiSet()
