"""Any order that explains a short history, whatever the log says: the search of Wing and Gong, with Lowe's memory.

J. M. Wing, C. Gong, *Testing and verifying concurrent objects*, 1993; G. Lowe, *Testing for linearizability*, 2017: a
call may be the next if no other was answered before it was asked; where one went before in the same state with the same
calls left, one need not go again. The numbers of acts are names here; *seen* means that the act of that name went
before.
"""

from collections.abc import Sequence

from tests.linearisable.deeds import Call, Kind, as_told
from tests.linearisable.ground import Ground
from tests.linearisable.judging import judge
from tests.linearisable.model import Impossible, Model, Refused

Log = Sequence[tuple[int, str, str]]
"""The number of each act, its reason, which begins with the name of the call, and who did it."""

FEW = 16
"""A history of so many calls is searched in no time."""


def explains(model: Model, call: Call, *, floor: int | None = None) -> bool:
    """Whether what only looked, or was refused, is answered so by the model as it stands.

    ``floor`` is the act that the reader must have seen named at least: it was there before it was asked.
    """
    assert call.answer is not None
    if call.is_look:
        version = call.answer.version
        if version is not None and (not model.has_happened(version) or (floor is not None and version < floor)):
            return False
        return call.answer.told == as_told(model.reads(call.deed))
    try:
        judge(model, call.deed)
    except Refused as refusal:
        return call.answer.refused == str(refusal)
    except Impossible:
        return False
    return False


def some_order(ground: Ground, history: Sequence[Call], log: Log) -> list[str] | None:
    """The names of the calls in an order that explains all answers; none, if there is no such order."""
    numbers = {why.partition(";")[0]: number for number, why, _ in log}
    calls = tuple(call for call in history if call.deed.kind is not Kind.PAST)
    seen: set[tuple[frozenset[str], tuple[int, ...]]] = set()

    def go_on(model: Model, left: tuple[Call, ...], order: list[str]) -> list[str] | None:
        left, order = _with_looks(model, left, order)
        if all(call.answer is None for call in left):
            return order
        key = frozenset(call.name for call in left), tuple(model.acts)
        if key in seen:
            return None
        seen.add(key)
        for call in _may_be_next(left):
            number = call.answer.done if call.answer else numbers.get(call.name, -call.invoked)
            if number is None or number in model.place:
                continue
            try:
                did = judge(model, call.deed)
            except (Refused, Impossible):
                continue
            then = model.copy()
            then.apply(number, did)
            found = go_on(then, tuple(c for c in left if c is not call), [*order, call.name])
            if found is not None:
                return found
        return None

    return go_on(Model(ground), calls, [])


def _may_be_next(left: Sequence[Call]) -> list[Call]:
    return [c for c in left if all(o.answered is None or o.answered >= c.invoked for o in left)]


def _with_looks(model: Model, left: tuple[Call, ...], order: list[str]) -> tuple[tuple[Call, ...], list[str]]:
    """What only looks or is refused goes as soon as it can: it takes no other call's place."""
    order = list(order)
    while found := next((c for c in _may_be_next(left) if _changes_nothing(c) and explains(model, c)), None):
        left = tuple(call for call in left if call is not found)
        order.append(found.name)
    return left, order


def _changes_nothing(call: Call) -> bool:
    return call.answer is not None and call.answer.done is None
