"""The one door for reads: one filter tree, pages of runs, one run from every side, and what happened since."""

from backend.queries.acts import ActLine, ActsPage, acts_page
from backend.queries.attributes import RUNS, Attribute, Catalogue, Kind
from backend.queries.columns import CataloguedColumn, ColumnsCatalogue, columns_catalogue
from backend.queries.counters import Counters, counters
from backend.queries.cycles import CycleFacts, CycleProgress, cycle_facts, cycles, pending_cycles, put_into_cycles
from backend.queries.dataset_attributes import DATASETS
from backend.queries.dataset_counters import DatasetCounters, dataset_counters, unique_dataset_names
from backend.queries.datasets import DatasetRow, DatasetsPage, dataset_row, dataset_rows, datasets_page, ids_of
from backend.queries.filter_text import format_filter, parse_filter
from backend.queries.filters import (
    EVERYTHING,
    AllOf,
    AnyOf,
    BitCondition,
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
from backend.queries.health import Health, JobTick, SourceHeard, health, sources_heard
from backend.queries.history import AttributesSaid, HistoryEntry, RangeSaid, history_of_run
from backend.queries.live import ChangedRuns, Latest, changes_since, latest_change
from backend.queries.luminosities import Luminosities, luminosities
from backend.queries.luminosity import BEST_FIRST, RunLuminosity, luminosity_of
from backend.queries.run import DatasetFacts, RunFacts, neighbours_of_run, run_facts
from backend.queries.runs import RunRow, RunsPage, Sort, runs_page
from backend.queries.saved_filters import SavedFilter, delete_filter, save_filter, saved_filter, saved_filters
from backend.queries.strip import ColumnStrip, Said, SaidBy, Strip, strip_of
from backend.queries.values import Span

__all__ = [
    "BEST_FIRST",
    "DATASETS",
    "EVERYTHING",
    "RUNS",
    "ActLine",
    "ActsPage",
    "AllOf",
    "AnyOf",
    "Attribute",
    "AttributesSaid",
    "BitCondition",
    "Catalogue",
    "CataloguedColumn",
    "ChangedRuns",
    "ColumnStrip",
    "ColumnsCatalogue",
    "Condition",
    "Count",
    "Counters",
    "CycleFacts",
    "CycleProgress",
    "DatasetCounters",
    "DatasetFacts",
    "DatasetRow",
    "DatasetsPage",
    "Filter",
    "FlagCondition",
    "Health",
    "HistoryEntry",
    "JobTick",
    "Kind",
    "Latest",
    "Luminosities",
    "Operator",
    "Quantifier",
    "RangeSaid",
    "RunFacts",
    "RunLuminosity",
    "RunRow",
    "RunsPage",
    "Said",
    "SaidBy",
    "SavedFilter",
    "Sort",
    "SourceHeard",
    "Span",
    "Strip",
    "acts_page",
    "all_of",
    "any_of",
    "changes_since",
    "checked",
    "columns_catalogue",
    "counters",
    "cycle_facts",
    "cycles",
    "dataset_counters",
    "dataset_row",
    "dataset_rows",
    "datasets_page",
    "delete_filter",
    "format_filter",
    "health",
    "history_of_run",
    "ids_of",
    "latest_change",
    "luminosities",
    "luminosity_of",
    "neighbours_of_run",
    "operators_of",
    "parse_filter",
    "pending_cycles",
    "put_into_cycles",
    "run_facts",
    "runs_page",
    "save_filter",
    "saved_filter",
    "saved_filters",
    "sources_heard",
    "strip_of",
    "unique_dataset_names",
]
