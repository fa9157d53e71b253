"""What the Offline page reads: a page of a desk's list, what Express says of the same runs, and the ticked datasets."""

from collections.abc import Collection, Iterable, Sequence

import streamlit as st

from backend.certify.ticked import CLOSED
from backend.queries import (
    EVERYTHING,
    Condition,
    DatasetRow,
    DatasetsPage,
    Filter,
    Operator,
    Sort,
    all_of,
    datasets_page,
)
from backend.queries.closing import closed_by
from backend.queries.express import ExpressSays, express_of_runs, where_express_agrees
from backend.queries.high_voltage import lumisections_ready
from backend.queries.ticked_rows import TickedRow, ticked_rows
from backend.record import DatasetKey
from dashboard.data import catalogue, reading
from dashboard.offline.toolbar import ASIDE, EDITABLE, HIDDEN, WAITING, Desk
from models.vocabulary import DatasetState

MOST_TICKED = 20_000


def of_list(desk: Desk, asked: Filter) -> Filter:
    """The filter with what the list of the desk asks besides."""
    match desk.listed:
        case str() as listed if listed == ASIDE:
            state = Condition(f"state.{desk.workspace}", Operator.IS, DatasetState.NOT_SIGNIFICANT.value)
            return all_of((state, asked))
        case str() as listed if listed == HIDDEN:
            return all_of((Condition("is_hidden", Operator.IS, True), asked))
    return asked


def page_of_datasets(desk: Desk, asked: Filter, *, sort: Sequence[Sort], page: int, size: int) -> DatasetsPage:
    """One page of the list, counted from 1."""
    which = {EDITABLE: "editable", WAITING: "waiting"}.get(desk.listed, "all")
    with reading() as session:
        return datasets_page(
            session,
            workspace=desk.workspace,
            filter=of_list(desk, asked),
            sort=sort,
            offset=(page - 1) * size,
            limit=size,
            which=which,
        )


@st.cache_resource(max_entries=64, show_spinner=False)
def waiting(workspace: str, *, most: int, as_of: int) -> DatasetsPage:
    """The latest of those that wait for the DQM GUI in the workspace, whatever is filtered.

    ``as_of`` is the latest act: until there is another one, what was read holds, for everybody.
    """
    with reading() as session:
        return datasets_page(session, workspace=workspace, filter=EVERYTHING, limit=most, which="waiting")


def express_of(rows: Iterable[DatasetRow]) -> dict[int, ExpressSays]:
    """Run → what Express says of it, of the runs that these datasets are of."""
    with reading() as session:
        return express_of_runs(session, {row.run_number for row in rows}, columns=catalogue())


def beside_express(key: DatasetKey) -> list[str]:
    """The dataset as the Run page shows it: beneath Express of the same run, where that is another one."""
    with reading() as session:
        found = express_of_runs(session, [key.run_number], columns=catalogue())
    return list(dict.fromkeys([*(express.name for express in found.values()), key.name]))


def agreeing(rows: Iterable[DatasetRow], columns: Collection[int]) -> frozenset[int]:
    """The datasets, of these, of which Express says the same in every lumisection of these columns."""
    with reading() as session:
        return frozenset(where_express_agrees(session, [row.id for row in rows], columns=columns))


def who_closed(rows: Iterable[DatasetRow], workspace: str) -> dict[int, str]:
    """Who signed off or completed those of the datasets that are closed in the workspace."""
    ids = [row.id for row in rows if row.states.get(workspace) in CLOSED]
    with reading() as session:
        return {id_: closed.by for id_, closed in closed_by(session, ids, workspace=workspace).items()}


def where_ready(rows: Iterable[DatasetRow], bits: Collection[str]) -> dict[int, int]:
    """In how many lumisections of each dataset all of these DCS bits say ready."""
    with reading() as session:
        return lumisections_ready(session, [row.id for row in rows], bits=bits)


def these(keys: Collection[DatasetKey]) -> tuple[TickedRow, ...]:
    """The datasets with these names, whatever list they are on and whether they are hidden."""
    with reading() as session:
        return ticked_rows(session, keys)
