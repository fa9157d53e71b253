"""The one door for reads: one filter tree, pages of runs, one run from every side, and what happened since."""

from backend.queries.attributes import RUNS, Attribute, Catalogue, Kind
from backend.queries.columns import CataloguedColumn, ColumnsCatalogue, columns_catalogue
from backend.queries.counters import Counters, counters
from backend.queries.filter_text import format_filter, parse_filter
from backend.queries.filters import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Condition,
    Count,
    Filter,
    FlagCondition,
    Operator,
    Quantifier,
    all_of,
    any_of,
    checked,
    operators_of,
)
from backend.queries.live import ChangedRuns, Latest, changes_since, latest_change
from backend.queries.runs import RunRow, RunsPage, Sort, runs_page
from backend.queries.values import Span

__all__ = [
    "EVERYTHING",
    "RUNS",
    "AllOf",
    "AnyOf",
    "Attribute",
    "Catalogue",
    "CataloguedColumn",
    "ChangedRuns",
    "ColumnsCatalogue",
    "Condition",
    "Count",
    "Counters",
    "Filter",
    "FlagCondition",
    "Kind",
    "Latest",
    "Operator",
    "Quantifier",
    "RunRow",
    "RunsPage",
    "Sort",
    "Span",
    "all_of",
    "any_of",
    "changes_since",
    "checked",
    "columns_catalogue",
    "counters",
    "format_filter",
    "latest_change",
    "operators_of",
    "parse_filter",
    "runs_page",
]
