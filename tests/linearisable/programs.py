"""What writers set out to do: steps drawn at random, in which *what one saw* is still to be filled in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from tests.linearisable.deeds import Deed, Kind
from tests.linearisable.ground import DESKS, FLAGS, LAST

_OFTEN = {
    Kind.FLAG: 8,
    Kind.GIVE_BACK: 3,
    Kind.SET_BITS: 2,
    Kind.GIVE_BACK_BITS: 1,
    Kind.MOVE: 4,
    Kind.MOVE_RUN: 2,
    Kind.CERTIFY: 2,
    Kind.SET_COLUMNS: 3,
    Kind.STOP_REASON: 1,
    Kind.TAKE_BACK: 8,
    Kind.RULES_SAY: 2,
    Kind.LOOK: 6,
    Kind.COMPARE: 3,
    Kind.STANDING: 2,
    Kind.PAST: 1,
}
_OFFLINE = (1, 2, 3)
_STATES = ("OPEN", "OPEN", "OPEN", "SIGNOFF", "COMPLETED")


@dataclass(frozen=True, slots=True)
class Step:
    """A deed to be. ``seen`` is how many looks ago it was looked (none: one does not say), ``act`` how many acts back
    what is undone, or as of which one looks, lies."""

    deed: Deed
    seen: int | None
    act: int


def a_program(random: Random, steps: int) -> list[Step]:
    """What one writer sets out to do."""
    return [_a_step(random) for _ in range(steps)]


def resolved(step: Step, *, looks: Sequence[int], base: int) -> Deed:
    """The deed as it is asked for; ``looks`` are the change sets that the writer saw, the latest last."""
    seen = None if step.seen is None else looks[max(len(looks) - 1 - step.seen, 0)]
    deed = replace(step.deed, seen=seen)
    if deed.kind not in (Kind.TAKE_BACK, Kind.PAST):
        return deed
    act = max(base + 1, looks[-1] - step.act)
    return replace(deed, act=act) if act <= looks[-1] else Deed(Kind.LOOK, deed.datasets)


def _a_step(random: Random) -> Step:
    kind = random.choices(list(_OFTEN), list(_OFTEN.values()))[0]
    first = random.randint(1, LAST)
    if first == 12:
        first = 13
    last = min(LAST, first + random.choice((0, 2, 6)))
    deed = Deed(
        kind,
        datasets=_places(random, kind),
        columns=_columns(random, kind),
        first=first,
        last=11 if last == 12 and first < 12 else last,
        value=_value(random, kind),
        to=_to(random, kind),
        also=random.random() < (0.3 if kind is Kind.TAKE_BACK else 0.5),
    )
    says = kind not in (Kind.TAKE_BACK, Kind.RULES_SAY)
    seen = random.choice((None, 0, 0, 0, 1, 3)) if says else None
    return Step(deed, seen, random.choice((0, 0, 0, 1, 2, 5)))


def _places(random: Random, kind: Kind) -> tuple[int, ...]:
    """Datasets: many meet at the first offline one."""
    if kind in (Kind.LOOK, Kind.FLAG, Kind.GIVE_BACK, Kind.RULES_SAY) and random.random() < 0.3:
        return (0,)
    if kind in (Kind.COMPARE, Kind.PAST):
        return (1, 2, 3)
    if kind is Kind.MOVE_RUN or (kind is Kind.STOP_REASON):
        return (random.choice((0, 0, 3)),)
    several = kind in (Kind.MOVE, Kind.CERTIFY, Kind.SET_COLUMNS, Kind.STANDING, Kind.FLAG)
    wanted = random.choice((1, 2, 3)) if several else 1
    return tuple(sorted({random.choice((1, 1, *_OFFLINE)) for _ in range(wanted)}))


def _columns(random: Random, kind: Kind) -> tuple[str, ...]:
    of = DESKS if kind is Kind.MOVE else FLAGS
    found = tuple(dict.fromkeys(random.choice(of) for _ in range(random.choice((1, 1, 2)))))
    return (*found, "tracker") if kind is Kind.MOVE and "tracker" not in found and random.random() < 0.5 else found


def _value(random: Random, kind: Kind) -> int:
    return random.randint(0, 1) if kind in (Kind.SET_BITS, Kind.GIVE_BACK_BITS) else random.choice((1, 2, 3, 4))


def _to(random: Random, kind: Kind) -> str:
    if kind in (Kind.MOVE, Kind.MOVE_RUN):
        return random.choice(_STATES)
    return random.choice(("HV trip", "noisy", "checked"))
