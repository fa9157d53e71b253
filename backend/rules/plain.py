"""What leaves the engine: values that JSON can say. NaN, Infinity and undefined leave as null, as in JavaScript."""

import math

from backend.errors import InvalidRule
from backend.rules.limits import MOST_LEVELS, Budget
from backend.rules.nodes import Json
from backend.rules.values import EXACT, UNDEFINED, as_double


def plain(value: object, budget: Budget, *, level: int = 0) -> Json:
    """The value as ``JSON.stringify`` would say it; lists and objects are copied.

    Raises
    ------
    InvalidRule
        If it is deeper or larger than the budget allows.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if value is UNDEFINED:
        return None
    if level > MOST_LEVELS:
        raise InvalidRule(f"The rule makes a value of more than {MOST_LEVELS} levels from these facts.")
    if isinstance(value, list):
        budget.spend(len(value))
        return [plain(item, budget, level=level + 1) for item in value]
    if isinstance(value, dict):
        budget.spend(len(value))
        return {name: plain(item, budget, level=level + 1) for name, item in value.items()}
    raise InvalidRule(f"The facts hold {value!r:.60}, a {type(value).__name__}, which is no JSON.")


def _number(number: float) -> float | None:
    if isinstance(number, int) and -EXACT <= number <= EXACT:
        return number
    double = as_double(number)
    return (double or 0) if math.isfinite(double) else None
