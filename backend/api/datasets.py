"""The table of datasets, in the original's shape."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from backend.api.asked import MOST_PAGES, as_json, pages, reading
from backend.api.dataset_json import own_json
from backend.api.dialect import DATASET_KEYS, read_filter, read_sortings
from backend.api.runs import attributes_json, triplet_summary
from backend.configuration import GLOBAL
from backend.queries import Condition, DatasetRow, Operator, Sort, all_of, any_of, datasets_page, runs_page
from backend.queries.runs import MOST_ROWS
from models.vocabulary import ONLINE

router = APIRouter(tags=["datasets"])

ANY_NAME = any_of((Condition("dataset", Operator.IS, ONLINE), Condition("dataset", Operator.IS_NOT, ONLINE)))
"""``online`` is listed among the others, unless the filter leaves it out."""
LATEST_RUN_FIRST = (Sort("run_number", descending=True), Sort("dataset"))


class DatasetsQuestion(BaseModel):
    """Which page of which datasets, in which order."""

    page: Annotated[int, Field(ge=0, le=MOST_PAGES, description="from 0")]
    page_size: Annotated[int, Field(ge=0, le=MOST_ROWS)]
    sortings: Annotated[list[tuple[str, str]], Field(description='[[key, "ASC" | "DESC"], …]; none: latest run first')]
    filter: Annotated[dict[str, Any] | list[Any], Field(description='{"name": {"like": "/PromptReco/%"}, …}')]


@router.post("/datasets_filtered_ordered")
def datasets_filtered_ordered(question: DatasetsQuestion, request: Request) -> Response:
    """A page of the datasets that a filter lets through: ``{"datasets": […], "pages": n, "count": n}``.

    Hidden ones are left out. ``DatasetTripletCache`` has the ``triplet_summary``; ranges and bits are told of one
    dataset by ``/datasets/get_dataset``.
    """
    with reading(request) as session:
        found = datasets_page(
            session,
            workspace=GLOBAL,
            filter=all_of((ANY_NAME, read_filter(question.filter, DATASET_KEYS))),
            sort=read_sortings(question.sortings, DATASET_KEYS) or LATEST_RUN_FIRST,
            offset=question.page * question.page_size,
            limit=question.page_size,
            which="all",
        )
        datasets = rows_json(session, found.rows)
    return as_json({"datasets": datasets, "pages": pages(found.total, question.page_size), "count": found.total})


def rows_json(session: Session, rows: Sequence[DatasetRow]) -> list[dict[str, Any]]:
    """Datasets with their runs and the summary of their flags."""
    runs = runs_of(session, rows)
    return [
        {
            **own_json(row),
            "Run": runs[row.run_number],
            "DatasetTripletCache": {"triplet_summary": triplet_summary(row)},
        }
        for row in rows
    ]


def runs_of(session: Session, rows: Sequence[DatasetRow]) -> dict[int, dict[str, Any]]:
    """Run number → the run as the original writes it."""
    if not rows:
        return {}
    asked = Condition("run_number", Operator.IN, tuple({row.run_number for row in rows}))
    page = runs_page(session, filter=asked, limit=MOST_ROWS, with_bits=False, with_oms=True)
    return {run.run_number: attributes_json(run) for run in page.rows}
