"""Online: what is new and what is wrong, for the shift crew; every run of OMS with its quality, as it happens."""

import math
from collections.abc import Sequence

import streamlit as st

from backend.configuration import GLOBAL, Side
from backend.queries import EVERYTHING, Condition, Filter, Operator, RunsPage, Sort, all_of
from dashboard.components.act_bar import tell_outside
from dashboard.components.figures_line import figures_line
from dashboard.components.filter_bar import filter_bar
from dashboard.components.quality_grid import AttributeColumn, GridEvent, QualityColumn, event_of, quality_grid
from dashboard.data import catalogue, components_of, figures_of_runs, one_run, page_of_runs
from dashboard.downloads import download_of_runs
from dashboard.grid_sheets import ATTRIBUTES, BITS, MORE_ATTRIBUTES, grid_row, quality_columns
from dashboard.inspector import run_inspector
from dashboard.notes import notes_of_run
from dashboard.online_toolbar import fill_asked_for, toolbar
from dashboard.session import from_address, to_address
from dashboard.unavailable import or_its_sentence

ROWS = 100
GRID = "online-grid"
LIVE_SECONDS = 15
Column = AttributeColumn | QualityColumn


def online() -> None:
    """The page, top to bottom: what is asked, how much that is, the grid, and the run one looks at."""
    fill_asked_for()
    scope, workspace, sheet, live = toolbar()
    components = components_of(Side.ONLINE, workspace)
    asked = filter_bar(components_of(Side.ONLINE, GLOBAL))
    if scope == "significant":
        asked = all_of((Condition("is_significant", Operator.IS, True), asked))
    columns = quality_columns(catalogue(), sheet, components)
    st.fragment(or_its_sentence(_runs), run_every=LIVE_SECONDS if live else None)(asked, columns, sheet, live)


def _runs(asked: Filter, columns: tuple[QualityColumn, ...], sheet: str, live: bool) -> None:
    tell_outside()
    shown = (*ATTRIBUTES, *MORE_ATTRIBUTES, *columns)
    event = event_of(GRID, shown)
    sort = _sort(event)
    held = _held_back(asked, live)
    page = _page_number(event)
    figures = figures_of_runs(asked)  # they count the runs, and then the page need not
    found = page_of_runs(all_of((asked, held)), sort=sort, page=page, size=ROWS, with_bits=sheet == BITS)
    with st.container(key="figures-row", horizontal=True, vertical_alignment="center"):
        figures_line(figures)
        _pager(found.total, page=page, new=figures.runs - found.total)
        download_of_runs(all_of((asked, held)), sort)
    selected = event.selected or from_address("selected") or None
    to_address(selected=selected, page=str(page) if page > 1 else None)
    if event.opened:
        st.switch_page("views/run.py", query_params={"run": event.opened})
    with st.container(key="online-main", horizontal=True, gap="small"):
        with st.container(key="online-runs"):
            _grid(found, page=page, shown=shown, sheet=sheet, selected=selected, sort=sort)
        if selected and (run := one_run(int(selected))):
            run_inspector(run, seen=found.change_set)


def _grid(
    found: RunsPage, *, page: int, shown: Sequence[Column], sheet: str, selected: str | None, sort: tuple[Sort, ...]
) -> None:
    rows, names = found.rows, frozenset(column.name for column in shown)
    first = (page - 1) * ROWS
    text = f"Runs {first + 1:,}–{first + len(rows):,} of {found.total:,}" if rows else "No runs"
    quality_grid(
        columns=shown,
        rows=[grid_row(run, sheet, names) for run in rows],
        key=GRID,
        selected=selected,
        sort=(sort[0].key, sort[0].descending),
        shown=text,
        hover=notes_of_run,
        empty="No run matches the filter. Clear it, or look at all runs.",
    )


def _pager(total: int, *, page: int, new: int) -> None:
    if new > 0:
        st.button(f"{new} new", key="show-new", type="primary", on_click=_show_new)
    if total > ROWS:
        st.pagination(math.ceil(total / ROWS), key="pager-page", default=page)


def _sort(event: GridEvent) -> tuple[Sort, ...]:
    if event.sort:
        to_address(sort=f"{'-' if event.sort[1] else ''}{event.sort[0]}")
    said = from_address("sort", "-run_number")
    return (Sort(said.removeprefix("-"), said.startswith("-")),)


def _page_number(event: GridEvent) -> int:
    if event.sort:
        return 1
    return int(st.session_state.get("pager-page") or from_address("page", "1"))


def _held_back(asked: Filter, live: bool) -> Filter:
    """While live, runs that came after the page was opened wait until somebody asks for them."""
    if not live:
        st.session_state.pop("newest", None)
        return EVERYTHING
    if "newest" not in st.session_state:
        newest = page_of_runs(asked, sort=(Sort("run_number", True),), page=1, size=1).rows
        st.session_state["newest"] = newest[0].run_number if newest else 0
    return Condition("run_number", Operator.AT_MOST, st.session_state["newest"])


def _show_new() -> None:
    st.session_state.pop("newest", None)


online()
