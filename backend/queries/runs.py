"""Runs as a table shows them: those that a filter lets through, in order, a page at a time, with their quality."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ARRAY, ColumnElement, Integer, Row, any_, false, func, literal, literal_column, select
from sqlmodel import Session

from backend.errors import InvalidFilter
from backend.queries.attributes import RUNS, Attribute, Kind
from backend.queries.bits import BitCounts, bit_counts
from backend.queries.columns import ColumnsCatalogue, columns_catalogue
from backend.queries.filter_sql import (
    BRIEF,
    DATASET,
    RUN,
    column_id,
    flag_count,
    run_column,
    runs_and_online,
    sort_column,
    where,
)
from backend.queries.filters import EVERYTHING, Filter, checked
from backend.queries.flag_counts import FlagCounts
from backend.queries.live import Latest, latest_change
from backend.queries.matching import Matching, Term
from backend.queries.totals import Counting
from models.lumis import LumiSet
from models.vocabulary import ColumnKind, Status

AttributeValue: TypeAlias = str | int | float | bool | datetime | tuple[str, ...] | None
MOST_ROWS = 100_000
_RUNS_FOUND: Counting[int] = Counting()


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: by an attribute (``start_time``), a value of OMS (``oms.era``) or a component, worst flags first.

    What is unsaid comes last in either direction; runs that are equal come latest first.
    """

    key: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of a table.

    Parameters
    ----------
    lumisections
        How many it knows, according to OMS: the length of every bar.
    attributes
        Every attribute of the catalogue by name; none where unsaid.
    counts
        Column (``tracker-strip``, ``oms-bpix_ready``) → code of :class:`Status` or :class:`Bit` → lumisections; zeros
        and columns of which nobody said anything are left out.
    commented
        The columns in which a comment is in force.
    notes
        Column → ``{"causes": […], "comments": […]}`` in force.
    states
        Workspace → state of the ``online`` dataset, where workspaces have one.
    last_change, changed_by
        The act that last touched the run or its flags, and whose it was.
    oms
        Everything OMS says, under its names; empty unless asked for.
    """

    run_number: int
    lumisections: int
    attributes: Mapping[str, AttributeValue]
    counts: Mapping[str, Mapping[int, int]]
    commented: frozenset[str]
    notes: Mapping[str, Mapping[str, Sequence[str]]]
    states: Mapping[str, str]
    is_running: bool
    is_significant: bool | None
    is_changed_after_signoff: bool
    last_change: int
    changed_by: str
    oms: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunsPage:
    """A page of runs, how many match in all, and the change set after which nothing is in it yet."""

    rows: tuple[RunRow, ...]
    total: int
    change_set: int


@dataclass(frozen=True, slots=True)
class FoundRuns:
    """The numbers of the runs on a page, in order, and as :class:`RunsPage` how many match in all, and as of when."""

    numbers: tuple[int, ...]
    total: int
    change_set: int


def runs_page(
    session: Session,
    *,
    filter: Filter = EVERYTHING,
    sort: Sequence[Sort] = (),
    offset: int = 0,
    limit: int = 50,
    with_bits: bool = True,
    with_oms: bool = False,
) -> RunsPage:
    """One page of the runs that a filter lets through; without a sort, the latest run comes first.

    Raises
    ------
    InvalidFilter
        If the filter, a sort, the offset or the limit cannot be.
    """
    catalogue = columns_catalogue(session)
    found = _found(session, catalogue, filter, sort, offset=offset, limit=limit)
    rows = _rows(session, catalogue, found.numbers, with_bits=with_bits, with_oms=with_oms)
    return RunsPage(rows, found.total, found.change_set)


def found_runs(
    session: Session, *, filter: Filter = EVERYTHING, sort: Sequence[Sort] = (), offset: int = 0, limit: int
) -> FoundRuns:
    """Which runs are on a page, for :func:`run_rows` to tell of part by part; raises as :func:`runs_page` does."""
    return _found(session, columns_catalogue(session), filter, sort, offset=offset, limit=limit)


def run_rows(
    session: Session, numbers: Sequence[int], *, with_bits: bool = True, with_oms: bool = False
) -> tuple[RunRow, ...]:
    """Runs by number, in that order; what is no run is left out."""
    return _rows(session, columns_catalogue(session), numbers, with_bits=with_bits, with_oms=with_oms)


def _found(
    session: Session,
    catalogue: ColumnsCatalogue,
    filter: Filter,
    sort: Sequence[Sort],
    *,
    offset: int,
    limit: int,
) -> FoundRuns:
    if offset < 0 or not 0 <= limit <= MOST_ROWS:
        raise InvalidFilter(f"A page of {limit} rows from row {offset} on cannot be: 0 to {MOST_ROWS} rows, from 0 on.")
    latest = latest_change(session)
    known, terms = _RUNS_FOUND.at(session, latest), _terms(sort, catalogue.flags)
    condition = runs_where(filter, catalogue)
    matching = Matching(runs_and_online(), RUN.c.run_number, RUN.c.run_number, condition, terms)
    total, numbers = _page(session, matching, known.of(filter), offset=offset, limit=limit)
    known.keep(filter, total)
    return FoundRuns(tuple(numbers), total, latest.change_set)


def keep_total(session: Session, filter: Filter, total: int, *, latest: Latest) -> None:
    """Somebody counted the runs that a filter lets through, as they are after the latest act: a page need not again."""
    _RUNS_FOUND.at(session, latest).keep(filter, total)


def _rows(
    session: Session, catalogue: ColumnsCatalogue, numbers: Sequence[int], *, with_bits: bool, with_oms: bool
) -> tuple[RunRow, ...]:
    joined = runs_and_online().outerjoin(DATASET, DATASET.c.id == BRIEF.c.id)
    asked = RUN.c.run_number == any_(literal(list(numbers), ARRAY(Integer)))
    found = session.execute(select(*_selected(with_oms)).select_from(joined).where(asked)).all() if numbers else []
    bits = _bits(session, found, catalogue) if with_bits else {}
    by_number = {row.run_number: _row(row, catalogue, bits) for row in found}
    return tuple(by_number[number] for number in numbers if number in by_number)


def runs_where(filter: Filter, catalogue: ColumnsCatalogue) -> ColumnElement[bool]:
    """The filter, checked, as an expression over :func:`~backend.queries.filter_sql.runs_and_online`."""
    return where(checked(filter, RUNS), catalogue.counted)


_SHOWN: tuple[Attribute, ...] = tuple(a for a in RUNS.attributes if a.kind is not Kind.WORDS)


def _selected(with_oms: bool) -> Iterable[ColumnElement[Any]]:
    yield from (run_column(attribute.name).label(attribute.name) for attribute in _SHOWN)
    yield from (RUN.c.known, DATASET.c.id, DATASET.c.states, DATASET.c.counts, DATASET.c.notes)
    own = func.coalesce(DATASET.c.last_change > RUN.c.last_change, false())
    yield func.coalesce(DATASET.c.changed_by, RUN.c.changed_by).label("by_flags")
    yield RUN.c.changed_by.label("by_run")
    yield own.label("flags_are_later")
    if with_oms:
        yield RUN.c.oms


def _page(
    session: Session, matching: Matching, total: int | None, *, offset: int, limit: int
) -> tuple[int, Sequence[int]]:
    """How many runs match, and the numbers of those on the page.

    In the order of the runs a page is found without looking at all of them, so these are counted apart, if the page is
    not the last and nobody counted them yet; in another order all are looked at anyway.
    """
    if total is None and matching.terms:
        return matching.page(session, offset=offset, limit=limit)
    keys = session.execute(matching.ordered().offset(offset).limit(limit)).scalars().all()
    if total is None and (keys or not offset) and len(keys) < limit:
        total = offset + len(keys)
    if total is None:
        total = matching.total(session)
    return total, keys


def _terms(sort: Sequence[Sort], flags: Mapping[str, int]) -> list[Term]:
    def column(key: str) -> ColumnElement[Any]:
        return worst_flags(key, flags) if "-" in key else sort_column(_sortable(key).name)

    said = [(column(key.key), key.descending) for key in sort]
    return said[: sort.index(_LATEST_FIRST)] if _LATEST_FIRST in sort else said


_LATEST_FIRST = Sort("run_number", descending=True)
"""How runs come anyway that are equal otherwise; as it stands nothing after it is asked for."""


def worst_flags(component: str, flags: Mapping[str, int]) -> ColumnElement[int]:
    """What to sort by for the worst flags of a component: how much is bad, then how much is not good, in one number.

    Both are lumisections of one dataset and fit into two bytes each, as ``models.dataset_brief`` counts them.
    """
    of_column = column_id(component, flags)
    not_good = BRIEF.c.lumisections - flag_count(of_column, Status.GOOD)
    return flag_count(of_column, Status.BAD) * literal_column(str(2**16), Integer) + not_good


def _sortable(name: str) -> Attribute:
    attribute = RUNS.find(name)
    if attribute.kind is Kind.WORDS:
        raise InvalidFilter(f"Runs cannot be sorted by {attribute.label}.")
    return attribute


def _bits(session: Session, found: Sequence[Row[Any]], catalogue: ColumnsCatalogue) -> BitCounts:
    columns = [column.id for column in catalogue.of_kind(ColumnKind.BIT)]
    known = {row.id: LumiSet.flat(row.known) for row in found if row.id is not None}
    return bit_counts(session, known, columns) if known and columns else {}


def _row(row: Row[Any], catalogue: ColumnsCatalogue, bits: BitCounts) -> RunRow:
    names = catalogue.names
    flags = FlagCounts(row.counts or (), catalogue.flags)
    counted = {names[id_]: of_bit for id_, of_bit in bits.get(row.id, {}).items()}
    notes = {names[int(id_)]: note for id_, note in (row.notes or {}).items()}
    values = row._mapping
    return RunRow(
        run_number=row.run_number,
        lumisections=row.lumisections,
        attributes={a.name: attribute_value(values[a.name]) for a in _SHOWN},
        counts={**flags, **counted} if counted else flags,
        commented=frozenset(column for column, note in notes.items() if note["comments"]),
        notes=notes,
        states=row.states or {},
        is_running=row.is_running,
        is_significant=row.is_significant,
        is_changed_after_signoff=row.is_changed_after_signoff,
        last_change=row.last_change,
        changed_by=row.by_flags if row.flags_are_later else row.by_run,
        oms=values.get("oms") or {},
    )


def attribute_value(value: Any) -> AttributeValue:
    """What a row of the database says of an attribute, as a row of a page holds it."""
    return tuple(value) if isinstance(value, list) else value
