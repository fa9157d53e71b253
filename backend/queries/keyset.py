"""Pages that follow each other by what stands in them, not by counting: those rows that come after a row.

However much is written between two pages, no row is told twice or left out but those that changed their place.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    Double,
    FromClause,
    Text,
    and_,
    cast,
    false,
    func,
    or_,
    select,
)
from sqlalchemy import literal as bound
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DataError
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from backend.errors import InvalidFilter
from backend.queries.attributes import Kind

_TYPES: Mapping[Kind, TypeEngine[Any]] = {
    Kind.INTEGER: BigInteger(),
    Kind.NUMBER: Double(),
    Kind.TEXT: Text(),
    Kind.BOOLEAN: Boolean(),
    Kind.TIME: DateTime(timezone=True),
    Kind.LIST: ARRAY(Text),
    Kind.ANY: JSONB(),
}
_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Term:
    """What rows are ordered by: a column, what it holds, and which way; what is unsaid comes last in either.

    ``is_said`` if it is never unsaid: an index of the first such term leads to the place.
    """

    column: ColumnElement[Any]
    kind: Kind
    descending: bool = False
    is_said: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """An order in which no two rows are equal, and the ``name`` by which a place in it is known to be of it."""

    terms: tuple[Term, ...]
    name: str

    def by(self) -> list[ColumnElement[Any]]:
        """As PostgreSQL orders rows."""
        ways = ((t, t.column.desc() if t.descending else t.column.asc()) for t in self.terms)
        return [way if term.is_said else way.nulls_last() for term, way in ways]

    def places(self) -> list[ColumnElement[Any]]:
        """What tells the place of a row, as texts of PostgreSQL: columns ``place_0`` and so on."""
        return [cast(term.column, Text).label(f"place_{at}") for at, term in enumerate(self.terms)]

    def place_of(self, row: Mapping[Any, Any]) -> str:
        """The place of a row that was selected with :meth:`places`, in letters that a URL may hold."""
        return self.place_at([row[f"place_{at}"] for at in range(len(self.terms))])

    def place_at(self, values: Iterable[object]) -> str:
        """The place where the terms have these values."""
        said = [None if value is None else str(value) for value in values]
        return base64.urlsafe_b64encode(orjson.dumps([self._mark, *said])).decode().rstrip("=")

    def after(self, place: str) -> ColumnElement[bool]:
        """That a row comes after a place.

        Raises
        ------
        InvalidFilter
            If it is no place in this order.
        """
        values = self.read(place)
        ways: list[ColumnElement[bool]] = []
        equal: list[ColumnElement[bool]] = []
        for term, value in zip(self.terms, values, strict=True):
            ways.append(and_(*equal, _beyond(term, value)))
            equal.append(term.column.is_(None) if value is None else term.column == _typed(term, value))
        return and_(*self._from_there(values), or_(*ways))

    def _from_there(self, values: Sequence[str | None]) -> Iterator[ColumnElement[bool]]:
        """What the rest follows from, and an index can answer: the first term is not before that of the place."""
        term, value = self.terms[0], values[0]
        if term.is_said and value is not None:
            typed = _typed(term, value)
            yield term.column <= typed if term.descending else term.column >= typed

    def read(self, place: str) -> list[str | None]:
        """The values of the terms at a place; InvalidFilter as :meth:`after`."""
        try:
            said = orjson.loads(base64.urlsafe_b64decode(place.encode() + b"=" * (-len(place) % 4)))
        except (binascii.Error, ValueError):
            said = None
        if len(place) > _LONGEST or not isinstance(said, list) or len(said) != len(self.terms) + 1:
            raise not_a_place(place)
        mark, *values = said
        if mark != self._mark or not all(value is None or isinstance(value, str) for value in values):
            raise not_a_place(place)
        return values

    @property
    def _mark(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of the rows on a page, in order, and the place after which the next begins; none if there is no more."""

    keys: tuple[int, ...]
    next: str | None


def keys_after(
    session: Session,
    key: ColumnElement[int],
    *,
    source: FromClause,
    condition: ColumnElement[bool],
    order: Order,
    after: str | None,
    limit: int,
) -> Keys:
    """The keys of those rows of a source that a condition lets through, after a place, in an order.

    Raises
    ------
    InvalidFilter
        If there is no such place.
    """
    where = condition if after is None else and_(condition, order.after(after))
    page = select(key.label("key")).select_from(source).where(where).order_by(*order.by()).limit(limit + 1)
    try:
        found: list[int] = session.execute(select(func.array(page.scalar_subquery()))).scalar_one()
    except DataError as error:
        if after is None:
            raise
        raise not_a_place(after) from error
    if len(found) <= limit:
        return Keys(tuple(found), None)
    last = session.execute(select(*order.places()).select_from(source).where(key == found[limit - 1])).mappings()
    return Keys(tuple(found[:limit]), order.place_of(last.one()))


def not_a_place(place: str) -> InvalidFilter:
    """What is said of an ``after`` that is none."""
    return InvalidFilter(f"{place!r:.60} is no place in this list: take it from the answer before, with the same sort.")


def _beyond(term: Term, value: str | None) -> ColumnElement[bool]:
    if value is None:
        return false()
    typed = _typed(term, value)
    return or_(term.column < typed if term.descending else term.column > typed, term.column.is_(None))


def _typed(term: Term, value: str) -> ColumnElement[Any]:
    return cast(bound(value, Text), _TYPES[term.kind])
