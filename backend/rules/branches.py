"""``if``, ``and`` and ``or``: what they need not evaluate they do not, and their value is that of an operand."""

from collections.abc import Sequence

from backend.rules.limits import Budget
from backend.rules.nodes import Compiled
from backend.rules.values import UNDEFINED, is_truthy


def all_of(operands: Sequence[Compiled]) -> Compiled:
    """``and``: the first operand that is not true, or the last."""

    def judge(facts: object, budget: Budget) -> object:
        value: object = UNDEFINED
        for operand in operands:
            value = operand(facts, budget)
            if value is not True and not is_truthy(value):
                return value
        return value

    return judge


def any_of(operands: Sequence[Compiled]) -> Compiled:
    """``or``: the first operand that is true, or the last."""

    def judge(facts: object, budget: Budget) -> object:
        value: object = UNDEFINED
        for operand in operands:
            value = operand(facts, budget)
            if value is True or is_truthy(value):
                return value
        return value

    return judge


def first_that_holds(operands: Sequence[Compiled]) -> Compiled:
    """``if``: condition, value, condition, value …, and the value if none holds; null if there is no such."""
    pairs = tuple(zip(operands[:-1:2], operands[1::2], strict=True)) if operands else ()
    last = operands[-1] if len(operands) % 2 else None

    def judge(facts: object, budget: Budget) -> object:
        for condition, value in pairs:
            if is_truthy(condition(facts, budget)):
                return value(facts, budget)
        return last(facts, budget) if last else None

    return judge
