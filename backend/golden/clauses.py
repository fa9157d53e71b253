"""The clauses of a recipe: what must all hold of a lumisection, and which of them do, row by row of a frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from backend.rules import Rule
from backend.rules.nodes import as_text


@dataclass(frozen=True, slots=True)
class Clause:
    """One operand of the ``and`` that a recipe is; ``index`` counts from 0 in the order in which it is written.

    ``reads`` are the names of its facts, each once, in the order in which they are written.
    """

    index: int
    rule: Rule
    reads: tuple[str, ...]

    @property
    def column(self) -> str:
        """The name of its column of verdicts: ``clause.7``."""
        return f"clause.{self.index}"

    @property
    def text(self) -> str:
        """The clause as JSON text on one line."""
        return as_text(self.rule.root)


def clauses_of_recipe(rule: Rule) -> tuple[Clause, ...]:
    """The clauses that must all hold where the rule holds; an ``and`` within the ``and`` is opened too.

    A rule that is no ``and`` is its one clause.

    >>> from backend.rules import parse
    >>> rule = parse({"and": [{"var": "a"}, {"and": [{"var": "b"}, {"or": [{"var": "c"}, {"var": "d"}]}]}]})
    >>> [clause.reads for clause in clauses_of_recipe(rule)]
    [('a',), ('b',), ('c', 'd')]
    """
    return tuple(Clause(index, clause, _reads(clause)) for index, clause in enumerate(rule.operands()))


def clause_verdicts(frame: pl.DataFrame, clauses: Sequence[Clause]) -> pl.DataFrame:
    """Which clauses hold, row by row.

    Parameters
    ----------
    frame
        With a column for each fact that the clauses read, named as they name it.

    Returns
    -------
    pl.DataFrame
        ``clause.<index> bool`` for each clause, never null; the rows are those of the frame.
    """
    return frame.select(clause.rule.condition().to_polars().alias(clause.column) for clause in clauses)


def _reads(rule: Rule) -> tuple[str, ...]:
    return tuple(dict.fromkeys(variable.name for variable in rule.variables))
