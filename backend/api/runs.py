"""Routes about runs, in the original's shapes."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from backend.api.asked import MOST_PAGES, as_json, pages, reading
from backend.api.dialect import read_filter, read_sortings
from backend.api.streaming import AT_ONCE, in_parts, streamed
from backend.errors import NotFound
from backend.queries import Condition, DatasetRow, Operator, RunRow, Sort, run_facts, runs_page
from backend.queries.runs import MOST_ROWS, found_runs, run_rows
from models.vocabulary import UNSAID, Status

router = APIRouter(tags=["runs"])

RunNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


class PageQuestion(BaseModel):
    """Which page, of how many rows."""

    page: Annotated[int, Field(ge=0, le=MOST_PAGES, description="from 0")]
    page_size: Annotated[int, Field(ge=0, description="at most 100000 rows are told, whatever is asked for")]

    @property
    def rows(self) -> int:
        """How many rows a page has."""
        return min(self.page_size, MOST_ROWS)

    @property
    def offset(self) -> int:
        """How many rows come before it."""
        return self.page * self.rows


class RunsQuestion(PageQuestion):
    """Which page of which runs, in which order."""

    sortings: Annotated[list[tuple[str, str]], Field(description='[[key, "ASC" | "DESC"], …]; none: latest run first')]
    filter: Annotated[dict[str, Any] | list[Any], Field(description='{"rr_attributes.class": {"like": "Coll%"}, …}')]


@router.post("/runs_filtered_ordered")
def runs_filtered_ordered(question: RunsQuestion, request: Request) -> Response:
    """A page of the runs that a filter lets through: ``{"runs": […], "pages": n, "count": n}``.

    At most 100,000, whatever ``page_size`` says; many are written part by part.
    """
    filter_, sort, limit = read_filter(question.filter), read_sortings(question.sortings), question.rows
    with reading(request) as session:
        found = found_runs(session, filter=filter_, sort=sort, offset=question.offset, limit=limit)
        end = {"pages": pages(found.total, limit), "count": found.total}
        if limit <= AT_ONCE:
            return as_json({"runs": _told(session, found.numbers), **end})

    def told(numbers: Sequence[int]) -> list[dict[str, Any]]:
        with reading(request) as session:
            return _told(session, numbers)

    return streamed("runs", map(told, in_parts(found.numbers)), end)


def _told(session: Session, numbers: Sequence[int]) -> list[dict[str, Any]]:
    return [run_json(row) for row in run_rows(session, numbers, with_bits=False, with_oms=True)]


@router.get("/runs/{run_number}")
def one_run(run_number: RunNumber, request: Request) -> Response:
    """One run, as in a page of runs."""
    with reading(request) as session:
        return as_json(run_json(run_row(session, run_number)))


@router.get("/runs_lastupdated_50")
def runs_lastupdated_50(request: Request) -> Response:
    """The fifty runs that OMS changed last, the latest first, without the summary of their flags."""
    latest = (Sort("oms_last_update", descending=True),)
    with reading(request) as session:
        page = runs_page(session, sort=latest, limit=50, with_bits=False, with_oms=True)
    return as_json([attributes_json(row) for row in page.rows])


@router.get("/get_all_dataset_names_of_run/{run_number}")
def get_all_dataset_names_of_run(run_number: RunNumber, request: Request) -> Response:
    """The names of the datasets of a run, ``online`` first; hidden ones are left out."""
    with reading(request) as session:
        datasets = run_facts(session, run_number).datasets
    return as_json([dataset.name for dataset in datasets if not dataset.is_hidden])


def run_row(session: Session, run_number: int) -> RunRow:
    """One run with all that OMS says of it.

    Raises
    ------
    NotFound
        If there is no such run.
    """
    asked = Condition("run_number", Operator.IS, run_number)
    page = runs_page(session, filter=asked, limit=1, with_bits=False, with_oms=True)
    if not page.rows:
        raise NotFound(f"There is no run {run_number}.")
    return page.rows[0]


def run_json(row: RunRow) -> dict[str, Any]:
    """A run as the original writes it, with the summary of its flags."""
    return {**attributes_json(row), "DatasetTripletCache": {"triplet_summary": triplet_summary(row)}}


def attributes_json(row: RunRow) -> dict[str, Any]:
    """A run as the original writes it, without its flags; what is unsaid is ``""`` or ``false`` there."""
    said = row.attributes
    registry = {
        "class": said["run_class"] or "",
        "state": said["state"] or "",
        "significant": bool(said["is_significant"]),
        "stop_reason": said["stop_reason"] or "",
    }
    if row.is_changed_after_signoff:
        registry["run_needs_to_be_updated_manually"] = True
    return {
        "run_number": row.run_number,
        "oms_attributes": {**row.oms, "run_number": row.run_number, "ls_duration": row.lumisections},
        "rr_attributes": registry,
        "version": row.last_change,
        "deleted": False,
    }


def triplet_summary(row: RunRow | DatasetRow) -> dict[str, Mapping[str, Any]]:
    """``{"tracker-strip": {"GOOD": 12, "EMPTY": 0, "comments": [], "causes": []}}`` of every component spoken of."""
    return {column: _summary(row, column) for column in row.counts if not column.startswith("oms-")}


_WORDS: Mapping[int, str] = {status.value: status.word for status in Status}
_NO_NOTE: Mapping[str, Sequence[str]] = {"comments": (), "causes": ()}


def _summary(row: RunRow | DatasetRow, column: str) -> dict[str, Any]:
    counts, note = row.counts[column], row.notes.get(column, _NO_NOTE)
    summary: dict[str, Any] = {_WORDS[status]: n for status, n in counts.items()}
    summary[UNSAID] = row.lumisections - sum(counts.values())
    summary["comments"], summary["causes"] = note["comments"], note["causes"]
    return summary
