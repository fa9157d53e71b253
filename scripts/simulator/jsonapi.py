"""The query language of OMS: filters, sort, fields and paging, read from a URL and applied to rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import translate
from re import IGNORECASE, compile, fullmatch

from scripts.simulator.oms import Row, read_time
from scripts.simulator.schema import Kind

DEFAULT_LIMIT = 10
MAX_LIMIT = 10_000
"""A page is never longer, whatever is asked for; the links lead on."""


class BadQuery(Exception):
    """A query that OMS refuses; the message becomes the detail of a JSON:API error."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One ``filter[attribute][OP]=value``."""

    attribute: str
    matches: Callable[[object], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a resource."""

    filters: tuple[Filter, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    """Attributes to sort by, and whether descending."""
    fields: tuple[str, ...] | None = None
    offset: int = 0
    limit: int = DEFAULT_LIMIT

    def about(self, attributes: Iterable[str]) -> tuple[Filter, ...]:
        """The filters on these attributes only."""
        return tuple(f for f in self.filters if f.attribute in attributes)


def read_query(params: Iterable[tuple[str, str]], schema: Mapping[str, Kind]) -> Query:
    """The query of a URL; parameters that say nothing about rows (``include``, ``group``) are passed over.

    Raises
    ------
    BadQuery
        If an attribute, an operator or a value cannot be.
    """
    filters, sort, fields, page = [], (), None, {"offset": 0, "limit": DEFAULT_LIMIT}
    for key, value in params:
        if match := fullmatch(r"filter\[(\w+)\](?:\[(\w+)\])?", key):
            filters.append(_filter(match[1], (match[2] or "EQ").upper(), value, schema=schema))
        elif key == "sort":
            sort = tuple((_known(k.lstrip("-"), schema), k.startswith("-")) for k in value.split(",") if k)
        elif key == "fields":
            fields = tuple(_known(name, schema) for name in value.split(",") if name)
        elif match := fullmatch(r"page\[(offset|limit)\]", key):
            page[match[1]] = _whole(value, key, least=0 if match[1] == "offset" else 1)
    return Query(tuple(filters), sort, fields, page["offset"], min(page["limit"], MAX_LIMIT))


def keep(rows: Iterable[Row], filters: Sequence[Filter]) -> list[Row]:
    """The rows that pass all filters."""
    return [row for row in rows if all(f.matches(row.get(f.attribute)) for f in filters)]


def in_order(rows: Sequence[Row], sort: Sequence[tuple[str, bool]]) -> list[Row]:
    """The rows sorted; rows without a value come last either way."""
    out = list(rows)
    for attribute, descending in reversed(sort):
        known = [row for row in out if row.get(attribute) is not None]
        unknown = [row for row in out if row.get(attribute) is None]
        out = sorted(known, key=lambda row: _sort_key(row[attribute]), reverse=descending) + unknown
    return out


def _filter(attribute: str, operator: str, value: str, *, schema: Mapping[str, Kind]) -> Filter:
    kind = schema[_known(attribute, schema)]
    if operator in _TEXTUAL:
        return Filter(attribute, _TEXTUAL[operator](value))
    if operator not in _COMPARISONS:
        raise BadQuery(f"{operator} is not an operator; there are {', '.join((*_COMPARISONS, *_TEXTUAL))}.")
    if value == "null" and operator in {"EQ", "NEQ"}:
        return Filter(attribute, lambda found: (found is None) == (operator == "EQ"))
    if kind in {Kind.LIST, Kind.BOOLEAN} and operator not in {"EQ", "NEQ"}:
        raise BadQuery(f"{attribute} is {kind}, which {operator} cannot compare.")
    return Filter(attribute, _comparing(_COMPARISONS[operator], _value(attribute, value, kind), kind=kind))


def _comparing(compare: Callable[[object, object], bool], wanted: object, *, kind: Kind) -> Callable[[object], bool]:
    if kind is Kind.TIME:
        return lambda found: found is not None and compare(read_time(str(found)), wanted)
    return lambda found: found is not None and compare(found, wanted)


def _value(attribute: str, value: str, kind: Kind) -> object:
    try:
        match kind:
            case Kind.INTEGER:
                return int(value)
            case Kind.NUMBER:
                return float(value)
            case Kind.BOOLEAN:
                return {"true": True, "false": False}[value.lower()]
            case Kind.TIME:
                return _aware(read_time(value))
            case Kind.LIST:
                return value.split(",")
            case Kind.STRING:
                return value
    except (ValueError, KeyError) as error:
        raise BadQuery(f"{attribute} is {kind}; {value!r} is not.") from error


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else read_time(f"{time.isoformat()}Z")


def _like(value: str) -> Callable[[object], bool]:
    pattern = compile(translate(value.replace("*", "[*]").replace("?", "[?]").replace("%", "*").replace("_", "?")),
                      IGNORECASE)  # fmt: skip
    return lambda found: found is not None and pattern.match(str(found)) is not None


def _contains(value: str) -> Callable[[object], bool]:
    def matches(found: object) -> bool:
        if isinstance(found, list):
            return value in found
        return found is not None and value.lower() in str(found).lower()

    return matches


_COMPARISONS: dict[str, Callable] = {
    "EQ": lambda found, wanted: found == wanted,
    "NEQ": lambda found, wanted: found != wanted,
    "LT": lambda found, wanted: found < wanted,
    "GT": lambda found, wanted: found > wanted,
    "LE": lambda found, wanted: found <= wanted,
    "GE": lambda found, wanted: found >= wanted,
}
_TEXTUAL: dict[str, Callable[[str], Callable[[object], bool]]] = {"LIKE": _like, "CT": _contains}


def _known(attribute: str, schema: Mapping[str, Kind]) -> str:
    if attribute not in schema:
        raise BadQuery(f"There is no attribute {attribute}.")
    return attribute


def _whole(value: str, key: str, *, least: int) -> int:
    if not value.isdecimal() or int(value) < least:
        raise BadQuery(f"{key} must be a whole number from {least}, not {value!r}.")
    return int(value)


def _sort_key(value: object) -> object:
    return ",".join(map(str, value)) if isinstance(value, list) else value
