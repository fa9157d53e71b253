"""What the operators of JSON logic do whose operands are all evaluated first: arithmetic, texts, lists, comparisons."""

import math
from collections.abc import Callable

from backend.errors import InvalidRule
from backend.rules import texts
from backend.rules.comparing import is_at_most, is_less, loosely_equal, strictly_equal
from backend.rules.limits import Budget
from backend.rules.values import (
    EXACT,
    UNDEFINED,
    is_truthy,
    join_texts,
    leading_number,
    to_number,
    to_primitive,
    to_text,
)

Operands = list[object]
Operator = Callable[[Operands, Budget], object]


def _first(operands: Operands) -> object:
    return operands[0] if operands else UNDEFINED


def _second(operands: Operands) -> object:
    return operands[1] if len(operands) > 1 else UNDEFINED


def _third(operands: Operands) -> object:
    return operands[2] if len(operands) > 2 else UNDEFINED


def _number(double: float) -> float:
    """The number, as an integer if it is one, so that it is written as one."""
    is_integer = -EXACT <= double <= EXACT and double.is_integer()
    return int(double) if is_integer and (double or math.copysign(1, double) > 0) else double


def _less(operands: Operands, budget: Budget) -> bool:
    first, second, third = _first(operands), _second(operands), _third(operands)
    return is_less(first, second, budget) and (third is UNDEFINED or is_less(second, third, budget))


def _at_most(operands: Operands, budget: Budget) -> bool:
    first, second, third = _first(operands), _second(operands), _third(operands)
    return is_at_most(first, second, budget) and (third is UNDEFINED or is_at_most(second, third, budget))


def _in(operands: Operands, budget: Budget) -> bool:
    """Whether the first is in the second, a text or a list; false if that is neither."""
    sought, whole = _first(operands), _second(operands)
    if isinstance(whole, str):
        budget.spend(len(whole) // 64)
        return bool(whole) and texts.contains(whole, to_text(sought, budget))
    if isinstance(whole, dict) and "indexOf" in whole:
        raise InvalidRule("JavaScript cannot look for something in an object that has a key 'indexOf'.")
    if not isinstance(whole, list):
        return False
    budget.spend(len(whole) // 8)
    return any(strictly_equal(sought, item) for item in whole)


def _cat(operands: Operands, budget: Budget) -> str:
    return join_texts(operands, "", budget)


def _substr(operands: Operands, budget: Budget) -> str:
    """A part of a text; a negative length leaves so much away at the end."""
    text, start, count = to_text(_first(operands), budget), _second(operands), _third(operands)
    budget.spend(1 + len(text) // 16)
    first = _whole_number(start, budget)
    if count is UNDEFINED:
        return texts.part(text, first, None)
    if not is_less(count, 0, budget):
        return texts.part(text, first, _whole_number(count, budget))
    if isinstance(to_primitive(count, budget), str):
        return ""  # JavaScript appends this to the length as a text, and finds no number in that
    rest = texts.part(text, first, None)
    return texts.part(rest, 0, _truncated(texts.length(rest) + to_number(count, budget)))


def _whole_number(value: object, budget: Budget) -> float:
    return _truncated(to_number(value, budget))


def _truncated(number: float) -> float:
    return 0.0 if math.isnan(number) else number if math.isinf(number) else float(math.trunc(number))


def _add(operands: Operands, budget: Budget) -> float:
    total = 0.0
    for operand in operands:
        total += leading_number(operand, budget)
    return _number(total)


def _multiply(operands: Operands, budget: Budget) -> object:
    """The product; a single operand stays what it is."""
    if len(operands) == 1:
        return operands[0]
    product = leading_number(operands[0], budget)
    for operand in operands[1:]:
        product = (product + 0.0) * leading_number(operand, budget)
    return _number(product)


def _subtract(operands: Operands, budget: Budget) -> float:
    """The difference; of a single operand, its negative."""
    first, second = to_number(_first(operands), budget), _second(operands)
    return _number(-first if second is UNDEFINED else first - to_number(second, budget))


def _divide(operands: Operands, budget: Budget) -> float:
    dividend, divisor = to_number(_first(operands), budget), to_number(_second(operands), budget)
    if divisor:
        return _number(dividend / divisor)
    if not dividend or math.isnan(dividend):
        return math.nan
    return math.copysign(math.inf, dividend) * math.copysign(1.0, divisor)


def _remainder(operands: Operands, budget: Budget) -> float:
    dividend, divisor = to_number(_first(operands), budget), to_number(_second(operands), budget)
    if math.isinf(dividend) or not divisor:
        return math.nan
    return _number(math.fmod(dividend, divisor))


def _largest(operands: Operands, budget: Budget) -> float:
    return _extreme(operands, budget, 1.0)


def _smallest(operands: Operands, budget: Budget) -> float:
    return _extreme(operands, budget, -1.0)


def _extreme(operands: Operands, budget: Budget, sign: float) -> float:
    """The number whose product with ``sign`` is largest, where 0 is more than -0; NaN if one is none."""
    numbers = [sign * to_number(operand, budget) for operand in operands]
    if any(map(math.isnan, numbers)):
        return math.nan
    return _number(sign * max(numbers, key=lambda number: (number, math.copysign(1, number)), default=-math.inf))


def _merge(operands: Operands, budget: Budget) -> Operands:
    merged: Operands = []
    for operand in operands:
        items = operand if isinstance(operand, list) else [operand]
        budget.spend(len(items))
        merged += items
    return merged


EAGER: dict[str, Operator] = {
    "==": lambda operands, budget: loosely_equal(_first(operands), _second(operands), budget),
    "!=": lambda operands, budget: not loosely_equal(_first(operands), _second(operands), budget),
    "===": lambda operands, _: strictly_equal(_first(operands), _second(operands)),
    "!==": lambda operands, _: not strictly_equal(_first(operands), _second(operands)),
    "<": _less,
    "<=": _at_most,
    ">": lambda operands, budget: is_less(_second(operands), _first(operands), budget),
    ">=": lambda operands, budget: is_at_most(_second(operands), _first(operands), budget),
    "!": lambda operands, _: not is_truthy(_first(operands)),
    "!!": lambda operands, _: is_truthy(_first(operands)),
    "in": _in,
    "cat": _cat,
    "substr": _substr,
    "+": _add,
    "*": _multiply,
    "-": _subtract,
    "/": _divide,
    "%": _remainder,
    "max": _largest,
    "min": _smallest,
    "merge": _merge,
    "log": lambda operands, _: _first(operands),
}
"""What each operator makes of its evaluated operands."""
