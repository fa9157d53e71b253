"""The operators that look at the items of a list: ``map``, ``filter``, ``reduce``, ``all``, ``some`` and ``none``.

For their second operand the item is all the facts there are; of ``reduce``, ``current`` and ``accumulator``.
"""

from collections.abc import Callable, Iterator, Sequence

from backend.rules.limits import Budget
from backend.rules.nodes import Compiled
from backend.rules.values import UNDEFINED, is_truthy

Loop = Callable[[Sequence[Compiled], int], Compiled]
"""Made of the operands (list, body, and of ``reduce`` the beginning) and of what one turn of the body costs."""


def _items(source: Compiled, facts: object, budget: Budget) -> list[object]:
    """The items of the list; none if it is no list."""
    found = source(facts, budget)
    return found if isinstance(found, list) else []


def _turns(operands: Sequence[Compiled], cost: int) -> Callable[[object, Budget], Iterator[tuple[object, object]]]:
    """Each item with what the body makes of it."""
    source, body = operands[:2]

    def turns(facts: object, budget: Budget) -> Iterator[tuple[object, object]]:
        for item in _items(source, facts, budget):
            budget.spend(cost)
            yield item, body(item, budget)

    return turns


def _map(operands: Sequence[Compiled], cost: int) -> Compiled:
    turns = _turns(operands, cost)
    return lambda facts, budget: [made for _, made in turns(facts, budget)]


def _filter(operands: Sequence[Compiled], cost: int) -> Compiled:
    turns = _turns(operands, cost)
    return lambda facts, budget: [item for item, made in turns(facts, budget) if is_truthy(made)]


def _some(operands: Sequence[Compiled], cost: int) -> Compiled:
    turns = _turns(operands, cost)
    return lambda facts, budget: any(is_truthy(made) for _, made in turns(facts, budget))


def _none(operands: Sequence[Compiled], cost: int) -> Compiled:
    some = _some(operands, cost)
    return lambda facts, budget: not some(facts, budget)


def _all(operands: Sequence[Compiled], cost: int) -> Compiled:
    """Whether it is true of every item; of an empty list, nothing is."""
    turns = _turns(operands, cost)

    def judge(facts: object, budget: Budget) -> bool:
        is_empty = True
        for _, made in turns(facts, budget):
            if not is_truthy(made):
                return False
            is_empty = False
        return not is_empty

    return judge


def _reduce(operands: Sequence[Compiled], cost: int) -> Compiled:
    source, body, *beginning = operands

    def judge(facts: object, budget: Budget) -> object:
        items = source(facts, budget)
        accumulator = beginning[0](facts, budget) if beginning else None
        for item in items if isinstance(items, list) else ():
            budget.spend(cost)
            scope = {"current": item, "accumulator": accumulator}
            accumulator = body({name: value for name, value in scope.items() if value is not UNDEFINED}, budget)
        return accumulator

    return judge


LOOPS: dict[str, Loop] = {
    "map": _map,
    "filter": _filter,
    "some": _some,
    "none": _none,
    "all": _all,
    "reduce": _reduce,
}
