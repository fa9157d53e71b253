"""Routes that tell many datasets in short: by name, and as a table for spreadsheets."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from itertools import chain
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from backend.api.asked import as_json, reading
from backend.api.dataset_json import states_json
from backend.api.datasets import ANY_NAME, LATEST_RUN_FIRST, runs_of
from backend.api.dialect import DATASET_KEYS, read_filter, read_sortings
from backend.api.runs import triplet_summary
from backend.api.streaming import in_parts, text_in_parts
from backend.configuration import GLOBAL
from backend.queries import DatasetRow, all_of, dataset_rows, unique_dataset_names
from backend.queries.dataset_counters import workspaces_with_states
from backend.queries.datasets import found_datasets
from backend.queries.runs import MOST_ROWS

router = APIRouter(tags=["datasets"])

_HEAD = ("run_number", "dataset_name", "class", "stop_reason", "short_run", "ls_duration")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet takes for a formula (OWASP, CSV injection)."""


class NamesQuestion(BaseModel):
    """Of which datasets the names are asked for."""

    filter: dict[str, Any] | list[Any]


class CsvQuestion(NamesQuestion):
    """Which datasets, in which order, and the components (``tracker-strip``) that are told of each."""

    columns: Annotated[list[str], Field(max_length=200)]
    sortings: list[tuple[str, str]]


@router.post("/dc_tools/unique_dataset_names")
def unique_names(question: NamesQuestion, request: Request) -> Response:
    """The names that the datasets of a filter go by, each once, in order; ``online`` is no name of one."""
    asked = read_filter(question.filter, DATASET_KEYS)
    with reading(request) as session:
        return as_json(list(unique_dataset_names(session, workspace=GLOBAL, filter=asked)))


@router.post("/datasets/export_to_csv")
def export_to_csv(question: CsvQuestion, request: Request) -> Response:
    """The datasets of a filter as the text of a CSV file, at most 100,000; empty if there are none.

    Flags and what OMS says of the run are JSON in a cell, as in the original. It is written part by part.
    """
    with reading(request) as session:
        found = found_datasets(
            session,
            workspace=GLOBAL,
            filter=all_of((ANY_NAME, read_filter(question.filter, DATASET_KEYS))),
            sort=read_sortings(question.sortings, DATASET_KEYS) or LATEST_RUN_FIRST,
            limit=MOST_ROWS,
            which="all",
        )
        states = [f"{workspace}_state" for workspace in workspaces_with_states(session, found.ids)]

    def lines(ids: Sequence[int]) -> str:
        with reading(request) as session:
            told = dataset_rows(session, ids)
            rows = [told[id_] for id_ in ids if id_ in told]
            runs = runs_of(session, rows)
        return "".join("\n" + _line(_cells(row, runs[row.run_number], states, question.columns)) for row in rows)

    head = _line([*_HEAD, *states, *question.columns, "oms_attributes"])
    return text_in_parts(chain([head], map(lines, in_parts(found.ids))) if found.ids else ())


def _cells(row: DatasetRow, run: Mapping[str, Any], states: Sequence[str], columns: Sequence[str]) -> list[Any]:
    told, flags, registry, oms = states_json(row), triplet_summary(row), run["rr_attributes"], run["oms_attributes"]
    short_run = None  # an attribute of runs before 2018; the header is kept for those who read by place
    return [
        *(row.run_number, row.name, registry["class"], _plain(registry["stop_reason"]), short_run, oms["ls_duration"]),
        *(told.get(state) for state in states),
        *(_cell(flags[column]) if column in flags else None for column in columns),
        _cell(oms),
    ]


def _line(cells: Sequence[Any]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().removesuffix("\n")


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()
