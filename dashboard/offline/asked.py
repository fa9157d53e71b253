"""What the page is asked for beside the filter: the order, the page of the list, and the ticked datasets."""

import streamlit as st

from backend.queries import Sort
from backend.record import DatasetKey
from dashboard.components.quality_grid import GridEvent
from dashboard.offline.preview import TICKED
from dashboard.offline.sheets import Sheet, key_of
from dashboard.session import from_address, to_address

ROWS = 100
"""Datasets on a page of the list."""

PAGE = "offline-page"
"""The key of the pager."""


def ticked(event: GridEvent) -> frozenset[DatasetKey]:
    """The ticked datasets, those that a filter hides now included."""
    if event.ticked is not None:
        st.session_state[TICKED] = event.ticked
    return frozenset(key_of(id_) for id_ in st.session_state.get(TICKED, ()))


def order(event: GridEvent, sheet: Sheet) -> tuple[Sort, ...]:
    """The order that the address holds; the latest run first where it holds none, or none that can be."""
    if event.sort and event.sort[0] in sheet.sortable:
        to_address(sort=f"{'-' if event.sort[1] else ''}{event.sort[0]}")
    said = from_address("sort", "-run_number")
    known = said.removeprefix("-") in sheet.sortable
    return (Sort(said.removeprefix("-"), said.startswith("-")) if known else Sort("run_number", True),)


def page_number(event: GridEvent) -> int:
    """Which page of the list; another order begins at the first."""
    asked = str(st.session_state.get(PAGE) or from_address("page", "1"))
    return 1 if event.sort or not asked.isdecimal() else max(1, int(asked))
