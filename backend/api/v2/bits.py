"""DCS bits: what OMS says of the lumisections of many runs, range by range."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from backend.api.v2.documented import in_arrow
from backend.api.v2.ranges import OfRanges, answer_ranges
from backend.api.v2.shapes import BitsPage
from backend.queries import RUNS, Condition, Filter, Operator, all_of, parse_filter
from backend.queries.segments import online_of
from models.vocabulary import ColumnKind

router = APIRouter(tags=["v2: lumisections"])


class OfRuns(OfRanges):
    """Which bits of which runs."""

    bit: Annotated[
        str, Field(max_length=8_000, description="bits with a comma between; all unless said", examples=["bpix_ready"])
    ] = ""
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
    return answer_ranges(
        request,
        asked,
        lambda _, catalogue: online_of(asked.tree(), catalogue),
        kind=ColumnKind.BIT,
        names=asked.bit,
        call={"column": "bit"},
        as_="bits",
    )
