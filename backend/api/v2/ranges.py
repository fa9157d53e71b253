"""What is said range by range, of components or of DCS bits: how it is asked for, and how it is answered."""

from collections.abc import Callable
from typing import Annotated, TypeAlias

from fastapi import Request
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import ColumnElement
from sqlmodel import Session

from backend.api.asked import reading
from backend.api.v2.answering import arrow, page, unchanged
from backend.api.v2.asking import Form, InForm, Paged, listed
from backend.errors import InvalidInput
from backend.queries import CataloguedColumn, ColumnsCatalogue, columns_catalogue, latest_change
from backend.queries.attributes import nearest
from backend.queries.segments import segments_page
from models.vocabulary import ColumnKind

Datasets: TypeAlias = Callable[[Session, ColumnsCatalogue], ColumnElement[bool]]
"""Gives the condition on ``dataset_brief`` that lets through the datasets of which is told."""


class OfRanges(Paged, InForm):
    """A page of ranges, of one run or of all."""

    run_number: Annotated[int | None, Field(ge=1, le=2**31 - 1, description="of one run")] = None


def answer_ranges(
    request: Request, asked: OfRanges, of: Datasets, *, kind: ColumnKind, names: str, call: dict[str, str], as_: str
) -> Response:
    """The page that was asked for.

    Parameters
    ----------
    kind, names
        Of which columns: flags or bits, those of these names with commas between, all of the kind if there is none.
    call
        Column of :func:`segments_page` → how it is called in the answer.
    as_
        Under which name the rows stand in JSON.
    """
    form = asked.form(request)
    with reading(request) as session:
        seen = latest_change(session).change_set
        if has_it := unchanged(request, seen):
            return has_it
        catalogue = columns_catalogue(session)
        columns = _chosen(catalogue, kind, listed(names))
        which = of(session, catalogue)
        found = segments_page(session, which, columns=columns, after=asked.after, limit=asked.most(form))
    rows = found.rows.rename(call)
    if form is Form.JSON:
        return page(request, as_, rows.to_dicts(), next=found.next, change_set=seen)
    return arrow(request, rows, form, next=found.next, change_set=seen)


def _chosen(catalogue: ColumnsCatalogue, kind: ColumnKind, names: tuple[str, ...]) -> tuple[CataloguedColumn, ...]:
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
