"""The registry held against the original: what differs, and what differs on purpose because the original is wrong."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from models.lumis import LumiSet
from tests.scenario.states import DATA, Place, State

EVERY = "*"
NOTHING = "nothing"
"""What stands at a place where one of the two says nothing at all."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where the two say different things."""

    place: Place
    recorded: Any
    ours: Any

    def __str__(self) -> str:
        return f"{self.place}: the original {shown(self.recorded)}, the registry {shown(self.ours)}"


@dataclass(frozen=True, slots=True)
class KnownBug:
    """A bug of the original that makes a difference.

    Parameters
    ----------
    bug, why
        The bug, by its section in original-backend.md, and what follows from it.
    states
        The recorded states in which it shows: ``S1``.
    ours
        Run → dataset (empty: the run itself; ``*``: every dataset that it has) → what → what the registry says instead.
    shifted
        Run → ``[from, by]``: the original counted lumisections from there on too low by so many.
    ended
        Run → its last lumisection, after which the original has more.
    acts
        The actions, by their labels, of which one took what the other refused.
    """

    bug: str
    why: str
    states: Sequence[str]
    ours: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    shifted: Mapping[str, Sequence[int]] = field(default_factory=dict)
    ended: Mapping[str, int] = field(default_factory=dict)
    acts: Sequence[str] = ()

    def corrected(self, recorded: State) -> dict[Place, Any]:
        """What the original would have said without the bug, at the places that it touches."""
        said = self.named(recorded)
        for place, value in recorded.items():
            if (shift := self.shifted.get(str(place.run_number))) and _is_of_lumisections(value):
                said[place] = {word: _shifted(where, *shift) for word, where in value.items()}
            if last := self.ended.get(str(place.run_number)):
                said.setdefault(place, _ended(recorded, place, last))
        return said

    def named(self, recorded: State) -> dict[Place, Any]:
        """What the registry says instead, where the entry says it place by place."""
        return {
            Place(int(run), dataset, what): _read(value)
            for run, datasets in self.ours.items()
            for named, places in datasets.items()
            for dataset in (_datasets_of(recorded, int(run)) if named == EVERY else [named])
            for what, value in places.items()
        }


def known_bugs(state: str) -> list[KnownBug]:
    """The bugs that show in one recorded state, ``S1``."""
    entries = json.loads((DATA / "scenario_exceptions.json").read_text())
    return [bug for bug in (KnownBug(**entry) for entry in entries) if state in bug.states]


def differences(recorded: State, ours: State) -> list[Difference]:
    """Where the two say different things, in order."""
    found = (
        Difference(place, recorded.get(place, NOTHING), ours.get(place, NOTHING))
        for place in sorted(recorded.keys() | ours.keys())
    )
    return [difference for difference in found if not alike(difference.recorded, difference.ours)]


def corrected(recorded: State, bugs: Iterable[KnownBug]) -> State:
    """The recorded state without these bugs."""
    state = dict(recorded)
    for bug in bugs:
        state |= bug.corrected(recorded)
    return {place: value for place, value in state.items() if value != NOTHING}


def needless(recorded: State, bugs: Iterable[KnownBug]) -> list[Place]:
    """The places that an exception names although the original says there what the registry says."""
    return [
        place
        for bug in bugs
        for place, value in bug.named(recorded).items()
        if alike(value, recorded.get(place, NOTHING))
    ]


def alike(a: Any, b: Any) -> bool:
    """Whether two values are the same in JSON, where true is not 1."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def shown(value: Any) -> str:
    """A value in a sentence."""
    return ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else repr(value)


def _is_of_lumisections(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(where, LumiSet) for where in value.values())


def _read(value: Any) -> Any:
    """A value as the file has it: lumisections are told as pairs."""
    if isinstance(value, dict) and all(isinstance(where, list) and where for where in value.values()):
        return {word: LumiSet.pairs(where) for word, where in value.items()}
    return value


def _datasets_of(recorded: State, run_number: int) -> list[str]:
    return sorted({place.dataset for place in recorded if place.run_number == run_number and place.dataset})


def _ended(recorded: State, place: Place, last: int) -> Any:
    """What is said there of the lumisections up to the last one; counts are counted anew."""
    value, column = recorded[place], place.what.removeprefix("summary ")
    if column != place.what:
        ranges = _ended(recorded, replace(place, what=f"ranges {column}"), last)
        return {word: len(where) for word, where in ranges.items()}
    if not _is_of_lumisections(value):
        return value
    cut = {word: where & LumiSet.span(1, last) for word, where in value.items()}
    return {word: where for word, where in cut.items() if where}


def _shifted(where: LumiSet, start: int, by: int) -> LumiSet:
    return LumiSet.numbers(n if n < start else n + by for n in where)
