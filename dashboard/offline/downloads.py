"""A table of datasets taken away: as CSV, as the call of the Python client, and as links to other systems."""

from collections.abc import Sequence

import streamlit as st

from backend.errors import InvalidFilter
from backend.queries import DATASETS, Condition, DatasetRow, Filter, Operator, Sort, all_of, any_of
from dashboard.literal import literal
from dashboard.offline.data import of_list, page_of_datasets
from dashboard.offline.links import links_of_table
from dashboard.offline.python_call import client_filter, python_call
from dashboard.offline.toolbar import EDITABLE, WAITING, Desk
from dashboard.taking_away import csv_of
from models.vocabulary import ONLINE, DatasetState, Status

MOST_ROWS = 20_000
"""As many datasets as one file holds."""

_EDITABLE = (DatasetState.OPEN, DatasetState.SIGNOFF, DatasetState.COMPLETED)


def downloads(desk: Desk, asked: Filter, sort: Sequence[Sort], components: Sequence[str]) -> None:
    """The ways to take the table away; the file is made when it is asked for."""
    whole = as_asked(desk, asked)
    with st.popover("Download", key="offline-download"):
        st.download_button(
            "Datasets as CSV",
            data=lambda: datasets_csv(
                page_of_datasets(desk, asked, sort=sort, page=1, size=MOST_ROWS).rows, components
            ),
            file_name="datasets.csv",
            mime="text/csv",
            on_click="ignore",
            key="offline-csv",
        )
        st.caption("All attributes, the states, and per component and status the lumisections.")
    with st.popover("As Python", key="offline-python"):
        try:
            st.code(python_call(whole, DATASETS), language="python")
        except InvalidFilter as error:
            st.info(literal(str(error)))
    with st.popover("Links", key="offline-links"):
        _links(whole)


def whole_list(desk: Desk, asked: Filter, sort: Sequence[Sort]) -> tuple[DatasetRow, ...]:
    """Every dataset of the list, as many as one file holds."""
    return page_of_datasets(desk, asked, sort=sort, page=1, size=MOST_ROWS).rows


def as_asked(desk: Desk, asked: Filter) -> Filter:
    """Everything that the list asks for, in one filter: what a client needs to get the same datasets."""
    state = f"state.{desk.workspace}"
    of_desk = {
        EDITABLE: any_of(Condition(state, Operator.IS, word.value) for word in _EDITABLE),
        WAITING: Condition(state, Operator.IS, DatasetState.WAITING.value),
    }.get(desk.listed)
    not_online = Condition("dataset", Operator.IS_NOT, ONLINE)
    return all_of(part for part in (not_online, of_desk, of_list(desk, asked)) if part is not None)


def datasets_csv(rows: Sequence[DatasetRow], components: Sequence[str]) -> bytes:
    """The datasets with all their attributes, their states, and per component and status the lumisections."""
    return csv_of(*datasets_table(rows, components))


def datasets_table(
    rows: Sequence[DatasetRow], components: Sequence[str]
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """The headings and the cells of a table of datasets."""
    lines = [_line(row, components) for row in rows]
    headings = tuple(dict.fromkeys(heading for line in lines for heading in line))
    return headings, [tuple(line.get(heading) for heading in headings) for line in lines]


def _line(row: DatasetRow, components: Sequence[str]) -> dict[str, object]:
    states = {f"{workspace}_state": word for workspace, word in sorted(row.states.items())}
    counts = {
        f"{component}.{status.word}": row.counts.get(component, {}).get(status, 0)
        for component in components
        for status in Status
    }
    return {**row.attributes, "gui": row.gui, **states, **counts}


def _links(whole: Filter) -> None:
    try:
        links = links_of_table(client_filter(whole, DATASETS))
    except InvalidFilter as error:
        st.info(literal(str(error)))
        return
    for label, address in links:
        st.link_button(f"These datasets in {label}", address)
