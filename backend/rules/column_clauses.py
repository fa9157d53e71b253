"""Clauses on a whole column, where polars can say what JavaScript would: of bits, numbers and texts."""

import math
import operator
from collections.abc import Callable, Iterable

import numpy as np
import polars as pl

from backend.rules.clauses import HAS, Clause, judge_clause
from backend.rules.limits import Budget
from backend.rules.texts import is_storable
from backend.rules.values import as_double, is_number, is_truthy, to_number, to_primitive, to_text

_ORDER: dict[str, Callable[[pl.Series, float], pl.Series]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_Judge = Callable[[object], bool]


def where_clause(clause: Clause, column: pl.Series) -> pl.Series | None:
    """Where the clause holds in the column of its fact; None if that is to be judged value by value."""

    def judge(value: object) -> bool:
        return is_truthy(judge_clause(clause, value, Budget()))

    if column.dtype in (pl.Boolean, pl.Null):
        return _by_table(column, judge)
    if column.dtype.is_numeric():
        numbers = column.cast(pl.Float64)
        return _with_absences(_where_number(clause, numbers), numbers, judge)
    if column.dtype == pl.String:
        return _with_absences(_where_text(clause, column), column, judge)
    return _by_word(column, judge) if column.dtype == pl.Enum else None


def where_true(column: pl.Series) -> pl.Series | None:
    """Where the fact itself is true; None if that is to be judged value by value."""
    if column.dtype in (pl.Boolean, pl.Null):
        return _by_table(column, is_truthy)
    if column.dtype.is_numeric():
        numbers = column.cast(pl.Float64)
        return _with_absences(numbers != 0, numbers, is_truthy)
    if column.dtype == pl.Enum:
        return _by_word(column, is_truthy)
    return _with_absences(column != "", column, is_truthy) if column.dtype == pl.String else None


def everywhere(height: int, value: object, dtype: type[pl.DataType] = pl.Boolean) -> pl.Series:
    """A column of that value in every row."""
    return pl.Series([value], dtype=dtype).new_from_index(0, height)


def _by_word(column: pl.Series, judge: _Judge) -> pl.Series:
    """What is judged of each word of an enumeration and of null, put in their places."""
    words = column.dtype.categories  # type: ignore[attr-defined]  # it is an enumeration
    said, places = np.array([*map(judge, words)], bool), column.to_physical()
    if said.sum() == 1:
        where = places == int(said.argmax())
    elif len(words):
        where = pl.Series(said[places.fill_null(0).to_numpy()])
    else:
        where = everywhere(len(column), False)
    return everywhere(len(column), judge(None)).zip_with(column.is_null(), where) if column.null_count() else where


def _by_table(column: pl.Series, judge: _Judge) -> pl.Series:
    """What is judged of true, false and null, put in their places."""
    bits = column.cast(pl.Boolean)
    if judge(True) == judge(False):
        said = everywhere(len(column), judge(True))
        return said if judge(None) == judge(True) else said ^ bits.is_null()
    return (bits if judge(True) else ~bits).fill_null(judge(None))


def _with_absences(said: pl.Series | None, column: pl.Series, judge: _Judge) -> pl.Series | None:
    """What is said of the values, and what is judged of null and NaN where those stand."""
    if said is None:
        return None
    if column.dtype == pl.Float64 and (is_nan := column.is_nan().fill_null(False)).any():
        said = everywhere(len(column), judge(math.nan)).zip_with(is_nan, said)
    return everywhere(len(column), judge(None)).zip_with(column.is_null(), said) if column.null_count() else said


def _where_number(clause: Clause, numbers: pl.Series) -> pl.Series | None:
    constant = clause.constant
    if clause.operator in _ORDER:
        limit = to_number(constant, Budget())
        return everywhere(len(numbers), False) if math.isnan(limit) else _ORDER[clause.operator](numbers, limit)
    if clause.operator == HAS:
        return everywhere(len(numbers), False)
    if clause.operator == "in":
        return _where_in(numbers, constant, [as_double(n) for n in _listed(constant) if is_number(n)])
    is_none = constant is None if clause.operator in ("==", "!=") else not is_number(constant)
    wanted = math.nan if is_none else to_number(constant, Budget())
    said = everywhere(len(numbers), False) if math.isnan(wanted) else numbers == wanted
    return ~said if clause.operator in ("!=", "!==") else said


def _where_text(clause: Clause, texts: pl.Series) -> pl.Series | None:
    constant = clause.constant
    if clause.operator in _ORDER:
        return None
    if clause.operator == HAS:
        sought = to_text(constant, Budget())
        return (texts.str.contains(sought, literal=True) & (texts != "")) if is_storable(sought) else None
    if clause.operator == "in":
        return _where_in(texts, constant, [t for t in _listed(constant) if isinstance(t, str) and is_storable(t)])
    is_loose = clause.operator in ("==", "!=")
    wanted = to_primitive(constant, Budget()) if is_loose else constant
    if not isinstance(wanted, str):
        if is_loose and wanted is not None:
            return None
        said = everywhere(len(texts), False)
    else:
        said = texts == wanted if is_storable(wanted) else everywhere(len(texts), False)
    return ~said if clause.operator in ("!=", "!==") else said


def _where_in(column: pl.Series, whole: object, wanted: list[float] | list[str]) -> pl.Series | None:
    """Where the value is one of a list. In a text, each value is looked for as a text."""
    if isinstance(whole, list):
        return column.is_in(pl.Series(wanted, dtype=column.dtype)) if wanted else everywhere(len(column), False)
    return None


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()
