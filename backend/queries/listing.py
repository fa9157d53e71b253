"""Which runs and datasets come after a place in a list, in whatever order: the keys of a page."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlmodel import Session

from backend.errors import InvalidFilter
from backend.queries.attributes import RUNS, Attribute, Catalogue, Kind
from backend.queries.columns import columns_catalogue
from backend.queries.dataset_attributes import DATASETS
from backend.queries.dataset_scope import Which, scope_of
from backend.queries.dataset_sql import sort_key
from backend.queries.filter_sql import BRIEF, RUN, Column, runs_and_online, sort_column
from backend.queries.filters import EVERYTHING, Filter
from backend.queries.keyset import Keys, Order, Term, keys_after
from backend.queries.runs import Sort, runs_where, worst_flags

MANY_VALUED = frozenset({"words", "gui", "cycle"})
"""Attributes that have no one value by which a row could be shown or sorted."""


def runs_after(
    session: Session, *, filter: Filter = EVERYTHING, sort: Sequence[Sort] = (), after: str | None = None, limit: int
) -> Keys:
    """The numbers of the runs that a filter lets through, after a place; without a sort, the latest run comes first.

    Raises
    ------
    InvalidFilter
        If the filter, a sort or the place cannot be.
    """
    catalogue = columns_catalogue(session)
    said = _terms(sort, RUNS, sort_column, catalogue.flags)
    order = Order((*said, Term(RUN.c.run_number, Kind.INTEGER, descending=True, is_said=True)), _name("runs", sort))
    where = runs_where(filter, catalogue)
    source = runs_and_online()
    return keys_after(session, RUN.c.run_number, source=source, condition=where, order=order, after=after, limit=limit)


def datasets_after(
    session: Session,
    *,
    workspace: str,
    filter: Filter = EVERYTHING,
    sort: Sequence[Sort] = (),
    after: str | None = None,
    limit: int,
    which: Which = "all",
    with_hidden: bool = False,
) -> Keys:
    """The ids of datasets, as :func:`runs_after`; what the others mean: :func:`~backend.queries.datasets_page`.

    Raises
    ------
    InvalidFilter
        If the workspace, the filter, a sort or the place cannot be.
    """
    catalogue = columns_catalogue(session)
    said = _terms(sort, DATASETS, sort_key, catalogue.flags)
    last = Term(BRIEF.c.run_number, Kind.INTEGER, descending=True, is_said=True)
    among = Term(BRIEF.c.id, Kind.INTEGER, is_said=True)
    where = scope_of(
        session,
        filter,
        workspace=workspace,
        which=which,
        with_hidden=with_hidden,
        catalogue=catalogue,
        beside_runs=True,
    )
    return keys_after(
        session,
        BRIEF.c.id,
        source=BRIEF.join(RUN, RUN.c.run_number == BRIEF.c.run_number),
        condition=where,
        order=Order((*said, last, among), _name("datasets", sort)),
        after=after,
        limit=limit,
    )


def one_valued(catalogue: Catalogue, name: str) -> Attribute:
    """The attribute of this name, if a row has one value of it.

    Raises
    ------
    InvalidFilter
        If there is none, or a row may have many.
    """
    attribute = catalogue.find(name)
    if attribute.name in MANY_VALUED:
        raise InvalidFilter(f"A {catalogue.subject} has no one value of {attribute.label}: it can only be filtered by.")
    return attribute


def _terms(
    sort: Sequence[Sort], catalogue: Catalogue, column_of: Callable[[str], Column], flags: Mapping[str, int]
) -> Iterator[Term]:
    for said in sort:
        if "-" in said.key:
            yield Term(worst_flags(said.key, flags), Kind.INTEGER, said.descending)
        else:
            attribute = one_valued(catalogue, said.key)
            yield Term(column_of(attribute.name), attribute.kind, said.descending)


def _name(subject: str, sort: Sequence[Sort]) -> str:
    return " ".join((subject, *(f"{'-' if said.descending else ''}{said.key}" for said in sort)))
