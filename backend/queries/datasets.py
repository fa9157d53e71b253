"""Datasets as a desk's table shows them: those that a filter lets through, in order, a page at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Required, TypedDict, Unpack

from sqlalchemy import ARRAY, Integer, Row, Select, any_, func, literal, select
from sqlmodel import Session

from backend.errors import InvalidFilter, NotFound
from backend.projections.datasets import known_of
from backend.queries.attributes import Attribute
from backend.queries.columns import ColumnsCatalogue, columns_catalogue
from backend.queries.dataset_attributes import DATASETS
from backend.queries.dataset_scope import Which, scope_of
from backend.queries.dataset_sql import run_attribute, shown_column, sort_key
from backend.queries.filter_sql import BRIEF, DATASET, RUN
from backend.queries.filters import EVERYTHING, Filter
from backend.queries.flag_counts import FlagCounts
from backend.queries.live import latest_change
from backend.queries.matching import Matching, Term
from backend.queries.runs import MOST_ROWS, AttributeValue, Sort, worst_flags
from backend.queries.totals import Counting
from models.brief_layout import GUI_PREFIX
from models.lumis import LumiSet


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """One dataset of a table.

    Parameters
    ----------
    lumisections
        How many it has: the length of every bar.
    attributes
        Every attribute of the catalogue that has one value, by name; none where unsaid.
    counts
        Component (``tracker-strip``) → code of :class:`Status` → lumisections; zeros, and components of which nobody
        said anything, are left out.
    commented
        The components in which a comment is in force.
    notes
        Component → ``{"causes": […], "comments": […]}`` in force.
    states
        Workspace → state; a workspace that is not in it has nothing to do with the dataset.
    known
        The lumisections that it has.
    gui
        The names under which the DQM GUI shows it.
    last_change, changed_by
        The act that last touched it, and whose it was.
    """

    id: int
    run_number: int
    name: str
    lumisections: int
    attributes: Mapping[str, AttributeValue]
    counts: Mapping[str, Mapping[int, int]]
    commented: frozenset[str]
    notes: Mapping[str, Mapping[str, Sequence[str]]]
    states: Mapping[str, str]
    known: LumiSet
    gui: tuple[str, ...]
    is_hidden: bool
    last_change: int
    changed_by: str


@dataclass(frozen=True, slots=True)
class DatasetsPage:
    """A page of datasets, how many match in all, and the change set after which nothing is in it yet."""

    rows: tuple[DatasetRow, ...]
    total: int
    change_set: int


@dataclass(frozen=True, slots=True)
class FoundDatasets:
    """The ids of the datasets on a page, in order, and as :class:`DatasetsPage` how many match, and as of when."""

    ids: tuple[int, ...]
    total: int
    change_set: int


class Asked(TypedDict, total=False):
    """Which datasets of which desk, in what order, and which page of them: what :func:`datasets_page` takes."""

    workspace: Required[str]
    filter: Filter
    sort: Sequence[Sort]
    offset: int
    limit: int
    which: Which
    with_hidden: bool


def datasets_page(session: Session, **asked: Unpack[Asked]) -> DatasetsPage:
    """One page of the datasets of an offline desk; without a sort, those of the latest run come first.

    Parameters
    ----------
    sort
        By an attribute, a state (``state.tracker``), a value of OMS (``oms.era``) or a component, worst flags first.
    with_hidden
        Hidden ones too; a filter that speaks of ``hidden`` decides it itself. ``online`` is left out unless named.

    Raises
    ------
    InvalidFilter
        If the workspace, the filter, a sort, the offset or the limit cannot be.
    """
    catalogue = columns_catalogue(session)
    found = _found(session, catalogue, **asked)
    by_id = _rows(session, found.ids, catalogue)
    return DatasetsPage(tuple(by_id[id_] for id_ in found.ids if id_ in by_id), found.total, found.change_set)


def found_datasets(session: Session, **asked: Unpack[Asked]) -> FoundDatasets:
    """Which datasets are on a page, for :func:`dataset_rows` to tell of part by part; as :func:`datasets_page`."""
    return _found(session, columns_catalogue(session), **asked)


def _found(
    session: Session,
    catalogue: ColumnsCatalogue,
    *,
    workspace: str,
    filter: Filter = EVERYTHING,
    sort: Sequence[Sort] = (),
    offset: int = 0,
    limit: int = 50,
    which: Which = "editable",
    with_hidden: bool = False,
) -> FoundDatasets:
    if offset < 0 or not 0 <= limit <= MOST_ROWS:
        raise InvalidFilter(f"A page of {limit} rows from row {offset} on cannot be: 0 to {MOST_ROWS} rows, from 0 on.")
    latest = latest_change(session)
    names = [key.key if "-" in key.key else _sortable(key.key) for key in sort]
    beside_runs = any(run_attribute(name) not in (None, "run_number") for name in names if "-" not in name)
    condition = scope_of(
        session,
        filter,
        workspace=workspace,
        which=which,
        with_hidden=with_hidden,
        catalogue=catalogue,
        beside_runs=beside_runs,
    )
    table = BRIEF.join(RUN, RUN.c.run_number == BRIEF.c.run_number) if beside_runs else BRIEF
    matching = Matching(table, BRIEF.c.id, BRIEF.c.run_number, condition, _terms(sort, names, catalogue.flags))
    known, asked = _COUNTED.at(session, latest), (workspace, which, with_hidden, filter)
    total, ids = _page(session, matching, known.of(asked), filter == EVERYTHING, offset=offset, limit=limit)
    known.keep(asked, total)
    return FoundDatasets(tuple(ids), total, latest.change_set)


_COUNTED: Counting[int] = Counting()


def _page(
    session: Session, matching: Matching, total: int | None, is_all: bool, *, offset: int, limit: int
) -> tuple[int, Sequence[int]]:
    """As :meth:`Matching.page`, if nobody counted them yet; all that a desk lists is counted from its index alone."""
    if total is None and not is_all:
        return matching.page(session, offset=offset, limit=limit)
    if total is None:
        counted = select(func.count()).select_from(BRIEF).where(matching.condition)
        total = session.execute(counted).scalar_one()
    return total, session.execute(matching.ordered().offset(offset).limit(limit)).scalars().all()


def ids_of(
    session: Session,
    filter: Filter = EVERYTHING,
    *,
    workspace: str,
    which: Which = "editable",
    with_hidden: bool = False,
) -> tuple[int, ...]:
    """The ids of all datasets that :func:`datasets_page` pages through, ascending: what a batch on a filter is about.

    Raises
    ------
    InvalidFilter
        If the workspace or the filter cannot be.
    """
    condition = scope_of(
        session,
        filter,
        workspace=workspace,
        which=which,
        with_hidden=with_hidden,
        catalogue=columns_catalogue(session),
    )
    return tuple(session.execute(select(BRIEF.c.id).where(condition).order_by(BRIEF.c.id)).scalars())


def dataset_row(session: Session, run_number: int, name: str) -> DatasetRow:
    """One dataset of a run, hidden or not.

    Raises
    ------
    NotFound
        If there is no such dataset.
    """
    named = DATASET.c.run_number == run_number, DATASET.c.name == name
    row = session.execute(_selected().where(*named)).one_or_none()
    if row is None:
        raise NotFound(f"There is no dataset {run_number} {name}.")
    return _row(row, columns_catalogue(session))


def dataset_rows(session: Session, ids: Collection[int]) -> dict[int, DatasetRow]:
    """Datasets by id, hidden ones too; an id that is none is left out."""
    return _rows(session, ids, columns_catalogue(session))


def _rows(session: Session, ids: Collection[int], catalogue: ColumnsCatalogue) -> dict[int, DatasetRow]:
    if not ids:
        return {}
    rows = session.execute(_selected().where(DATASET.c.id == any_(literal(list(ids), ARRAY(Integer))))).all()
    return {row.id: _row(row, catalogue) for row in rows}


_MANY_VALUED = frozenset({"words", "gui", "cycle"})
_SHOWN: tuple[Attribute, ...] = tuple(a for a in DATASETS.attributes if a.name not in _MANY_VALUED)
_NAMES = tuple(attribute.name for attribute in _SHOWN)


def _selected() -> Select[Any]:
    own = (DATASET.c.id, DATASET.c.notes, DATASET.c.states, DATASET.c.counts, DATASET.c.attributes, DATASET.c.known)
    shown = (shown_column(attribute.name).label(attribute.name) for attribute in _SHOWN)
    joined = DATASET.join(BRIEF, BRIEF.c.id == DATASET.c.id).join(RUN, RUN.c.run_number == DATASET.c.run_number)
    return select(*own, RUN.c.known.label("run_known"), *shown).select_from(joined)


def _terms(sort: Sequence[Sort], names: Sequence[str], flags: Mapping[str, int]) -> list[Term]:
    columns = (worst_flags(name, flags) if "-" in name else sort_key(name) for name in names)
    return [(column, key.descending) for key, column in zip(sort, columns, strict=True)]


def _sortable(name: str) -> str:
    attribute = DATASETS.find(name)
    if attribute.name in _MANY_VALUED:
        raise InvalidFilter(f"Datasets cannot be sorted by {attribute.label}.")
    return attribute.name


def _row(row: Row[Any], catalogue: ColumnsCatalogue) -> DatasetRow:
    names = catalogue.names
    notes = {names[int(id_)]: note for id_, note in row.notes.items()}
    shown = (tuple(value) if type(value) is list else value for value in row[-len(_NAMES) :])
    return DatasetRow(
        id=row.id,
        run_number=row.run_number,
        name=row.dataset,
        lumisections=row.lumisections,
        attributes=dict(zip(_NAMES, shown, strict=True)),
        counts=FlagCounts(row.counts, catalogue.flags),
        commented=frozenset(column for column, note in notes.items() if note["comments"]),
        notes=notes,
        states=row.states,
        known=known_of(row.known, row.run_known),
        gui=tuple(sorted(name.removeprefix(GUI_PREFIX) for name in row.attributes if name.startswith(GUI_PREFIX))),
        is_hidden=row.is_hidden,
        last_change=row.last_change,
        changed_by=row.changed_by,
    )
