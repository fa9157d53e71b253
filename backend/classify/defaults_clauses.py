"""The few clauses that the rules of a fresh registry are made of."""

from collections.abc import Iterable
from typing import Any, TypeAlias

Clause: TypeAlias = dict[str, Any]

ALWAYS: Clause = {"==": [1, 1]}
"""Holds of everything: what is said where no other rule speaks."""


def fact(name: str) -> Clause:
    """The value of a fact."""
    return {"var": name}


def equals(name: str, value: str | bool) -> Clause:
    """The fact is that, and not unknown."""
    return {"==": [fact(name), value]}


def is_true(name: str) -> Clause:
    """The fact is true; neither false nor unknown."""
    return equals(name, True)


def is_not_true(name: str) -> Clause:
    """The fact is false or unknown."""
    return {"!=": [fact(name), True]}


def is_false(name: str) -> Clause:
    """The fact is false, and not unknown."""
    return equals(name, False)


def contains(name: str, text: str) -> Clause:
    """The text of the fact has this in it."""
    return {"in": [text, fact(name)]}


def at_least(name: str, value: float | str) -> Clause:
    """The fact is so much or more."""
    return {">=": [fact(name), value]}


def all_of(*clauses: Clause) -> Clause:
    """Every clause holds."""
    return {"and": list(clauses)}


def any_of(*clauses: Clause) -> Clause:
    """One clause at least holds; one that stands alone is not wrapped."""
    return {"or": list(clauses)} if len(clauses) > 1 else clauses[0]


def every(clauses: Iterable[Clause]) -> Clause:
    """Every clause holds; one that stands alone is not wrapped."""
    given = list(clauses)
    return all_of(*given) if len(given) > 1 else given[0]
