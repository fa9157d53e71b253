"""Reading a fact by its name: ``run.oms.energy`` is looked for part by part, in objects, lists and texts.

Of what JavaScript objects inherit, only the ``length`` of lists and texts is there: ``{"var": "constructor"}`` reads
the fact of that name or null.
"""

from collections.abc import Callable, Sequence

from backend.rules import texts
from backend.rules.values import UNDEFINED

Reader = Callable[[object], object]


def reader(name: str) -> Reader:
    """The way to that fact, which gives null where the facts do not have it.

    Nearly all facts stand two or three objects deep, so that these are read without a loop.
    """
    parts = tuple(name.split("."))
    if not name:
        return lambda facts: facts
    if len(parts) == 3:
        return _third(*parts)
    return _second(*parts) if len(parts) == 2 else lambda facts: _or_null(facts, parts)


def look_up(facts: object, parts: Sequence[str]) -> object:
    """What the facts have under that name, or :data:`UNDEFINED`."""
    found = facts
    for part in parts:
        found = _property(found, part)
        if found is UNDEFINED:
            return UNDEFINED
    return found


def _third(first: str, second: str, third: str) -> Reader:
    def read(facts: object) -> object:
        try:
            return facts[first][second][third]  # type: ignore[index]  # where it is no object, it is looked up
        except (KeyError, TypeError):
            return _or_null(facts, (first, second, third))

    return read


def _second(first: str, second: str) -> Reader:
    def read(facts: object) -> object:
        try:
            return facts[first][second]  # type: ignore[index]  # where it is no object, it is looked up
        except (KeyError, TypeError):
            return _or_null(facts, (first, second))

    return read


def _or_null(facts: object, parts: Sequence[str]) -> object:
    found = look_up(facts, parts)
    return None if found is UNDEFINED else found


def _property(value: object, name: str) -> object:
    if isinstance(value, dict):
        return value.get(name, UNDEFINED)
    if not isinstance(value, list | str):
        return UNDEFINED
    if name == "length":
        return texts.length(value) if isinstance(value, str) else len(value)
    index = _index(name)
    if index is None or index >= (texts.length(value) if isinstance(value, str) else len(value)):
        return UNDEFINED
    return texts.unit_at(value, index) if isinstance(value, str) else value[index]


def _index(name: str) -> int | None:
    """The index that JavaScript takes the name for: digits, and no zero in front."""
    is_index = name.isascii() and name.isdigit() and len(name) <= 15 and (name == "0" or name[0] != "0")
    return int(name) if is_index else None
