"""Which acts are undone: an undo takes an act back, an undo of the undo brings it back.

An undo may be narrowed to some datasets or runs of the act; so *undone* is asked per dataset or run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

Thing = Literal["datasets", "runs", "cycles", "golden_jsons"]
THINGS: tuple[Thing, ...] = get_args(Thing)


@dataclass(frozen=True, slots=True)
class Undo:
    """A change set that undoes another: its id, the act it takes back, and to what it is narrowed (none: all)."""

    id: int
    undoes: int
    scope: Mapping[str, Sequence[int]] | None

    def reaches(self, thing: Thing, number: int) -> bool:
        """Does it speak of this dataset or run at all?"""
        return self.scope is None or number in self.scope.get(thing, ())


@dataclass(frozen=True)
class Undone:
    """All undos of a stretch of the log, asked about one dataset or run at a time."""

    undos: tuple[Undo, ...]

    @classmethod
    def of(cls, undos: Iterable[Undo]) -> "Undone":
        """The undos, latest first."""
        return cls(tuple(sorted(undos, key=lambda u: -u.id)))

    def acts(self, thing: Thing, number: int) -> frozenset[int]:
        """The acts that are undone as far as this dataset or run is concerned."""
        return self._acts(thing, number) if number in self.named(thing) else self.everywhere

    def _acts(self, thing: Thing, number: int | None) -> frozenset[int]:
        undone: set[int] = set()
        for undo in self.undos:
            reaches = undo.scope is None if number is None else undo.reaches(thing, number)
            if undo.id not in undone and reaches:
                undone.add(undo.undoes)
        return frozenset(undone)

    @cached_property
    def everywhere(self) -> frozenset[int]:
        """The acts that are undone for all that no undo names."""
        return self._acts("runs", None)

    def named(self, thing: Thing) -> frozenset[int]:
        """The datasets or runs that some undo is narrowed to."""
        return self._named[thing]

    @cached_property
    def _named(self) -> Mapping[Thing, frozenset[int]]:
        return {t: frozenset(n for u in self.undos if u.scope for n in u.scope.get(t, ())) for t in THINGS}
