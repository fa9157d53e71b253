"""Segments: what is said of components, range by range, of many datasets at once."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from backend.api.asked import reading
from backend.api.v2.answering import arrow, page, unchanged
from backend.api.v2.asking import Form, InForm, Paged, listed
from backend.api.v2.documented import in_arrow
from backend.api.v2.shapes import SegmentsPage
from backend.configuration import GLOBAL
from backend.errors import InvalidInput
from backend.queries import (
    DATASETS,
    CataloguedColumn,
    ColumnsCatalogue,
    Condition,
    Filter,
    Operator,
    all_of,
    columns_catalogue,
    latest_change,
    parse_filter,
)
from backend.queries.attributes import nearest
from backend.queries.dataset_scope import scope_of
from backend.queries.segments import segments_page
from models.vocabulary import ColumnKind

router = APIRouter(tags=["v2: lumisections"])


class OfDatasets(Paged, InForm):
    """Which segments of which datasets."""

    component: Annotated[
        str,
        Field(
            max_length=8_000,
            description="components with a comma between; all unless said",
            examples=["tracker-strip,tracker-pixel"],
        ),
    ] = ""
    run_number: Annotated[int | None, Field(ge=1, le=2**31 - 1, description="of one run")] = None
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
    form = asked.form(request)
    with reading(request) as session:
        seen = latest_change(session).change_set
        if has_it := unchanged(request, seen):
            return has_it
        catalogue = columns_catalogue(session)
        columns = chosen(catalogue, ColumnKind.FLAG, listed(asked.component))
        which = scope_of(session, asked.tree(), workspace=GLOBAL, which="all", with_hidden=False, catalogue=catalogue)
        found = segments_page(session, which, columns=columns, after=asked.after, limit=asked.most(form))
    rows = found.rows.rename({"column": "component", "value": "status"})
    if form is Form.JSON:
        return page(request, "segments", rows.to_dicts(), next=found.next, change_set=seen)
    return arrow(request, rows, form, next=found.next, change_set=seen)


def chosen(catalogue: ColumnsCatalogue, kind: ColumnKind, names: tuple[str, ...]) -> tuple[CataloguedColumn, ...]:
    """The columns of these names, all of the kind if there are none.

    Raises
    ------
    InvalidInput
        If there is no such column; the sentence names the nearest.
    """
    of_kind = catalogue.of_kind(kind)
    by_name = {column.name if kind is ColumnKind.BIT else str(column): column for column in of_kind}
    for name in names:
        if name not in by_name:
            what = "component" if kind is ColumnKind.FLAG else "bit"
            raise InvalidInput(f"There is no {what} {name!r:.80}{nearest(name, by_name)}")
    return tuple(by_name[name] for name in names) if names else of_kind
