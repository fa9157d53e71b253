"""Texts as JavaScript counts and orders them: in UTF-16 code units, of which an emoji has two.

For texts without such characters, which is nearly all, this is what Python does by itself.
"""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_ONE_UNIT = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")


def length(text: str) -> int:
    """The number of code units."""
    return len(text) if _is_plain(text) else len(_units(text)) // 2


def unit_at(text: str, index: int) -> str:
    """The code unit at that place from 0."""
    return text[index] if _is_plain(text) else _text(_units(text)[2 * index : 2 * index + 2])


def part(text: str, start: float, count: float | None) -> str:
    """So many code units from ``start`` on, all if ``count`` is None; a negative start counts from the end."""
    units = length(text)
    first = max(units + start, 0) if start < 0 else min(start, units)
    last = units if count is None else min(first + max(count, 0), units)
    if _is_plain(text):
        return text[int(first) : int(last)]
    return _text(_units(text)[2 * int(first) : 2 * int(last)])


def contains(text: str, sought: str) -> bool:
    """Whether the text has the other in it."""
    if _is_plain(text) and _is_plain(sought):
        return sought in text
    units, sought_units = _units(text), _units(sought)
    found = units.find(sought_units)
    while found % 2 == 1 and found >= 0:
        found = units.find(sought_units, found + 1)
    return found >= 0


def is_before(text: str, other: str) -> bool:
    """Whether the text comes before the other."""
    if _is_plain(text) and _is_plain(other):
        return text < other
    return _units(text) < _units(other)


def is_storable(text: str) -> bool:
    """Whether the text is one of Unicode: half an emoji, which JavaScript may cut off, is none."""
    return text.isascii() or not _SURROGATE.search(text)


def whole(text: str) -> str:
    """The text, with surrogates that have come to stand beside each other made into the character they are."""
    return text if is_storable(text) else _text(_units(text))


def _is_plain(text: str) -> bool:
    return text.isascii() or not _NOT_ONE_UNIT.search(text)


def _units(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def _text(units: bytes) -> str:
    return units.decode("utf-16-be", "surrogatepass")
