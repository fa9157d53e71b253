"""Segments: what is said of components, range by range, of many datasets at once."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import ColumnElement
from sqlmodel import Session

from backend.api.v2.documented import in_arrow
from backend.api.v2.ranges import OfRanges, answer_ranges
from backend.api.v2.shapes import SegmentsPage
from backend.configuration import GLOBAL
from backend.queries import DATASETS, ColumnsCatalogue, Condition, Filter, Operator, all_of, parse_filter
from backend.queries.dataset_scope import scope_of
from models.vocabulary import ColumnKind

router = APIRouter(tags=["v2: lumisections"])


class OfDatasets(OfRanges):
    """Which segments of which datasets."""

    component: Annotated[
        str,
        Field(
            max_length=8_000,
            description="components with a comma between; all unless said",
            examples=["tracker-strip,tracker-pixel"],
        ),
    ] = ""
    dataset: Annotated[
        str | None, Field(max_length=300, description="of datasets of this name", examples=["online"])
    ] = None
    filter: Annotated[
        str, Field(max_length=20_000, description="of datasets that this lets through, as in `/v2/datasets`")
    ] = ""

    def tree(self) -> Filter:
        """All that is asked of the datasets."""
        parts = [parse_filter(self.filter, DATASETS)]
        if self.run_number is not None:
            parts.append(Condition("run_number", Operator.IS, self.run_number))
        if self.dataset is not None:
            parts.append(Condition("dataset", Operator.IS, self.dataset))
        return all_of(parts)


@router.get("/segments", response_model=SegmentsPage, responses=in_arrow())
def segments(asked: Annotated[OfDatasets, Query()], request: Request) -> Response:
    """What is said of components: ranges with status, cause, comment, origin, who, when, in which act.

    Ranges are closed and cut to the lumisections that the dataset has. What nobody spoke of is in no range. Those of
    the latest run come first. `online` is among the datasets if it is named, hidden ones if the filter speaks of them.
    """

    def which(session: Session, catalogue: ColumnsCatalogue) -> ColumnElement[bool]:
        return scope_of(session, asked.tree(), workspace=GLOBAL, which="all", with_hidden=False, catalogue=catalogue)

    return answer_ranges(
        request,
        asked,
        which,
        kind=ColumnKind.FLAG,
        names=asked.component,
        call={"column": "component", "value": "status"},
        as_="segments",
    )
