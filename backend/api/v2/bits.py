"""DCS bits: what OMS says of the lumisections of many runs, range by range."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from backend.api.asked import reading
from backend.api.v2.answering import arrow, page, unchanged
from backend.api.v2.asking import Form, InForm, Paged, listed
from backend.api.v2.documented import in_arrow
from backend.api.v2.segments import chosen
from backend.api.v2.shapes import BitsPage
from backend.queries import (
    RUNS,
    Condition,
    Filter,
    Operator,
    all_of,
    columns_catalogue,
    latest_change,
    parse_filter,
)
from backend.queries.segments import online_of, segments_page
from models.vocabulary import ColumnKind

router = APIRouter(tags=["v2: lumisections"])


class OfRuns(Paged, InForm):
    """Which bits of which runs."""

    bit: Annotated[
        str, Field(max_length=8_000, description="bits with a comma between; all unless said", examples=["bpix_ready"])
    ] = ""
    run_number: Annotated[int | None, Field(ge=1, le=2**31 - 1, description="of one run")] = None
    filter: Annotated[str, Field(max_length=20_000, description="of runs that this lets through, as in `/v2/runs`")] = (
        ""
    )

    def tree(self) -> Filter:
        """All that is asked of the runs."""
        parsed = parse_filter(self.filter, RUNS)
        if self.run_number is None:
            return parsed
        return all_of((parsed, Condition("run_number", Operator.IS, self.run_number)))


@router.get("/bits", response_model=BitsPage, responses=in_arrow())
def bits(asked: Annotated[OfRuns, Query()], request: Request) -> Response:
    """What OMS says of DCS bits and beams in `online`: ranges with yes, no or null, and what people said instead.

    Other datasets have the bits of `online`, but for what is overridden in them: `/v2/lumisections` tells it.
    """
    form = asked.form(request)
    with reading(request) as session:
        seen = latest_change(session).change_set
        if has_it := unchanged(request, seen):
            return has_it
        catalogue = columns_catalogue(session)
        columns = chosen(catalogue, ColumnKind.BIT, listed(asked.bit))
        found = segments_page(
            session, online_of(asked.tree(), catalogue), columns=columns, after=asked.after, limit=asked.most(form)
        )
    rows = found.rows.rename({"column": "bit"})
    if form is Form.JSON:
        return page(request, "bits", rows.to_dicts(), next=found.next, change_set=seen)
    return arrow(request, rows, form, next=found.next, change_set=seen)
