"""A filter in the words that a shifter would say: what stands on the chips of the filter bar."""

from datetime import datetime

from backend.queries import (
    RUNS,
    AllOf,
    AnyOf,
    BitCondition,
    Catalogue,
    Condition,
    Count,
    Filter,
    FlagCondition,
    Operator,
    Quantifier,
    Span,
)
from models.vocabulary import UNSAID

_SIGNS = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.LESS: "<",
    Operator.AT_MOST: "≤",
    Operator.MORE: ">",
    Operator.AT_LEAST: "≥",
    Operator.IS_NULL: "is unsaid",
    Operator.IS_NOT_NULL: "is said",
}
_COUNTS = {Operator.MORE: "more than", Operator.LESS: "fewer than", Operator.AT_LEAST: "at least"}


def in_words(part: Filter, catalogue: Catalogue = RUNS) -> str:
    """The filter, or a part of it, in words.

    >>> from models.vocabulary import Status
    >>> in_words(FlagCondition("tracker-strip", Status.BAD, Count(Operator.MORE, 5)))
    'tracker-strip more than 5 LS BAD'
    """
    match part:
        case AllOf(parts):
            return " and ".join(in_words(p, catalogue) for p in parts)
        case AnyOf(parts):
            return "any of: " + " or ".join(in_words(p, catalogue) for p in parts)
        case FlagCondition(column, status, quantifier):
            return f"{column} {_extent(quantifier)} {UNSAID if status is None else status.word}"
        case BitCondition(bit, value, quantifier):
            return f"{bit} {_extent(quantifier)} {str(value).lower()}"
        case Condition(attribute, operator, value):
            label = catalogue.find(attribute).word.replace("_", " ")
            if value is None:
                return f"{label} {_SIGNS[operator]}"
            return f"{label} {_SIGNS.get(operator, operator.value)} {_value(value)}"


def _extent(quantifier: Quantifier | Count) -> str:
    match quantifier:
        case Quantifier.ANY:
            return "somewhere"
        case Quantifier.ALL:
            return "everywhere"
        case Quantifier.NONE:
            return "nowhere"
        case Count(operator, lumisections):
            return f"{_COUNTS.get(operator, operator.value)} {lumisections:,} LS"


def _value(value: object) -> str:
    match value:
        case Span(low, high):
            return f"{_value(low)} and {_value(high)}"
        case tuple():
            shown = ", ".join(_value(v).replace(" and ", "–") for v in value[:3])
            return shown if len(value) <= 3 else f"{shown} and {len(value) - 3} more"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:,.10g}"
    return f"{value:%d %b %Y %H:%M} UTC" if isinstance(value, datetime) else str(value)
