"""The registry told once more: every word in every lumisection, one act after another, without the product's code.

A person outranks a rule, and of equals the later word holds; a withdrawal takes back what its origin said before; an
act that is undone, in a dataset or run that the undo reaches, has said nothing there. Somebody who saw act *n* is
refused what a later act touched: by its own words, or, if it is an undo, by those of the act at the chain's bottom.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.linearisable.deeds import Deed, Kind
from tests.linearisable.ground import BIT, DESKS, FIRST_WORDS, FLAGS, HOLE, LAST, Ground

RULE, PERSON = 1, 2
GOOD, NOTSET, NO_VALUE_FOUND = 1, 5, 6
OPEN, SIGNOFF, COMPLETED = "OPEN", "SIGNOFF", "COMPLETED"
KNOWN = tuple(n for n in range(1, LAST + 1) if n != HOLE)

Thing: TypeAlias = tuple[str, int]
"""``("dataset", place)`` or ``("run", number)``."""
Spot: TypeAlias = tuple[Thing, str, int]
"""A thing, its column or attribute, and the lumisection (0 of an attribute): where one word is said."""
Said: TypeAlias = tuple[Any, str | None] | None
"""A value with its comment; none withdraws."""


class Refused(Exception):
    """The deed is refused; the text is the name of the error."""


class Impossible(Exception):
    """The deed speaks of an act that has not happened: nobody can have asked for this yet."""


@dataclass(frozen=True)
class Did:
    """What an act did: the words it said at spots and whose they are, or what it undoes, in which datasets alone."""

    origin: int = PERSON
    said: Mapping[Spot, Said] = field(default_factory=dict)
    undoes: int | None = None
    only: frozenset[int] | None = None
    is_undoable: bool = True


class Model:
    """The registry after some acts; ``acts`` in the order in which they happened."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.acts: dict[int, Did] = {}
        self.place: dict[int, int] = {}
        self._words: dict[Spot, list[tuple[int, int, Said]]] = {}
        self._undone_by: dict[int, list[int]] = {}
        self._touched: dict[Spot, int] = {}
        self.apply(ground.base, Did(RULE, dict(_first_words(ground)), is_undoable=False))
        self._touched.clear()

    def copy(self) -> "Model":
        """One that goes on by itself from here."""
        made = copy(self)
        made.acts, made.place, made._touched = dict(self.acts), dict(self.place), dict(self._touched)
        made._words = {spot: list(words) for spot, words in self._words.items()}
        made._undone_by = {act: list(undos) for act, undos in self._undone_by.items()}
        return made

    def has_happened(self, act: int | None) -> bool:
        """Whether there is such an act by now."""
        return act is None or act in self.place

    def apply(self, number: int, did: Did) -> None:
        """The act of this number happens, as the next one."""
        self.place[number] = len(self.place)
        self.acts[number] = did
        for spot, said in did.said.items():
            self._words.setdefault(spot, []).append((number, did.origin, said))
        if did.undoes is not None:
            self._undone_by.setdefault(did.undoes, []).append(number)
        self._touched |= dict.fromkeys(self.touches(number), number)

    def chain(self, number: int) -> list[int]:
        """The act, what it undoes, what that undoes …"""
        found = [number]
        while (below := self.acts[found[-1]].undoes) is not None:
            found.append(below)
        return found

    def touches(self, number: int) -> Iterable[Spot]:
        """Where an act moved something, or might have."""
        *undos, root = self.chain(number)
        spots = self.acts[root].said
        return [spot for spot in spots if all(self._reaches(undo, spot[0]) for undo in undos)]

    def refuse_touched(self, spots: Iterable[Spot], seen: int | None) -> None:
        """Refuse, if an act after ``seen`` touched one of these."""
        if seen is None:
            return
        if any(self.place[self._touched[spot]] > self.place[seen] for spot in spots if spot in self._touched):
            raise Refused("Conflict")

    def stands(self, number: int, thing: Thing | None) -> bool:
        """Is an act not undone, as far as this is concerned? With none: by undos that are narrowed to nothing."""
        undos = self._undone_by.get(number, ())
        return not any(self._reaches(undo, thing) and self.stands(undo, thing) for undo in undos)

    def _reaches(self, undo: int, thing: Thing | None) -> bool:
        only = self.acts[undo].only
        return only is None or (thing is not None and thing[0] == "dataset" and thing[1] in only)

    def at(self, spot: Spot, *, before: int | None = None) -> tuple[Any, int, str | None] | None:
        """What holds there: the value, whose word it is, its comment. ``before`` leaves out what came from then on."""
        words = self._words.get(spot, ())
        for origin in (PERSON, RULE):
            for number, own, said in reversed(words):
                is_out = before is not None and self.place[number] >= self.place[before]
                if own != origin or is_out or not self.stands(number, spot[0]):
                    continue
                if said is None:
                    break
                return said[0], origin, said[1]
        return None

    def state(self, thing: Thing, attribute: str, *, before: int | None = None) -> str:
        """A state: of a run, or of a dataset in a workspace."""
        found = self.at((thing, attribute, 0), before=before)
        return found[0] if found else ""

    def reads(self, deed: Deed) -> object:
        """What somebody who looks now is shown; as ``doing`` tells it."""
        if deed.kind is Kind.STANDING:
            return {str(of): self._states(of) for of in deed.datasets}
        if deed.kind is Kind.LOOK:
            cells = {f"{name} {n:02}": self._shown(deed.datasets[0], name, n) for name in (*FLAGS, BIT) for n in _all()}
        else:
            names = FLAGS if deed.kind is Kind.COMPARE else (*FLAGS, BIT)
            spots = [(of, name, n) for of in deed.datasets for name in names for n in _all()]
            found = {f"{of} {name} {n:02}": self.at((("dataset", of), name, n)) for of, name, n in spots}
            if deed.kind is Kind.PAST:
                return {spot: told[0] for spot, told in found.items() if told is not None}
            cells = found
        return {spot: told for spot, told in cells.items() if told is not None}

    def _shown(self, of: int, name: str, lumi: int) -> tuple[Any, int, str | None] | None:
        """What OMS says of a bit holds in an offline dataset where its own words do not."""
        found = self.at((("dataset", of), name, lumi))
        inherits = name == BIT and of != 0
        return self.at((("dataset", 0), name, lumi)) if found is None and inherits else found

    def _states(self, of: int) -> list[str | None]:
        of_desks = [self.state(("dataset", of), f"state.{desk}") or None for desk in DESKS]
        return [self.state(("run", self.ground.run_of(of)), "state"), *of_desks]


def _all() -> range:
    return range(1, LAST + 1)


def _first_words(ground: Ground) -> Iterable[tuple[Spot, Said]]:
    for run in ground.runs:
        yield (("run", run), "state", 0), (OPEN, None)
    for name, value in (*((name, GOOD) for name in FLAGS), (BIT, 1)):
        yield from (((("dataset", 0), name, n), (value, None)) for n in _all())
    for of in range(1, len(ground.datasets)):
        for desk in DESKS:
            yield (("dataset", of), f"state.{desk}", 0), (OPEN, None)
        for name, ranges in FIRST_WORDS.items():
            for first, last, value in ranges:
                yield from (((("dataset", of), name, n), (int(value), None)) for n in range(first, last + 1))
