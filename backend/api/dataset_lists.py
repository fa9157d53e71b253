"""Routes that tell many datasets in short: by name, and as a table for spreadsheets."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
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
from backend.configuration import GLOBAL
from backend.queries import DatasetRow, all_of, datasets_page, unique_dataset_names
from backend.queries.runs import MOST_ROWS

router = APIRouter(tags=["datasets"])

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

    Flags and what OMS says of the run are JSON in a cell, as in the original.
    """
    with reading(request) as session:
        rows = datasets_page(
            session,
            workspace=GLOBAL,
            filter=all_of((ANY_NAME, read_filter(question.filter, DATASET_KEYS))),
            sort=read_sortings(question.sortings, DATASET_KEYS) or LATEST_RUN_FIRST,
            limit=MOST_ROWS,
            which="all",
        ).rows
        runs = runs_of(session, rows)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(_lines(rows, runs, question.columns))
    return as_json(text.getvalue().rstrip("\n"))


def _lines(
    rows: Sequence[DatasetRow], runs: Mapping[int, Mapping[str, Any]], columns: Sequence[str]
) -> Iterator[list[Any]]:
    if not rows:
        return
    states = list(dict.fromkeys(name for row in rows for name in sorted(states_json(row))))
    head = ("run_number", "dataset_name", "class", "stop_reason", "short_run", "ls_duration")
    yield [*head, *states, *columns, "oms_attributes"]
    for row in rows:
        run, told, flags = runs[row.run_number], states_json(row), triplet_summary(row)
        registry, oms = run["rr_attributes"], run["oms_attributes"]
        reason = _plain(registry["stop_reason"])
        short_run = None  # an attribute of runs before 2018; the header is kept for those who read by place
        yield [
            *(row.run_number, row.name, registry["class"], reason, short_run, oms["ls_duration"]),
            *(told.get(state) for state in states),
            *(_cell(flags[column]) if column in flags else None for column in columns),
            _cell(oms),
        ]


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()
