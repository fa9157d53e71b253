"""Of which datasets a golden JSON is asked: by a pattern of their names, or one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, func, literal, select, true
from sqlalchemy.exc import DataError
from sqlalchemy.orm import aliased
from sqlalchemy.sql.expression import SQLColumnExpression
from sqlmodel import Session, col

from backend.db import transaction
from backend.errors import InvalidInput
from models.dataset import Dataset
from models.vocabulary import ONLINE, DatasetState

Sql = SQLColumnExpression[Any]
"""A column of a table, or what is made of columns."""

_GLOBAL = "global"
MOST_DATASETS = 30_000
"""So many datasets are judged at once: all Prompt ones of ten years. By what 2,000 take: 250 MB, two seconds."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Datasets by ``pattern``, as ``SIMILAR TO`` reads it, or by ``ids``; hidden ones are never in it.

    An empty pattern means every dataset; ``online`` is meant only where the pattern has that word in it. ``runs`` is
    the first and the last run.
    """

    pattern: str | None = None
    ids: tuple[int, ...] = ()
    runs: tuple[int, int] | None = None

    @classmethod
    def of(cls, datasets: str | Iterable[int], runs: tuple[int, int] | None = None) -> "Scope":
        """The scope of a pattern or of ids, checked as far as that can be done without the database.

        Raises
        ------
        InvalidInput
            If the runs are none, or too many datasets are named.
        """
        if runs is not None and runs[0] > runs[1]:
            raise InvalidInput(f"There are no runs from {runs[0]} to {runs[1]}.")
        if isinstance(datasets, str):
            return cls(pattern=datasets.strip(), runs=runs)
        ids = tuple(sorted(set(datasets)))
        refuse_too_many(len(ids))
        return cls(ids=ids, runs=runs)

    def check(self, on: Engine) -> None:
        """See that PostgreSQL can read the pattern.

        Raises
        ------
        InvalidInput
            With the pattern and what is wrong with it.
        """
        if self.pattern:
            with transaction(on) as session:
                check_pattern(session, self.pattern)

    def named(self, name: Sql, id_: Sql) -> ColumnElement[bool]:
        """Whether a dataset of that name and id is meant, as a condition of SQL."""
        if self.pattern is None:
            return id_.in_(self.ids) if self.ids else ~true()
        is_like = name.op("SIMILAR TO", is_comparison=True)(self.pattern) if self.pattern else true()
        return is_like if ONLINE in self.pattern else and_(is_like, name != ONLINE)

    def names(self) -> "Select[*tuple[str]]":
        """The names that datasets now have and that the pattern means, as a query that hops from name to name."""
        name = col(Dataset.name)
        first = select(name).order_by(name).limit(1).scalar_subquery()
        every = select(first.label("name")).cte("every", recursive=True)
        later = aliased(Dataset)
        next_ = select(col(later.name)).where(col(later.name) > every.c.name).order_by(col(later.name)).limit(1)
        every = every.union_all(select(next_.scalar_subquery()).where(every.c.name.is_not(None)))
        return select(every.c.name).where(every.c.name.is_not(None), self.named(every.c.name, literal(0)))

    def ran(self, run_number: Sql) -> ColumnElement[bool]:
        """Whether the run is meant, as a condition of SQL."""
        return true() if self.runs is None else run_number.between(*self.runs)


def refuse_too_many(datasets: int, most: int = MOST_DATASETS) -> None:
    """Refuse to judge more datasets at once than that."""
    if datasets > most:
        raise InvalidInput(f"More than {most:,} datasets are asked at once; narrow them by their names or by runs.")


@dataclass(frozen=True, slots=True)
class Matching:
    """How many datasets a pattern means, in how many runs, and how many of the datasets global has COMPLETED."""

    datasets: int
    completed: int
    runs: int


def check_pattern(session: Session, pattern: str) -> None:
    """See that PostgreSQL can read the pattern.

    Raises
    ------
    InvalidInput
        With the pattern and what is wrong with it.
    """
    if "\0" in pattern:
        raise InvalidInput(f"No dataset can be like {pattern!r}: it holds a zero character.")
    try:
        with session.begin_nested():
            session.execute(select(literal("").op("SIMILAR TO")(pattern)))
    except DataError as error:
        what = str(error.orig).strip().splitlines()[0].partition(": ")[2] or str(error.orig).strip().splitlines()[0]
        raise InvalidInput(f"No dataset can be like {pattern!r}: {what}.") from error


def matching(session: Session, pattern: str, *, runs: tuple[int, int] | None = None) -> Matching:
    """How many datasets a pattern means now; hidden ones are not counted.

    Raises
    ------
    InvalidInput
        If the pattern cannot be.
    """
    scope = Scope.of(pattern, runs)
    check_pattern(session, scope.pattern or "")
    names = session.execute(scope.names()).scalars().all()
    state = col(Dataset.states)[_GLOBAL].astext.label("state")
    found = select(col(Dataset.run_number), state).where(
        ~col(Dataset.is_hidden), col(Dataset.name).in_(names), scope.ran(col(Dataset.run_number))
    )
    narrow = found.offset(0).subquery()
    counted = select(
        func.count(),
        func.count().filter(narrow.c.state == DatasetState.COMPLETED.value),
        func.count(narrow.c.run_number.distinct()),
    )
    return Matching(*session.execute(counted).one())
