"""A rule judged on a whole frame at once: a column for each fact that it reads, a verdict for each row.

Clauses on bits, numbers and texts are one polars operation each. What polars cannot say in JavaScript's words is judged
by the compiled rule, once for each distinct row of the facts that it reads, and only in the rows where it is needed.
"""

import operator
from collections.abc import Iterable, Iterator, Sequence
from functools import partial, reduce

import numpy as np
import polars as pl

from backend.errors import InvalidRule
from backend.rules.clauses import clauses_of
from backend.rules.column_clauses import everywhere, where_clause, where_true
from backend.rules.compiling import compile_node
from backend.rules.kinds import Kind, kind_of
from backend.rules.limits import MOST_STEPS, STEPS_OF_A_ROW, Budget
from backend.rules.nodes import Constant, Json, Listed, Node, Operation, size
from backend.rules.plain import plain
from backend.rules.values import is_truthy
from backend.rules.variables import has_computed_names, variables_of

_ROWS = "\0rows"
_ZERO = "\0zero"


def expression(root: Node) -> pl.Expr:
    """The rule as an expression on a frame with a column for each fact, named as the rule names it.

    Of two names of which one is a part of the other, as ``hlt_key`` and ``hlt_key.length``, the column of the whole is
    read alone. A rule with computed names reads every column.
    """
    kind = kind_of(root)
    rows = pl.struct(_columns_read(root))
    return rows.map_batches(partial(_judged, root, kind), return_dtype=kind, is_elementwise=True).alias("rule")


def _columns_read(root: Node) -> list[pl.Expr]:
    names = _outermost(variable.name for variable in variables_of(root))
    is_pattern = any(name in ("", "*") or (name[0] == "^" and name[-1] == "$") for name in names)
    if is_pattern or has_computed_names(root):
        return [pl.all()]
    return [pl.col(name) for name in names] or [pl.int_range(pl.len()).alias(_ROWS)]


def _outermost(names: Iterable[str]) -> list[str]:
    """The names that are not a part of another among them."""
    given = set(names)
    return sorted(name for name in given if _owner(name, given) == name)


def _owner(name: str, among: Iterable[str]) -> str | None:
    """The shortest of the names that is this one or of which this one is a part."""
    parts = name.split(".")
    owners = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
    return next((owner for owner in owners if owner in among), None)


def _judged(root: Node, kind: Kind, rows: pl.Series) -> pl.Series:
    judging = _Judging(rows.struct.unnest())
    return judging.values(root, everywhere(len(rows), True), kind)


