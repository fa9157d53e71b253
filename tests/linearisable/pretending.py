"""Histories as a perfect registry would answer them, without any database: what the checker has to let through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from tests.linearisable.deeds import LOOKS, Answer, Call, Deed, Kind, as_told
from tests.linearisable.ground import BIT, FLAGS, Ground
from tests.linearisable.judging import judge
from tests.linearisable.model import Model, Refused
from tests.linearisable.programs import a_program, resolved

GROUND = Ground((1, 2), 10, (1, 2, 3, 4), {name: id_ for id_, name in enumerate((*FLAGS, BIT), 1)})
_APART = 10
"""Between the moments at which deeds happen; each is asked for a little earlier, and answered a little later."""


@dataclass(frozen=True, slots=True)
class Pretended:
    """A history and its log."""

    calls: tuple[Call, ...]
    log: tuple[tuple[int, str, str], ...]

    def with_call(self, name: str, **changed: object) -> "Pretended":
        """With something else in one call."""
        told = (replace(c, **changed) if c.name == name else c for c in self.calls)  # type: ignore[arg-type]
        return replace(self, calls=tuple(told))

    def without(self, name: str) -> "Pretended":
        """Without one call."""
        return replace(self, calls=tuple(call for call in self.calls if call.name != name))

    def call(self, name: str) -> Call:
        """The call of this name."""
        return next(call for call in self.calls if call.name == name)


def pretended(deeds: Sequence[Deed], *, jitter: Mapping[int, tuple[int, int]] | None = None) -> Pretended:
    """These deeds happen one after another, each at a moment of its own; ``jitter`` is by how much the one at a place
    was asked for before and answered after it."""
    model, calls, log = Model(GROUND), [], []
    for place, deed in enumerate(deeds):
        early, late = (jitter or {}).get(place, (1, 1))
        call = Call(f"{place}", deed, place * _APART - early, place * _APART + late)
        number = GROUND.base + len(log) + 1
        if deed.kind is Kind.PAST:
            got = Answer(told=as_told(_then(model, deed)))
        elif deed.kind in LOOKS:
            got = Answer(version=number - 1, told=as_told(model.reads(deed)))
        else:
            got = _done(model, deed, number)
        if got.done is not None:
            log.append((number, call.name, "somebody"))
        calls.append(replace(call, answer=got))
    return Pretended(tuple(calls), tuple(log))


def drawn(random: Random, count: int) -> Pretended:
    """A history of many at once, drawn at random."""
    looks, deeds, model = [GROUND.base], [], Model(GROUND)
    for step in a_program(random, count):
        deed = resolved(step, looks=looks, base=GROUND.base)
        deeds.append(deed)
        if deed.kind not in LOOKS and _done(model, deed, looks[-1] + 1).done is not None:
            looks.append(looks[-1] + 1)
    jitter = {place: (random.randint(1, 4 * _APART), random.randint(1, 4 * _APART)) for place in range(count)}
    return pretended(deeds, jitter=jitter)


def _done(model: Model, deed: Deed, number: int) -> Answer:
    try:
        did = judge(model, deed)
    except Refused as refusal:
        return Answer(refused=str(refusal))
    model.apply(number, did)
    return Answer(done=number)


def _then(model: Model, deed: Deed) -> object:
    """What held as of an act: that of a model to which nothing happened since."""
    assert deed.act is not None
    past = Model(GROUND)
    for number, did in model.acts.items():
        if GROUND.base < number <= deed.act:
            past.apply(number, did)
    return past.reads(deed)
