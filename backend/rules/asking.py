"""The operators that ask for facts by name: ``var``, ``missing`` and ``missing_some``.

json-logic-js evaluates what ``missing`` and ``missing_some`` are told a second time, so that names may stand in lists
(name, default value) or be logic themselves, even if they come out of the facts. So it is here, within limits.
"""

from collections.abc import Callable

from backend.errors import InvalidRule
from backend.rules import texts
from backend.rules.comparing import is_at_most
from backend.rules.limits import Budget
from backend.rules.reading import look_up
from backend.rules.values import UNDEFINED, to_number, to_text

Apply = Callable[[object, object, Budget], object]
"""Takes a value for logic and gives what it is of these facts."""


def read_variable(operands: list[object], facts: object, budget: Budget) -> object:
    """``var``: the fact of that name, or the default value, or null; without a name, all the facts."""
    name, default = (*operands, UNDEFINED, UNDEFINED)[:2]
    if name is None or name is UNDEFINED or name == "":
        return facts
    parts = to_text(name, budget).split(".")
    budget.spend(len(parts))
    found = look_up(facts, parts)
    if found is not UNDEFINED:
        return found
    return None if default is UNDEFINED else default


def missing(operands: list[object], facts: object, budget: Budget, apply: Apply) -> list[object]:
    """``missing``: of the names, given one by one or in one list, those whose fact is null or an empty text."""
    first = operands[0] if operands else UNDEFINED
    names = first if isinstance(first, list) else operands
    budget.spend(len(names))
    return [name for name in names if _is_missing(name, facts, budget, apply)]


def missing_some(operands: list[object], facts: object, budget: Budget, apply: Apply) -> list[object]:
    """``missing_some``: nothing if so many of the names are there, else those that are missing."""
    needed, names = operands[:2]
    told = names if isinstance(names, list) else [names]
    are_missing = missing([apply(name, facts, budget) for name in told], facts, budget, apply)
    there = to_number(_length(names), budget) - len(are_missing)
    return [] if is_at_most(needed, there, budget) else are_missing


def _is_missing(name: object, facts: object, budget: Budget, apply: Apply) -> bool:
    told = name if isinstance(name, list) else [name]
    value = read_variable([apply(part, facts, budget) for part in told], facts, budget)
    return value is None or (isinstance(value, str) and not value)


def _length(names: object) -> object:
    """What JavaScript has as the ``length`` of the names."""
    if names is None or names is UNDEFINED:
        raise InvalidRule("The operator 'missing_some' is told of no names on these facts.")
    if isinstance(names, dict):
        return names.get("length", UNDEFINED)
    if isinstance(names, str):
        return texts.length(names)
    return len(names) if isinstance(names, list) else UNDEFINED


ASKING = {"missing": missing, "missing_some": missing_some}
