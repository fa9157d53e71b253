"""A value as JavaScript takes it: whether it is true, which number and which text it is.

Values are those of JSON, and :data:`UNDEFINED`, which is said where nothing was given; it is not null. A number is a
double: integers beyond 2⁵³ are rounded as JavaScript rounds them.
"""

import math
import re
from decimal import Decimal
from enum import Enum
from typing import Final, TypeGuard

from backend.errors import InvalidRule
from backend.rules.limits import MOST_LEVELS, Budget
from backend.rules.texts import whole


class Undefined(Enum):
    """The kind of the one value that JavaScript has for *not given*."""

    UNDEFINED = "undefined"

    def __repr__(self) -> str:
        return self.value


UNDEFINED: Final = Undefined.UNDEFINED

EXACT = 2**53
"""Up to here a double says every integer."""

_WHITE_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_WHITE_SPACE += "\u2028\u2029\u202f\u205f\u3000\ufeff"
_DECIMAL = re.compile(r"[+-]?(?:Infinity|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_OF_BASE = {"0x": (16, re.compile(r"[0-9a-fA-F]+")), "0o": (8, re.compile(r"[0-7]+")), "0b": (2, re.compile(r"[01]+"))}


def is_truthy(value: object) -> bool:
    """Whether json-logic-js takes the value as true. Unlike in JavaScript, an empty list is not."""
    if isinstance(value, dict):
        return True
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value) and value is not UNDEFINED


def is_number(value: object) -> TypeGuard[float]:
    """Whether the value is a number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_double(number: float) -> float:
    """The double that JavaScript has for this number.

    >>> as_double(2**53 + 1), as_double(10**400)
    (9007199254740992.0, inf)
    """
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def to_primitive(value: object, budget: Budget) -> object:
    """The value itself; of a list or an object, its text."""
    return to_text(value, budget) if isinstance(value, list | dict) else value


def to_number(value: object, budget: Budget) -> float:
    """The number that JavaScript takes the value for, NaN if it is none.

    >>> [to_number(value, Budget()) for value in (None, True, " 12 ", "0x1F", "", "25ns", [7], [1, 2])]
    [0.0, 1.0, 12.0, 31.0, 0.0, nan, 7.0, nan]
    """
    value = to_primitive(value, budget)
    if isinstance(value, str):
        budget.spend(len(value) // 64)
        return _number_of_text(value)
    if isinstance(value, int | float):
        return as_double(value)
    return 0.0 if value is None else math.nan


def leading_number(value: object, budget: Budget) -> float:
    """The number that a value's text begins with, as ``parseFloat`` reads it; NaN if it begins with none.

    >>> [leading_number(value, Budget()) for value in ("3.8 T", "0x10", True, [5, 6])]
    [3.8, 0.0, nan, 5.0]
    """
    if is_number(value):
        return as_double(value) + 0.0
    text = to_text(value, budget)
    budget.spend(len(text) // 64)
    found = _DECIMAL.match(text.lstrip(_WHITE_SPACE))
    return float(found[0]) if found else math.nan


def to_text(value: object, budget: Budget) -> str:
    """The text that JavaScript takes the value for.

    >>> [to_text(value, Budget()) for value in (None, True, 1e21, [1, None, ["a", 2.0]], {"a": 1})]
    ['null', 'true', '1e+21', '1,,a,2', '[object Object]']
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, list):
        return join_texts(value, ",", budget)
    if isinstance(value, dict):
        return "[object Object]"
    return "null" if value is None else "undefined"


def join_texts(values: list[object], between: str, budget: Budget, *, level: int = 0) -> str:
    """The texts of the values in one, where null and undefined are nothing; lists in it are joined by commas."""
    if level > MOST_LEVELS:
        raise InvalidRule(f"The rule makes a list of more than {MOST_LEVELS} levels from these facts.")
    budget.spend(len(values))
    said = []
    for value in values:
        if isinstance(value, list):
            said.append(join_texts(value, ",", budget, level=level + 1))
        else:
            said.append("" if value is None or value is UNDEFINED else to_text(value, budget))
    budget.spend_text(sum(map(len, said)) + len(between) * len(values))
    return whole(between.join(said))


def number_text(number: float) -> str:
    """The number as JavaScript writes it: the fewest digits that say it, with an exponent from 10²¹ and below 10⁻⁶.

    >>> [number_text(number) for number in (0.1 + 0.2, 100.0, -0.0, 1e21, 1.5e-7)]
    ['0.30000000000000004', '100', '0', '1e+21', '1.5e-7']
    """
    if isinstance(number, int) and -EXACT <= number <= EXACT:
        return str(number)
    double = as_double(number)
    if double == 0 or not math.isfinite(double):
        return "0" if double == 0 else "NaN" if math.isnan(double) else "Infinity" if double > 0 else "-Infinity"
    is_negative, figures, exponent = Decimal(repr(double)).normalize().as_tuple()
    assert isinstance(exponent, int)
    return "-" * is_negative + _written("".join(map(str, figures)), len(figures) + exponent)


def _written(digits: str, point: int) -> str:
    """The digits with the decimal point after the ``point``-th of them."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"


def _number_of_text(text: str) -> float:
    text = text.strip(_WHITE_SPACE)
    if not text:
        return 0.0
    if text[:2].lower() in _OF_BASE:
        base, digits = _OF_BASE[text[:2].lower()]
        return as_double(int(text[2:], base)) if digits.fullmatch(text[2:]) else math.nan
    return float(text) if _DECIMAL.fullmatch(text) else math.nan
