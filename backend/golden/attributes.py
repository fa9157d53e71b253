"""Values of facts of runs as columns: each of the type that its fact has; what is of another type is unknown."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import polars as pl

from backend.rules.facts import FactCatalogue, Subject, facts_for, with_any_component
from backend.rules.facts_values import FactKind


@cache
def recipe_facts() -> FactCatalogue:
    """Every fact that a recipe may read, of any component."""
    return with_any_component(facts_for(Subject.RECIPE))


def said_as(attribute: str, values: Iterable[Any]) -> pl.Series:
    """The values of ``oms.energy`` or ``rr.class`` as a column; null where a value is not of the fact's kind."""
    fact = recipe_facts().get(f"run.{attribute}")
    kind = fact.kind if fact else FactKind.TEXT
    if kind is FactKind.LIST:
        return pl.Series([v if _is_list(v) else None for v in values], dtype=pl.List(pl.String))
    if kind is FactKind.BOOL:
        return pl.Series([v if isinstance(v, bool) else None for v in values], dtype=pl.Boolean)
    if kind.is_number:
        return pl.Series([float(v) if _is_number(v) else None for v in values], dtype=pl.Float64)
    return pl.Series([v if isinstance(v, str) else None for v in values], dtype=pl.String)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
