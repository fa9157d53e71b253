"""Is there an order of all calls, respecting real time, that explains every answer? The log says which order to try.

That acts happened in the order of their numbers is the witness: the model does them one by one and has to accept each.
What only looked, or was refused, changed nothing; each such call takes the earliest place among the acts, after all
that was answered before it was asked, at which the model answers the same. Earliest is best: it leaves later calls the
most room, so that if one finds no place so, there is none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.linearisable.deeds import Call, Kind, as_told
from tests.linearisable.ground import Ground
from tests.linearisable.judging import judge
from tests.linearisable.model import Impossible, Model, Refused
from tests.linearisable.search import FEW, Log, explains, some_order


class NotLinearisable(AssertionError):
    """What nobody can explain, in a sentence with the calls in it."""


@dataclass(frozen=True, slots=True)
class Explained:
    """How many acts, refusals and looks an order explains; ``unanswered`` acts are of writers that were killed."""

    acts: int
    refusals: int
    looks: int
    unanswered: int


def check(ground: Ground, history: Iterable[Call], log: Log) -> Explained:
    """See that the history is linearisable in the order of the log.

    Raises
    ------
    NotLinearisable
        If an act is lost, doubled, nobody's, or out of real time's order; or an answer, or what was read, is not what
        the model says at any moment of the call. Of a short history it is added whether another order explains it.
    """
    calls = list(history)
    try:
        return _Check(ground, calls, log).run()
    except NotLinearisable as error:
        if len(calls) > FEW:
            raise
        order = some_order(ground, calls, log)
        found = "no order of the calls explains them" if order is None else f"this order does: {', '.join(order)}"
        raise NotLinearisable(f"{error} Of {len(calls)} calls, {found}.") from error


class _Check:
    """One history, laid beside its log."""

    def __init__(self, ground: Ground, calls: list[Call], log: Log) -> None:
        self.ground = ground
        self.model = Model(ground)
        self.acts = _acts(ground, calls, log)
        done = {call.name for call in self.acts.values()}
        self.waiting = sorted(
            (c for c in calls if c.name not in done and c.answer is not None and c.deed.kind is not Kind.PAST),
            key=lambda call: call.invoked,
        )
        self.active: list[Call] = []
        self.past = [c for c in calls if c.deed.kind is Kind.PAST and c.answer is not None]
        self.placed: list[tuple[int, int]] = []
        self.windows = {call.name: self._window(call) for call in self.waiting}

    def run(self) -> Explained:
        """Act after act, and what has its place between two."""
        looks = sum(call.is_look for call in self.waiting)
        refusals = len(self.waiting) - looks
        self._refuse_time_travel()
        self._place_calls(self.ground.base)
        for number, call in self.acts.items():
            self._apply(number, call)
            self._place_calls(number)
        unanswered = sum(call.answer is None for call in self.acts.values())
        return Explained(len(self.acts), refusals, looks + len(self.past), unanswered)

    def _window(self, call: Call) -> tuple[int, int]:
        """After which acts, and before which, real time puts a call."""
        assert call.answered is not None
        before = [n for n, act in self.acts.items() if act.answered is not None and act.answered < call.invoked]
        after = [n for n, act in self.acts.items() if act.invoked > call.answered]
        return max(before, default=self.ground.base), min(after, default=self.ground.base + len(self.acts) + 1) - 1

    def _refuse_time_travel(self) -> None:
        latest = None
        for number, act in self.acts.items():
            if latest is not None and act.answered is not None and act.answered < latest[1].invoked:
                raise NotLinearisable(
                    f"Act {number} ({act.name}) was answered before act {latest[0]} ({latest[1].name}) was asked for."
                )
            if latest is None or act.invoked > latest[1].invoked:
                latest = number, act

    def _apply(self, number: int, call: Call) -> None:
        try:
            self.model.apply(number, judge(self.model, call.deed))
        except (Refused, Impossible) as error:
            raise NotLinearisable(f"Act {number} was accepted, but it is {error}: {call}.") from error

    def _place_calls(self, number: int) -> None:
        """Everything that can have its place right after this act."""
        for call in [c for c in self.past if c.deed.act == number]:
            if call.answer is None or call.answer.told != as_told(self.model.reads(call.deed)):
                raise NotLinearisable(f"As of act {number} something else was read than held then: {call}.")
        while self.waiting and self.windows[self.waiting[0].name][0] <= number:
            self.active.append(self.waiting.pop(0))
        left: list[Call] = []
        for call in self.active:
            first, last = self.windows[call.name]
            may_be_next = all(other.answered is None or other.answered >= call.invoked for other in left)
            if may_be_next and explains(self.model, call, floor=self._floor(call, first)):
                assert call.answered is not None
                self.placed.append((call.answered, number))
            elif last <= number:
                raise NotLinearisable(f"Between acts {first} and {last} nothing explains {call}.")
            else:
                left.append(call)
        self.active = left

    def _floor(self, call: Call, first: int) -> int:
        """The act after which the latest of the calls has its place that were answered before this one was asked."""
        return max(first, next((at for answered, at in reversed(self.placed) if answered < call.invoked), first))


def _acts(ground: Ground, calls: Iterable[Call], log: Log) -> dict[int, Call]:
    """Number → the call that became this act; each that was answered with a number is there once, and no other."""
    by_name = {call.name: call for call in calls}
    acts: dict[int, Call] = {}
    found: set[str] = set()
    for expected, (number, why, by) in enumerate(log, ground.base + 1):
        name = why.partition(";")[0]
        if number != expected:
            raise NotLinearisable(f"The log goes from act {expected - 1} to {number}.")
        if (call := by_name.get(name)) is None:
            raise NotLinearisable(f"Act {number} by {by} ({why}) is nobody's.")
        if name in found:
            raise NotLinearisable(f"Act {number} is {name} once more.")
        if call.answer is not None and call.answer.done != number:
            raise NotLinearisable(f"Act {number} is in the log, but the answer was another: {call}.")
        acts[number] = call
        found.add(name)
    if lost := [c for c in by_name.values() if c.answer and c.answer.done and acts.get(c.answer.done) is not c]:
        raise NotLinearisable(f"{len(lost)} acts were answered and are not in the log; the first is {lost[0]}.")
    return acts
