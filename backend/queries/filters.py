"""The one filter tree: conditions on attributes and flags, joined by *all of* and *any of* to any depth.

Pages, the HTTP API, saved filters, cycles and batch tools all speak it; ``filter_text`` writes it for people and URLs,
``filter_sql`` asks the database. *Or* is or across everything: attributes, OMS and flags alike.

What is unsaid (null) equals nothing and is neither smaller nor larger, so it is *not* whatever is asked:
``class != Collisions18`` includes the runs that have no class yet, and so do *not in*, *not like*, *not contains*.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from backend.errors import InvalidFilter
from backend.queries.attributes import Attribute, Catalogue, Kind, nearest
from backend.queries.values import Scalar, Span, Value, is_number, read_scalar
from models.lumis import MAX_LUMISECTION
from models.vocabulary import Status

DEEPEST = 12
MOST_PARTS = 2_000
MOST_VALUES = 20_000


class Operator(StrEnum):
    """How a condition compares; the value is what the text of a filter says."""

    IS = "="
    IS_NOT = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    BETWEEN = "between"
    IN = "in"
    NOT_IN = "not in"
    LIKE = "like"
    NOT_LIKE = "not like"
    CONTAINS = "contains"
    NOT_CONTAINS = "not contains"
    IS_NULL = "is null"
    IS_NOT_NULL = "is not null"


class Quantifier(StrEnum):
    """In how many lumisections a flag has a status: *all* means every one, and that there is one."""

    ANY = "any"
    ALL = "all"
    NONE = "no"


@dataclass(frozen=True, slots=True)
class Count:
    """In that many lumisections: ``Count(Operator.MORE, 5)`` is *more than 5 LS*."""

    operator: Operator
    lumisections: int


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of an attribute.

    The value is a scalar; a :class:`Span` for *between*; scalars and spans for *in*; none for *is null*. *Like* knows
    the wildcards ``%`` and ``_`` and *contains* none; neither minds capitals.
    """

    attribute: str
    operator: Operator
    value: Value = None


@dataclass(frozen=True, slots=True)
class FlagCondition:
    """In how many lumisections a component (``tracker-strip``) has a status; none is *unsaid*."""

    column: str
    status: Status | None
    quantifier: Quantifier | Count = Quantifier.ANY


@dataclass(frozen=True, slots=True)
class BitCondition:
    """In how many lumisections OMS says yes or no of a bit (``bpix_ready``), as the run's ``online`` dataset has it."""

    bit: str
    value: bool
    quantifier: Quantifier | Count = Quantifier.ANY


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds. Without parts: no filter at all."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Filter", ...]


Filter: TypeAlias = Condition | FlagCondition | BitCondition | AllOf | AnyOf

EVERYTHING = AllOf(())
"""The filter that lets everything through."""


def all_of(parts: Iterable[Filter]) -> Filter:
    """The parts joined by *and*; those that let everything through left out, a single one without a group around it."""
    kept = tuple(part for part in parts if part != EVERYTHING)
    return kept[0] if len(kept) == 1 else AllOf(kept)


def any_of(parts: Iterable[Filter]) -> Filter:
    """The parts joined by *or*; no parts are no filter, and so is a part that lets everything through."""
    given = tuple(parts)
    if not given or EVERYTHING in given:
        return EVERYTHING
    return given[0] if len(given) == 1 else AnyOf(given)


def operators_of(kind: Kind) -> tuple[Operator, ...]:
    """The operators that make sense for an attribute of this kind, in the order in which a form offers them."""
    return _OPERATORS[kind]


def checked(tree: Filter, catalogue: Catalogue, *, flags: Collection[str] | None = None) -> Filter:
    """The tree with every attribute under its proper name and every value of the attribute's kind.

    Parameters
    ----------
    flags
        The components that exist; none: any is believed.

    Raises
    ------
    InvalidFilter
        If an attribute, component, operator or value cannot be, or the tree is too deep or too large.
    """
    _refuse_excess(tree)
    return _checked(tree, catalogue, flags)


def checked_condition(condition: Condition, catalogue: Catalogue) -> Condition:
    """One condition, as :func:`checked` does with each."""
    attribute = catalogue.find(condition.attribute)
    if condition.operator not in _OPERATORS[attribute.kind]:
        offered = ", ".join(_OPERATORS[attribute.kind])
        raise InvalidFilter(f"{attribute.label} cannot be asked with {condition.operator!s:.40}, only with {offered}.")
    return Condition(attribute.name, condition.operator, _value(attribute, condition.operator, condition.value))


def checked_flag(condition: FlagCondition, flags: Collection[str] | None = None) -> FlagCondition:
    """One condition on a component's flag, as :func:`checked` does with each."""
    if not _COLUMN.fullmatch(condition.column):
        raise InvalidFilter(f"{condition.column!r:.80} is not a component, such as tracker-strip.")
    if flags is not None and condition.column not in flags:
        raise InvalidFilter(f"There is no component {condition.column!r:.80}{nearest(condition.column, flags)}")
    _refuse_uncountable("A flag", condition.quantifier)
    return condition


