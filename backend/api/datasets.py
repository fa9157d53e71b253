"""The table of datasets, in the original's shape."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field
from sqlmodel import Session

from backend.api.asked import as_json, pages, reading
from backend.api.dataset_json import own_json
from backend.api.dialect import DATASET_KEYS, read_filter, read_sortings
from backend.api.runs import PageQuestion, attributes_json, triplet_summary
from backend.api.streaming import AT_ONCE, in_parts, streamed
from backend.configuration import GLOBAL
from backend.queries import Condition, DatasetRow, Operator, Sort, all_of, any_of, dataset_rows, runs_page
from backend.queries.datasets import found_datasets
from backend.queries.runs import MOST_ROWS
from models.vocabulary import ONLINE

router = APIRouter(tags=["datasets"])

ANY_NAME = any_of((Condition("dataset", Operator.IS, ONLINE), Condition("dataset", Operator.IS_NOT, ONLINE)))
"""``online`` is listed among the others, unless the filter leaves it out."""
LATEST_RUN_FIRST = (Sort("run_number", descending=True), Sort("dataset"))


class DatasetsQuestion(PageQuestion):
    """Which page of which datasets, in which order."""

    sortings: Annotated[list[tuple[str, str]], Field(description='[[key, "ASC" | "DESC"], …]; none: latest run first')]
    filter: Annotated[dict[str, Any] | list[Any], Field(description='{"name": {"like": "/PromptReco/%"}, …}')]


@router.post("/datasets_filtered_ordered")
def datasets_filtered_ordered(question: DatasetsQuestion, request: Request) -> Response:
    """A page of the datasets that a filter lets through: ``{"datasets": […], "pages": n, "count": n}``.

    At most 100,000, whatever ``page_size`` says; many are written part by part. Hidden ones are left out.
    ``DatasetTripletCache`` has the ``triplet_summary``; ranges and bits are told of one dataset by
    ``/datasets/get_dataset``.
    """
    limit = question.rows
    with reading(request) as session:
        found = found_datasets(
            session,
            workspace=GLOBAL,
            filter=all_of((ANY_NAME, read_filter(question.filter, DATASET_KEYS))),
            sort=read_sortings(question.sortings, DATASET_KEYS) or LATEST_RUN_FIRST,
            offset=question.offset,
            limit=limit,
            which="all",
        )
        end = {"pages": pages(found.total, limit), "count": found.total}
        if limit <= AT_ONCE:
            return as_json({"datasets": _told(session, found.ids), **end})

    def told(ids: Sequence[int]) -> list[dict[str, Any]]:
        with reading(request) as session:
            return _told(session, ids)

    return streamed("datasets", map(told, in_parts(found.ids)), end)


def _told(session: Session, ids: Sequence[int]) -> list[dict[str, Any]]:
    rows = dataset_rows(session, ids)
    return rows_json(session, [rows[id_] for id_ in ids if id_ in rows])


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
