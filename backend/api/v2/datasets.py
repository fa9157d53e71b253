"""Datasets: those of a workspace in a list, and one."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from backend.api.asked import engine_of, reading
from backend.api.v2.answering import arrow, one, page, unchanged
from backend.api.v2.asking import Form, Listed
from backend.api.v2.documented import documented, in_arrow
from backend.api.v2.shapes import DatasetsPage, OneDataset
from backend.configuration import GLOBAL
from backend.queries import DATASETS, columns_catalogue, dataset_row, latest_change, parse_filter
from backend.queries.listing import datasets_after
from backend.queries.told import DATASETS_TOLD, fields_of, frame, records

router = APIRouter(tags=["v2: datasets"])
_ALL = ("*", "flags", "oms", "states")


class OfWorkspace(Listed):
    """A list of the datasets of a workspace."""

    workspace: Annotated[str, Field(max_length=80, description="whose datasets", examples=["tracker"])] = GLOBAL
    which: Annotated[
        Literal["all", "editable", "waiting"],
        Field(description="`editable`: OPEN, SIGNOFF or COMPLETED there; `waiting`: for the DQM GUI"),
    ] = "all"
    hidden: Annotated[bool, Field(description="hidden ones too")] = False


@router.get("/datasets", response_model=DatasetsPage, responses=in_arrow())
def datasets(asked: Annotated[OfWorkspace, Query()], request: Request) -> Response:
    """The datasets that a filter lets through, a page at a time or all at once as Arrow.

    `state.tracker` among the fields is how far tracker is. `online` is listed where the filter names it.
    """
    form = asked.form(request)
    with reading(request) as session:
        seen = latest_change(session).change_set
        if has_it := unchanged(request, seen):
            return has_it
        fields = fields_of(DATASETS_TOLD, asked.names(), columns_catalogue(session))
        keys = datasets_after(
            session,
            workspace=asked.workspace,
            filter=parse_filter(asked.filter, DATASETS),
            sort=asked.sorts(),
            after=asked.after,
            limit=asked.most(form),
            which=asked.which,
            with_hidden=asked.hidden,
        )
        if form is Form.JSON:
            told = records(session, DATASETS_TOLD, fields=fields, keys=keys.keys)
            return page(request, "datasets", told, next=keys.next, change_set=seen)
    rows = frame(engine_of(request), DATASETS_TOLD, fields=fields, keys=keys.keys)
    return arrow(request, rows, form, next=keys.next, change_set=seen)


@router.get("/datasets/one", response_model=OneDataset, responses=documented())
def dataset(
    request: Request,
    run_number: Annotated[int, Query(ge=1, le=2**31 - 1, examples=[327564])],
    name: Annotated[str, Query(max_length=300, examples=["/PromptReco/Collisions2018D/DQM"])],
) -> Response:
    """One dataset, hidden or not: attributes, flags, states, the lumisections that it has, its names in the DQM GUI."""
    with reading(request) as session:
        seen = latest_change(session).change_set
        if has_it := unchanged(request, seen):
            return has_it
        row = dataset_row(session, run_number, name)
        fields = fields_of(DATASETS_TOLD, _ALL, columns_catalogue(session))
        told = records(session, DATASETS_TOLD, fields=fields, keys=[row.id])[0]
    return one({**told, "known": row.known.as_pairs(), "gui": row.gui}, change_set=seen)
