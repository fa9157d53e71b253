"""Routes about runs, in the original's shapes."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from backend.api.asked import as_json, reading
from backend.api.dialect import read_filter, read_sortings
from backend.queries import RunRow, runs_page
from backend.queries.runs import MOST_ROWS
from models.vocabulary import UNSAID, Status

router = APIRouter(tags=["runs"])


class RunsQuestion(BaseModel):
    """Which page of which runs, in which order."""

    page: Annotated[int, Field(ge=0, description="from 0")]
    page_size: Annotated[int, Field(ge=0, le=MOST_ROWS)]
    sortings: Annotated[list[tuple[str, str]], Field(description='[[key, "ASC" | "DESC"], …]; none: latest run first')]
    filter: Annotated[dict[str, Any] | list[Any], Field(description='{"rr_attributes.class": {"like": "Coll%"}, …}')]


@router.post("/runs_filtered_ordered")
def runs_filtered_ordered(question: RunsQuestion, request: Request) -> Response:
    """A page of the runs that a filter lets through: ``{"runs": […], "pages": n, "count": n}``."""
    with reading(request) as session:
        found = runs_page(
            session,
            filter=read_filter(question.filter),
            sort=read_sortings(question.sortings),
            offset=question.page * question.page_size,
            limit=question.page_size,
            with_bits=False,
            with_oms=True,
        )
    pages = -(-found.total // question.page_size) if question.page_size else 0
    return as_json({"runs": [run_json(row) for row in found.rows], "pages": pages, "count": found.total})


def run_json(row: RunRow) -> dict[str, Any]:
    """A run as the original writes it; what is unsaid is ``""`` or ``false`` there."""
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
        "DatasetTripletCache": {"triplet_summary": triplet_summary(row)},
    }


def triplet_summary(row: RunRow) -> dict[str, Mapping[str, Any]]:
    """``{"tracker-strip": {"GOOD": 12, "EMPTY": 0, "comments": [], "causes": []}}`` of every component spoken of."""
    return {column: _summary(row, column) for column in row.counts if not column.startswith("oms-")}


def _summary(row: RunRow, column: str) -> dict[str, Any]:
    counts = row.counts[column]
    note = row.notes.get(column, {})
    return {
        **{Status(status).word: n for status, n in counts.items()},
        UNSAID: row.lumisections - sum(counts.values()),
        "comments": note.get("comments", []),
        "causes": note.get("causes", []),
    }
