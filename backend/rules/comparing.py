"""Which values JavaScript takes as equal, and which as less: ``==``, ``===``, ``<`` and ``<=``."""

from backend.rules import texts
from backend.rules.limits import Budget
from backend.rules.values import UNDEFINED, as_double, is_number, to_number, to_primitive


def strictly_equal(left: object, right: object) -> bool:
    """``===``: of one kind and equal; lists and objects only if they are one and the same."""
    if isinstance(left, str):
        return isinstance(right, str) and left == right
    if is_number(left):
        return is_number(right) and as_double(left) == as_double(right)
    return left is right


def loosely_equal(left: object, right: object, budget: Budget) -> bool:
    """``==``: what is of different kinds is compared as numbers; null is equal to null and undefined alone.

    >>> loosely_equal("1", True, Budget()), loosely_equal(None, False, Budget()), loosely_equal(["a"], "a", Budget())
    (True, False, True)
    """
    if left is None or left is UNDEFINED or right is None or right is UNDEFINED:
        return (left is None or left is UNDEFINED) and (right is None or right is UNDEFINED)
    if _kind(left) == _kind(right):
        return strictly_equal(left, right)
    left, right = to_primitive(left, budget), to_primitive(right, budget)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return to_number(left, budget) == to_number(right, budget)


def is_less(left: object, right: object, budget: Budget) -> bool:
    """``<``: texts by their code units, everything else by number; false where either is none."""
    left, right = to_primitive(left, budget), to_primitive(right, budget)
    if isinstance(left, str) and isinstance(right, str):
        budget.spend(min(len(left), len(right)) // 64)
        return texts.is_before(left, right)
    return to_number(left, budget) < to_number(right, budget)


def is_at_most(left: object, right: object, budget: Budget) -> bool:
    """``<=``: as ``<``, or equal."""
    left, right = to_primitive(left, budget), to_primitive(right, budget)
    if isinstance(left, str) and isinstance(right, str):
        budget.spend(min(len(left), len(right)) // 64)
        return not texts.is_before(right, left)
    return to_number(left, budget) <= to_number(right, budget)


def _kind(value: object) -> str:
    if isinstance(value, list | dict):
        return "object"
    return "text" if isinstance(value, str) else "truth" if isinstance(value, bool) else "number"
