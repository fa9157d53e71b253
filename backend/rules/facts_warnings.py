"""Comparisons that say nothing: that can never hold of what a fact can be, or that always hold.

Whether a comparison holds of a value is asked of the engine itself, with all its coercions: of every value that there
is where they can be listed (bits, statuses, states), else of the ends of the range and of the constant.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from backend.rules.clauses import HAS, Clause, clauses_of, judge_clause
from backend.rules.facts import FactCatalogue
from backend.rules.facts_places import at, place_of
from backend.rules.facts_values import Fact, FactKind
from backend.rules.limits import Budget
from backend.rules.nodes import Json, Node
from backend.rules.rule import Rule
from backend.rules.values import is_number, is_truthy, to_number
from backend.rules.variables import Comparison

_SIGNS = {"==": "is", "===": "is", "!=": "is not", "!==": "is not", HAS: "has", "in": "in"}
_ORDER = ("<", "<=", ">", ">=")
_MOMENT = re.compile(r"\d{4}(-\d\d(-\d\d([T ]\d\d(:\d\d(:\d\d(\.\d+)?)?)?Z?)?)?)?")


def warnings(rule: Rule, catalogue: FactCatalogue) -> tuple[str, ...]:
    """One sentence for each comparison that cannot be meant, in the order of the rule."""
    return tuple(_warnings(rule, catalogue))


def _warnings(rule: Rule, catalogue: FactCatalogue) -> Iterator[str]:
    for variable in rule.variables:
        fact = catalogue.get(variable.name)
        for comparison in variable.comparisons if fact else ():
            assert fact is not None
            if trouble := _trouble(fact, comparison):
                yield f"{_said(fact, comparison)}{at(_place(rule.root, fact.name, comparison))}: {trouble}."


def _place(root: Node, name: str, comparison: Comparison) -> str:
    sought = Clause(name, comparison.operator, comparison.constant)
    return place_of(root, lambda node: any(repr(clause) == repr(sought) for clause in clauses_of(node)))


def _said(fact: Fact, comparison: Comparison) -> str:
    sign = _SIGNS.get(comparison.operator, comparison.operator)
    constant = comparison.constant
    return f"{fact.name} {sign} {_word(constant)}"


def _word(constant: Json) -> str:
    if isinstance(constant, bool) or constant is None:
        return {True: "true", False: "false", None: "null"}[constant]
    return f"{constant:,}" if isinstance(constant, int) else f"{constant!r:.60}"


def _trouble(fact: Fact, comparison: Comparison) -> str | None:
    """What is wrong with the comparison, as the rest of a sentence; none if nothing is."""
    constant = comparison.constant
    if comparison.operator == "in" and isinstance(constant, list):
        return _of_items(fact, constant)
    if comparison.operator == "in" and isinstance(constant, str):
        return f"it asks whether {fact.name} is a part of that text; the operands are the wrong way round"
    is_scalar = isinstance(constant, bool | int | float)
    if fact.kind in (FactKind.TEXT, FactKind.STATUS, FactKind.TIME, FactKind.LIST) and is_scalar:
        return f"{fact.name} is a {fact.kind}, and is compared with {_kind(constant)}"
    if fact.kind is FactKind.TIME and comparison.operator in _ORDER and not _is_moment(constant):
        return "a time is compared as a text such as '2018-11-19T20:36:50Z'"
    return _of_values(fact, comparison)


def _of_items(fact: Fact, items: list[Json]) -> str | None:
    """What is wrong with the first item of a list that the fact can never be."""
    troubles = ((item, _trouble(fact, Comparison("===", item))) for item in items)
    return next((f"{_word(item)} is there, but {trouble}" for item, trouble in troubles if trouble), None)


def _kind(constant: Json) -> str:
    return "true or false" if isinstance(constant, bool) else "a number"


def _is_moment(constant: Json) -> bool:
    return isinstance(constant, str) and _MOMENT.fullmatch(constant) is not None


def _of_values(fact: Fact, comparison: Comparison) -> str | None:
    values = _values(fact, comparison.constant)
    if values is None:
        return None
    clause = Clause(fact.name, comparison.operator, comparison.constant)
    holds = [is_truthy(judge_clause(clause, value, Budget())) for value in values]
    asks_null = comparison.constant is None or (isinstance(comparison.constant, list) and None in comparison.constant)
    of_null = is_truthy(judge_clause(clause, None, Budget()))
    if not any(holds) and not (of_null and (asks_null or not fact.kind.is_number)):
        return f"{_may_be(fact)}, so this never holds{_meant(fact, comparison.constant)}"
    if all(holds) and of_null:
        return f"{_may_be(fact)}, so this always holds{_meant(fact, comparison.constant)}"
    return None


def _values(fact: Fact, constant: Json) -> list[object] | None:
    """The values of the fact, null apart, that tell whether a comparison can hold and fail; none if nobody knows."""
    if fact.kind is FactKind.BOOL:
        return [True, False]
    if fact.words:
        return list(fact.words)
    if fact.kind.is_number:
        return list(_numbers(fact, constant))
    return None


def _numbers(fact: Fact, constant: Json) -> Iterable[float]:
    """The ends of the range, far away where it has none, and what lies at and beside the constants."""
    low = fact.low if fact.low is not None else -1e18
    high = fact.high if fact.high is not None else 1e18
    yield from (low, high)
    for given in constant if isinstance(constant, list) else [constant]:
        number = to_number(given, Budget()) if given is None or isinstance(given, str) or is_number(given) else None
        if number is not None and low <= number <= high:
            yield number


def _may_be(fact: Fact) -> str:
    if fact.kind is FactKind.BOOL:
        return "it is true, false or null"
    if fact.words:
        return f"it is one of {', '.join(fact.words)}"
    unit = f" {fact.unit}" if fact.unit else ""
    if fact.low is None and fact.high is None:
        return f"it is a number{f' in{unit}' if unit else ''}"
    if fact.high is None:
        return f"it is at least {fact.low:,}{unit}"
    return f"it lies between {fact.low:,} and {fact.high:,}{unit}"


def _meant(fact: Fact, constant: Json) -> str:
    if not fact.words or not isinstance(constant, str) or constant in fact.words:
        return ""
    near = get_close_matches(constant.upper(), fact.words, n=1) or get_close_matches(constant, fact.words, n=1)
    return f"; the nearest is {near[0]!r}" if near else ""