def checked_bit(condition: BitCondition, catalogue: Catalogue) -> BitCondition:
    """One condition on a bit, as :func:`checked` does with each."""
    if condition.bit not in catalogue.bits:
        raise InvalidFilter(f"There is no DCS bit {condition.bit!r:.80}{nearest(condition.bit, catalogue.bits)}")
    _refuse_uncountable("A DCS bit", condition.quantifier)
    return condition


_COLUMN = re.compile(r"[A-Za-z]\w*-\w[\w.-]*", re.ASCII)
_EQUAL = (Operator.IS, Operator.IS_NOT)
_ORDER = (Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST, Operator.BETWEEN)
_LISTED = (Operator.IN, Operator.NOT_IN)
_HOLDS = (Operator.CONTAINS, Operator.NOT_CONTAINS)
_PATTERN = (Operator.LIKE, Operator.NOT_LIKE)
_NULL = (Operator.IS_NULL, Operator.IS_NOT_NULL)
_COUNTABLE = frozenset((*_EQUAL, *_ORDER)) - {Operator.BETWEEN}
_OPERATORS = {
    Kind.INTEGER: (*_EQUAL, *_ORDER, *_LISTED, *_NULL),
    Kind.NUMBER: (*_EQUAL, *_ORDER, *_LISTED, *_NULL),
    Kind.TEXT: (*_EQUAL, *_HOLDS, *_PATTERN, *_LISTED, *_NULL),
    Kind.BOOLEAN: (*_EQUAL, *_NULL),
    Kind.TIME: (*_EQUAL, *_ORDER, *_NULL),
    Kind.LIST: (*_HOLDS, *_NULL),
    Kind.WORDS: _HOLDS,
    Kind.ANY: (*_EQUAL, *_ORDER, *_HOLDS, *_PATTERN, *_LISTED, *_NULL),
}


def _refuse_excess(tree: Filter) -> None:
    level: list[Filter] = [tree]
    depth = parts = values = 0
    while level:
        depth, parts = depth + 1, parts + len(level)
        values += sum(len(p.value) for p in level if isinstance(p, Condition) and isinstance(p.value, tuple))
        if depth > DEEPEST:
            raise InvalidFilter(f"The filter is nested deeper than {DEEPEST} levels.")
        if parts > MOST_PARTS or values > MOST_VALUES:
            raise InvalidFilter(f"The filter has more than {MOST_PARTS} parts or {MOST_VALUES} values.")
        level = [child for part in level if isinstance(part, AllOf | AnyOf) for child in part.parts]


def _refuse_uncountable(what: str, quantifier: Quantifier | Count) -> None:
    match quantifier:
        case Count(operator, n) if operator not in _COUNTABLE or not 0 <= n <= MAX_LUMISECTION:
            raise InvalidFilter(f"{what} cannot be counted with {operator} {n}.")


def _checked(tree: Filter, catalogue: Catalogue, flags: Collection[str] | None) -> Filter:
    match tree:
        case Condition():
            return checked_condition(tree, catalogue)
        case FlagCondition():
            return checked_flag(tree, flags)
        case BitCondition():
            return checked_bit(tree, catalogue)
        case AllOf(parts):
            return all_of(_checked(part, catalogue, flags) for part in parts)
        case AnyOf(parts):
            return any_of(_checked(part, catalogue, flags) for part in parts)


def _value(attribute: Attribute, operator: Operator, value: Value) -> Value:
    if operator in _NULL:
        if value is None:
            return None
    elif operator is Operator.BETWEEN:
        if isinstance(value, Span):
            return _span(attribute, value)
    elif operator in _LISTED:
        if isinstance(value, tuple) and value:
            return tuple(_listed(attribute, item) for item in value)
    elif value is not None and not isinstance(value, Span | tuple):
        return _single(attribute, operator, value)
    raise InvalidFilter(f"{attribute.label} {operator} needs another value than {value!r:.80}.")


def _single(attribute: Attribute, operator: Operator, value: Scalar) -> Scalar:
    read = read_scalar(attribute, value)
    if attribute.kind is Kind.ANY and operator in _ORDER and not is_number(read):
        raise InvalidFilter(f"{attribute.label} {operator} needs a number, not {value!r:.80}.")
    if attribute.kind is Kind.ANY and operator in (*_PATTERN, *_HOLDS) and not isinstance(read, str):
        raise InvalidFilter(f"{attribute.label} {operator} needs a text, not {value!r:.80}.")
    return read


def _span(attribute: Attribute, span: Span) -> Span:
    low, high = (_single(attribute, Operator.BETWEEN, end) for end in (span.low, span.high))
    if low > high:  # type: ignore[operator]  # both are of the attribute's kind, and kinds with spans are ordered
        raise InvalidFilter(f"{attribute.label} between {span.low} and {span.high} ends before it begins.")
    return Span(low, high)


def _listed(attribute: Attribute, item: Scalar | Span) -> Scalar | Span:
    if not isinstance(item, Span):
        return read_scalar(attribute, item)
    span = _span(attribute, item)
    if not isinstance(span.low, int) or span.low < 0:
        raise InvalidFilter(
            f"{attribute.label} in {span.low}-{span.high}: a range in a list is of whole numbers from 0."
        )
    return span
