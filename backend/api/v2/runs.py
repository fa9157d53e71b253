"""Runs: a list of them, and one from every side."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.asked import engine_of, reading
from backend.api.runs import RunNumber
from backend.api.v2.answering import arrow, one, page, unchanged
from backend.api.v2.asking import Form, ListQuestion
from backend.api.v2.documented import documented, in_arrow
from backend.api.v2.shapes import OneRun, RunsPage
from backend.queries import RUNS, columns_catalogue, latest_change, parse_filter, run_facts
from backend.queries.listing import runs_after
from backend.queries.told import RUNS_TOLD, fields_of, frame, records

router = APIRouter(tags=["v2: runs"])
_ALL = ("*", "flags", "oms", "states")


@router.get("/runs", response_model=RunsPage, responses=in_arrow())
def runs(asked: ListQuestion, request: Request) -> Response:
    """The runs that a filter lets through, a page at a time or all at once as Arrow.

    A run is told by its attributes; `tracker-strip` among the fields adds how many lumisections have each status.
    """
    form = asked.form(request)
    with reading(request) as session:
        seen = latest_change(session).change_set
        if has_it := unchanged(request, seen):
            return has_it
        fields = fields_of(RUNS_TOLD, asked.names(), columns_catalogue(session))
        keys = runs_after(
            session,
            filter=parse_filter(asked.filter, RUNS),
            sort=asked.sorts(),
            after=asked.after,
            limit=asked.most(form),
        )
        if form is Form.JSON:
            told = records(session, RUNS_TOLD, fields=fields, keys=keys.keys)
            return page(request, "runs", told, next=keys.next, change_set=seen)
    rows = frame(engine_of(request), RUNS_TOLD, fields=fields, keys=keys.keys)
    return arrow(request, rows, form, next=keys.next, change_set=seen)


@router.get("/runs/{run_number}", response_model=OneRun, responses=documented())
def run(run_number: RunNumber, request: Request) -> Response:
    """One run: attributes, flags, all that OMS says, the lumisections that it has, and the names of its datasets."""
    with reading(request) as session:
        seen = latest_change(session).change_set
        if has_it := unchanged(request, seen):
            return has_it
        facts = run_facts(session, run_number)
        fields = fields_of(RUNS_TOLD, _ALL, columns_catalogue(session))
        told = records(session, RUNS_TOLD, fields=fields, keys=[run_number])[0]
    names = [dataset.name for dataset in facts.datasets if not dataset.is_hidden]
    return one({**told, "known": facts.known.as_pairs(), "datasets": names}, change_set=seen)
