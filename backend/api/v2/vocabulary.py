"""The words that filters, sorts and fields are made of."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.asked import reading
from backend.api.v2.answering import one, unchanged
from backend.api.v2.documented import documented
from backend.api.v2.shapes import Vocabulary
from backend.queries import DATASETS, RUNS, Catalogue, CataloguedColumn, columns_catalogue, latest_change

router = APIRouter(tags=["v2: vocabulary"])


@router.get("/vocabulary", response_model=Vocabulary, responses=documented())
def vocabulary(request: Request) -> Response:
    """Every attribute of runs and of datasets, with unit and meaning, every component and every bit."""
    with reading(request) as session:
        seen = latest_change(session).change_set
        if has_it := unchanged(request, seen):
            return has_it
        columns = columns_catalogue(session).columns
    told = {"runs": _attributes(RUNS), "datasets": _attributes(DATASETS), "columns": [_column(c) for c in columns]}
    return one(told, change_set=seen)


def _attributes(catalogue: Catalogue) -> list[Mapping[str, Any]]:
    return [
        {"name": a.name, "word": a.word, "kind": a.kind.value, "unit": a.unit, "meaning": a.meaning}
        for a in catalogue.attributes
    ]


def _column(column: CataloguedColumn) -> Mapping[str, Any]:
    return {
        "column": str(column),
        "workspace": column.workspace,
        "name": column.name,
        "kind": column.kind.value,
        "is_inverted": column.is_inverted,
    }
