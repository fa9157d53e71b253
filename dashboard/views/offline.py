"""Offline: confirm the good datasets of a workspace in one gesture, and look only at the odd ones."""

import math

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.configuration import GLOBAL, Side
from backend.queries import DATASETS, Sort, all_of
from dashboard.components.filter_bar import filter_bar
from dashboard.components.quality_grid import GridEvent, event_of, quality_grid
from dashboard.data import catalogue, components_of, desks, latest_act
from dashboard.offline.acts import Selection
from dashboard.offline.asked import PAGE, ROWS, order, page_number, ticked
from dashboard.offline.cycle import cycle_picker
from dashboard.offline.data import beside_express, these
from dashboard.offline.downloads import downloads
from dashboard.offline.listed import Listed, listed
from dashboard.offline.look import EVERYTHING, Agreement, look_at
from dashboard.offline.meant import meant
from dashboard.offline.moved_on import moved_on
from dashboard.offline.notes import notes_of_cell
from dashboard.offline.preview import TICKED, preview_dialog
from dashboard.offline.refused import refused
from dashboard.offline.sheets import Sheet, key_of, sheet_of_flags, sheet_of_states
from dashboard.offline.ticked import ticked_card
from dashboard.offline.toolbar import EDITABLE, FLAGS, Desk, toolbar
from dashboard.offline.tools import batch_tools
from dashboard.offline.waits import waiting_card
from dashboard.session import from_address, to_address

GRID = "offline-grid"
EXAMPLE = "dataset like %PromptReco% and (state.tracker = OPEN or tracker-strip BAD > 5)"


def offline() -> None:
    """The page, top to bottom: whose desk, what waits, what is asked, the datasets, and what may be done with them."""
    as_of = latest_act()
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center"):
        desk = toolbar()
        of_cycle = cycle_picker(desk.workspace, as_of)
        st.space("stretch")
        ways_out = st.container(key="offline-ways-out", horizontal=True, width="content")
    refused()
    beside_page = st.container(key="offline-beside")
    if desk.listed == EDITABLE:
        waiting_card(desk, as_of)
    with st.container(key="offline-asked", horizontal=True, vertical_alignment="center"):
        typed = filter_bar(components_of(Side.OFFLINE, GLOBAL), DATASETS, example=EXAMPLE)
        beside_filter = st.container(key="offline-look", horizontal=True, width="content")
    asked, sheet = all_of((of_cycle, typed)), _sheet(desk)
    event = event_of(GRID, sheet.columns)
    sort, page = order(event, sheet), page_number(event)
    read = listed(desk, asked, sheet, sort=sort, page=page, as_of=as_of)
    found = read.page
    selection = Selection(these(ticked(event)), desk.workspace, sheet.components, found.change_set)
    with ways_out:
        batch_tools(desk, asked, selection, total=found.total)
        downloads(desk, asked, sort, components_of(Side.OFFLINE, desk.workspace))
    with st.container(key="offline-main", horizontal=True, gap="small"):
        with st.container(key="offline-datasets"):
            shown = _grid(read, event, sheet, desk, sort=sort, page=page, beside_filter=beside_filter)
        ticked_card(selection, meant(desk, asked, sheet, shown, total=found.total))
    with beside_page:
        moved_on(found, selection)
    preview_dialog()
    if event.opened:
        key = key_of(event.opened)
        names = beside_express(key)
        st.switch_page("views/run.py", query_params={"run": str(key.run_number), "datasets": names})


def _sheet(desk: Desk) -> Sheet:
    if desk.sheet == FLAGS:
        return sheet_of_flags(catalogue(), desk.workspace, components_of(Side.OFFLINE, desk.workspace))
    return sheet_of_states(desk.workspace, [w.workspace for w in desks(Side.OFFLINE)])


def _grid(
    read: Listed,
    event: GridEvent,
    sheet: Sheet,
    desk: Desk,
    *,
    sort: tuple[Sort, ...],
    page: int,
    beside_filter: DeltaGenerator,
) -> frozenset[str]:
    """Draw the datasets; gives the ids of the open ones of this page in which Express agrees."""
    rows, found = read.rows, read.page
    with beside_filter:
        look = look_at(rows) if sheet.components else EVERYTHING
        if found.total > ROWS:
            st.pagination(math.ceil(found.total / ROWS), key=PAGE, default=page)
    selected = event.selected or from_address("selected") or None
    to_address(selected=selected, page=str(page) if page > 1 else None)
    first = (page - 1) * ROWS
    text = f"Datasets {first + 1:,}–{first + len(rows):,} of {found.total:,}"
    quality_grid(
        columns=sheet.columns,
        rows=[row.as_row(sheet) for row in rows if look.lets_through(row)],
        key=GRID,
        selected=selected,
        ticked=st.session_state.get(TICKED, frozenset()),
        sort=(sort[0].key, sort[0].descending),
        shown=text if rows else "No datasets",
        hover=notes_of_cell,
        empty="No dataset matches. Clear the filter, or look at another list.",
    )
    return frozenset(row.id for row in rows if row.agreement is Agreement.AGREES)


offline()