class _Judging:
    """Judges nodes on a frame. A column of rows says where a node is needed; what is said elsewhere means nothing."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame.select(_readable(frame[name]) for name in _outermost(frame.columns))
        self._names = set(self._frame.columns)
        self._budget = Budget(MOST_STEPS + STEPS_OF_A_ROW * frame.height)

    def values(self, node: Node, needed: pl.Series, kind: Kind) -> pl.Series:
        """What the node says, as a column of that kind."""
        if kind is pl.Boolean:
            return self.where(node, needed)
        if isinstance(node, Operation) and node.operator in ("if", "?:") and kind is not pl.Object:
            return self._taken(node, needed, kind)
        if isinstance(node, Constant) and kind is not pl.Object:
            return everywhere(len(needed), plain(node.value, Budget()), kind)
        said: list[Json] = [None] * len(needed)
        values, places = self._each(node, needed)
        for value, rows in zip(values, places, strict=True):
            shown = plain(value, self._budget)
            for row in rows:
                said[row] = shown
        return pl.Series(said, dtype=kind, strict=False)

    def where(self, node: Node, needed: pl.Series) -> pl.Series:
        """Where the node is true."""
        if isinstance(node, Constant | Listed):
            return everywhere(len(needed), is_truthy(node.value) if isinstance(node, Constant) else bool(node.items))
        if opened := _OPENED.get(node.operator):
            return opened(self, node, needed)
        if judged := _judgement(node):
            said = self.where(judged[0], needed)
            return said if judged[1] else ~said
        clauses = self._where_clauses(node)
        return self._where_each(node, needed) if clauses is None else clauses

    def where_all(self, node: Operation, needed: pl.Series) -> pl.Series:
        """``and``: every operand is judged where all before it were true."""
        for operand in node.operands:
            needed = needed & self.where(operand, needed)
        return needed if node.operands else everywhere(len(needed), False)

    def where_any(self, node: Operation, needed: pl.Series) -> pl.Series:
        """``or``: every operand is judged where none before it was true."""
        said = everywhere(len(needed), False)
        for operand in node.operands:
            said = said | (self.where(operand, needed & ~said))
        return said

    def where_branch(self, node: Operation, needed: pl.Series) -> pl.Series:
        """``if``, as a condition."""
        said = everywhere(len(needed), False)
        for value, taken in self._branches(node, needed):
            said = said | (taken & self.where(value, taken))
        return said

    def where_not(self, node: Operation, needed: pl.Series) -> pl.Series:
        """``!``; what is not given is not true."""
        return ~self.where(node.operand(0), needed)

    def where_operand(self, node: Operation, needed: pl.Series) -> pl.Series:
        """``!!``."""
        return self.where(node.operand(0), needed)

    def _branches(self, node: Operation, needed: pl.Series) -> Iterator[tuple[Node, pl.Series]]:
        """The values of an ``if``, each with where it is taken."""
        for condition, value in zip(node.operands[:-1:2], node.operands[1::2], strict=True):
            holds = self.where(condition, needed)
            yield value, needed & holds
            needed = needed & ~holds
        if len(node.operands) % 2:
            yield node.operands[-1], needed

    def _taken(self, node: Operation, needed: pl.Series, kind: Kind) -> pl.Series:
        said = everywhere(len(needed), None, kind)
        for value, taken in self._branches(node, needed):
            said = self.values(value, taken, kind).zip_with(taken, said)
        return said

    def _where_clauses(self, node: Operation) -> pl.Series | None:
        """Where a clause is true; None if polars cannot say it."""
        if node.operator == "var" and node.variable in self._names:
            return where_true(self._frame[node.variable])
        clauses = clauses_of(node)
        if not clauses or not all(clause.name in self._names for clause in clauses):
            return None
        found = [where_clause(clause, self._frame[clause.name]) for clause in clauses]
        parts = [part for part in found if part is not None]
        return reduce(operator.and_, parts) if len(parts) == len(found) else None

    def _where_each(self, node: Node, needed: pl.Series) -> pl.Series:
        values, places = self._each(node, needed)
        holds = np.zeros(len(needed), bool)
        holds[places.filter(pl.Series(map(is_truthy, values), dtype=pl.Boolean)).explode().drop_nulls()] = True
        return pl.Series(holds)

    def _each(self, node: Node, needed: pl.Series) -> tuple[list[object], pl.Series]:
        """What the compiled node says of each distinct row where it is needed, and the places of each of these rows."""
        judge, names = compile_node(node), self._columns_of(node)
        rows, places = _distinct(self._frame.select(names), needed)
        self._budget.spend(size(node) * len(rows))
        return [judge(_nested(names, row), self._budget) for row in rows], places

    def _columns_of(self, node: Node) -> list[str]:
        names = {_owner(variable.name, self._names) for variable in variables_of(node)}
        is_all = None in names or has_computed_names(node)
        return sorted(self._names) if is_all else sorted(name for name in names if name is not None)


_OPENED = {
    "and": _Judging.where_all,
    "or": _Judging.where_any,
    "if": _Judging.where_branch,
    "?:": _Judging.where_branch,
    "!": _Judging.where_not,
    "!!": _Judging.where_operand,
}


def _judgement(node: Operation) -> tuple[Operation, bool] | None:
    """Of ``{"==": [judgement, false]}`` the judgement, and whether the node says the same as it."""
    if node.operator not in ("==", "===", "!=", "!==") or len(node.operands) != 2:
        return None
    left, right = node.operands
    if isinstance(left, Constant):
        left, right = right, left
    if not isinstance(right, Constant) or not isinstance(right.value, bool) or not isinstance(left, Operation):
        return None
    return (left, right.value is (node.operator[0] == "=")) if kind_of(left) is pl.Boolean else None


def _readable(column: pl.Series) -> pl.Series:
    """The column, if its values are those of JSON."""
    if column.dtype == pl.Enum:
        return column
    if column.dtype == pl.Categorical:
        return column.cast(pl.String)
    if column.dtype.is_decimal():
        return column.cast(pl.Float64)
    if not _is_json(column.dtype):
        raise InvalidRule(f"The column {column.name!r} holds {column.dtype}, which no rule can read.")
    return column


def _is_json(dtype: pl.DataType) -> bool:
    if isinstance(dtype, pl.List | pl.Array):
        return _is_json(dtype.inner)  # type: ignore[arg-type]  # of a column it is always an instance
    if isinstance(dtype, pl.Struct):
        return all(_is_json(field.dtype) for field in dtype.fields)  # type: ignore[arg-type]  # likewise
    return dtype.is_numeric() or dtype in (pl.Boolean, pl.String, pl.Null)


def _distinct(frame: pl.DataFrame, needed: pl.Series) -> tuple[list[tuple[object, ...]], pl.Series]:
    """The distinct rows where they are needed, and the list of places of each. 0 and -0 are told apart."""
    places = needed.arg_true().alias(_ROWS)
    if not frame.width or not len(places):
        return [()] * bool(len(places)), pl.Series([places] * bool(len(places)), dtype=pl.List(pl.UInt32))
    floats = [name for name in frame.columns if frame[name].dtype.is_float()]
    is_negative = [(1 / pl.col(name) < 0).alias(f"{_ZERO}{name}") for name in floats]
    rows = frame.filter(needed).with_columns(*is_negative, places)
    groups = rows.group_by(pl.exclude(_ROWS), maintain_order=True).agg(_ROWS)
    return groups.select(frame.columns).rows(), groups[_ROWS]


def _nested(names: Sequence[str], row: Sequence[object]) -> dict[str, object]:
    """The facts of a row, as objects within each other."""
    facts: dict[str, object] = {}
    for name, value in zip(names, row, strict=True):
        *outer, last = name.split(".")
        inside = facts
        for part in outer:
            inside = inside.setdefault(part, {})  # type: ignore[assignment]  # no name is a part of another
        inside[last] = value
    return facts
