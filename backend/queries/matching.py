"""Rows that match, in order: how many there are, and which of them are on a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, func, literal, select
from sqlmodel import Session

from backend.queries.filter_sql import Truth

Term: TypeAlias = tuple[ColumnElement[Any], bool]
"""What to order by, and whether from the largest on."""


@dataclass(frozen=True, slots=True)
class Matching:
    """Rows of a table that match, in order; what is unsaid comes last in either direction, what is equal latest first.

    Parameters
    ----------
    table
        What they are rows of, with whatever is joined for the condition and the terms.
    key
        The column by which a row is known.
    run_number
        The run of a row: of equal rows that of the later run comes first, then the lesser key.
    """

    table: FromClause
    key: ColumnElement[int]
    run_number: ColumnElement[int]
    condition: Truth
    terms: Sequence[Term]

    def page(self, session: Session, *, offset: int, limit: int) -> tuple[int, list[int]]:
        """How many match, and the keys of those on the page, in order: all are found once and kept."""
        named = [term.label(f"term_{at}") for at, (term, _) in enumerate(self.terms)]
        found = self._selected(self.key.label("key"), self.run_number.label("run_number"), *named)
        kept = found.where(self.condition).cte("matching")
        terms = [(kept.c[f"term_{at}"], descending) for at, (_, descending) in enumerate(self.terms)]
        counted = select(func.count().label("total")).select_from(kept).cte("counted")
        total = select(counted.c.total).scalar_subquery()
        in_order = select(kept.c.key).order_by(*_order(terms, kept.c.run_number, kept.c.key))
        page = in_order.where(total > literal(offset, BigInteger)).offset(offset).limit(limit).scalar_subquery()
        row = session.execute(select(total, func.array(page))).one()
        return row[0], row[1]

    def ordered(self) -> Select[Any]:
        """The keys of all that match, in order."""
        return self._selected(self.key).where(self.condition).order_by(*_order(self.terms, self.run_number, self.key))

    def total(self, session: Session) -> int:
        """How many match."""
        total: int = session.execute(self._selected(func.count()).where(self.condition)).scalar_one()
        return total

    def _selected(self, *columns: ColumnElement[Any]) -> Select[Any]:
        return select(*columns).select_from(self.table)


def _order(terms: Sequence[Term], run_number: ColumnElement[int], key: ColumnElement[int]) -> list[ColumnElement[Any]]:
    said = [(term.desc() if descending else term.asc()).nulls_last() for term, descending in terms]
    return [*said, run_number.desc(), key.asc()]
