"""The values that a filter compares with: read once, by the kind of attribute, from text, JSON or a form."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from backend.errors import InvalidFilter
from backend.queries.attributes import Attribute, Kind

Scalar: TypeAlias = bool | int | float | str | datetime
LONGEST_TEXT = 2_000
_LARGEST = 2**63
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``low`` to ``high``, both included."""

    low: Scalar
    high: Scalar


Value: TypeAlias = Scalar | Span | tuple[Scalar | Span, ...] | None


def read_scalar(attribute: Attribute, value: object) -> Scalar:
    """The value as this attribute's kind has it; numbers, times, yes and no may come as text.

    Raises
    ------
    InvalidFilter
        If it cannot be one; the sentence has the value in it.
    """
    read = _READERS[attribute.kind](value)
    if read is None:
        raise InvalidFilter(f"{attribute.label} is compared with a {attribute.kind}, not with {value!r:.80}.")
    return read


def literal(text: str) -> bool | int | float | str:
    """What an unquoted word means where any kind may stand: a number, yes or no, else text.

    >>> literal("6500"), literal("3.8"), literal("no"), literal("25ns")
    (6500, 3.8, False, '25ns')
    """
    if (yes_no := _YES_NO.get(text.lower())) is not None:
        return yes_no
    if (whole := _integer(text)) is not None:
        return whole
    number = _number(text)
    return text if number is None else number


def is_number(value: object) -> bool:
    """Is it a number, and not yes or no?"""
    return isinstance(value, int | float) and not isinstance(value, bool)


_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


def _integer(value: object) -> int | None:
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value < _LARGEST:
        return value
    return None


def _number(value: object) -> float | None:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, int | float) and is_number(value) and -_LARGEST <= value < _LARGEST and math.isfinite(value):
        return float(value)
    return None


def _text(value: object) -> str | None:
    fits = isinstance(value, str) and len(value) <= LONGEST_TEXT and "\0" not in value
    return value if isinstance(value, str) and fits else None


def _said(value: object) -> str | None:
    return _text(value) or None


def _yes_no(value: object) -> bool | None:
    return value if isinstance(value, bool) else _YES_NO.get(value.lower()) if isinstance(value, str) else None


def _time(value: object) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime) or not 1 < value.year < 9999:
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _any(value: object) -> Scalar | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _integer(value)
    return _number(value) if isinstance(value, float) else _text(value)


_READERS: dict[Kind, Callable[[object], Scalar | None]] = {
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.TEXT: _text,
    Kind.BOOLEAN: _yes_no,
    Kind.TIME: _time,
    Kind.LIST: _said,
    Kind.WORDS: _said,
    Kind.ANY: _any,
}
