"""The datasets of a cycle in the quality grid; the ticked ones are moved, reopened or taken out."""

import math

import streamlit as st

from backend.access import Action
from backend.certify.cycles import remove_datasets
from backend.certify.orders import MoveInCycle
from backend.configuration import Side
from backend.queries import DatasetRow, Sort
from backend.queries.cycles import CycleFacts
from backend.record import DatasetKey
from dashboard.components.quality_grid import GridEvent, event_of, quality_grid
from dashboard.cycles_data import datasets_in
from dashboard.cycles_form import confirm, confirm_order
from dashboard.data import catalogue, components_of
from dashboard.offline.acts import datasets
from dashboard.offline.look import looked_at
from dashboard.offline.notes import notes_of_cell
from dashboard.offline.sheets import key_of, row_id, sheet_of_flags
from dashboard.permits import permit, permitted_button
from dashboard.session import from_address, to_address
from models.vocabulary import DatasetState

ROWS = 100
_TICKED = "cycle-ticked"
_MOVES = (
    ("Sign off", (DatasetState.OPEN,), DatasetState.SIGNOFF),
    ("Complete", (DatasetState.OPEN, DatasetState.SIGNOFF), DatasetState.COMPLETED),
    ("Reopen", (DatasetState.SIGNOFF, DatasetState.COMPLETED), DatasetState.OPEN),
)
"""What it is called, from which states, to which."""


def cycle_datasets(cycle: CycleFacts, workspace: str, seen: int) -> None:
    """Draw what may be done with the ticked ones, and the datasets."""
    sheet = sheet_of_flags(catalogue(), workspace, components_of(Side.OFFLINE, workspace))
    key = f"cycle-grid-{cycle.id}-{workspace}"
    event = event_of(key, sheet.columns)
    sort = _sort(event, sheet.sortable)
    page = 1 if event.sort else int(st.session_state.get("cycle-page") or 1)
    found = datasets_in(cycle.id, workspace, sort=sort, page=page, size=ROWS)
    ticked = _ticked(key, event)
    rows = {row_id(DatasetKey(row.run_number, row.name)): row for row in found.rows}
    _acts(cycle, [rows[id_] for id_ in sorted(ticked & rows.keys())], workspace, seen)
    quality_grid(
        columns=sheet.columns,
        rows=[row.as_row(sheet) for row in looked_at(found.rows, sheet)],
        key=key,
        selected=event.selected,
        ticked=ticked,
        sort=(sort[0].key, sort[0].descending),
        shown=f"{len(found.rows):,} of {found.total:,} datasets",
        hover=notes_of_cell,
        empty="No dataset of the cycle is here.",
    )
    if found.total > ROWS:
        st.pagination(math.ceil(found.total / ROWS), key="cycle-page", default=page)
    if event.opened:
        opened = key_of(event.opened)
        st.switch_page("views/run.py", query_params={"run": str(opened.run_number), "datasets": opened.name})


def _acts(cycle: CycleFacts, ticked: list[DatasetRow], workspace: str, seen: int) -> None:
    pending = cycle.is_pending(workspace)
    with st.container(key="cycle-ticked", horizontal=True, vertical_alignment="center"):
        st.html(f'<span class="rr-label">{len(ticked):,} ticked</span>', width="content")
        for label, states, to in _MOVES:
            ids = tuple(row.id for row in ticked if row.states.get(workspace) in states)
            given = permit(Action.CYCLE_MOVE, workspace)
            given = given.and_if(pending, f"The cycle is completed in {workspace}: make it pending first.")
            given = given.and_if(bool(ids), f"Tick datasets that are {' or '.join(states)} in {workspace}.")
            if permitted_button(f"{label} {len(ids):,}", given, key=f"cycle-ticked-{label.lower().replace(' ', '-')}"):
                _confirm_move(cycle, ids, to, workspace=workspace, seen=seen)
        st.space("stretch")
        given = permit(Action.CYCLE_MANAGE).and_if(bool(ticked), "Tick datasets first.")
        if permitted_button(f"Take {len(ticked):,} out", given, key="cycle-remove"):
            _confirm_removing(cycle, tuple(row.id for row in ticked), seen)


def _confirm_move(cycle: CycleFacts, ids: tuple[int, ...], to: DatasetState, *, workspace: str, seen: int) -> None:
    confirm_order(
        f"{datasets(len(ids))} of {cycle.name} moved to {to} in {workspace}",
        [f"**{datasets(len(ids))}** become{'s' * (len(ids) == 1)} **{to}** in {workspace}."],
        f"Move {len(ids):,} to {to}",
        MoveInCycle(cycle=cycle.id, desk=workspace, to=to),
        ids=ids,
        seen=seen,
    )


def _confirm_removing(cycle: CycleFacts, ids: tuple[int, ...], seen: int) -> None:
    confirm(
        f"{datasets(len(ids))} taken out of {cycle.name}",
        [f"**{len(ids):,} of {len(cycle.datasets):,}** datasets leave the cycle; they stay as they are."],
        f"Take {len(ids):,} out",
        lambda s, who, why: remove_datasets(s, who, cycle.id, ids=ids, why=why, seen=seen),
    )


def _ticked(key: str, event: GridEvent) -> frozenset[str]:
    kept: dict[str, frozenset[str]] = st.session_state.setdefault(_TICKED, {})
    if event.ticked is not None:
        kept[key] = event.ticked
    return kept.get(key, frozenset())


def _sort(event: GridEvent, sortable: frozenset[str]) -> tuple[Sort, ...]:
    if event.sort and event.sort[0] in sortable:
        to_address(sort=f"{'-' if event.sort[1] else ''}{event.sort[0]}")
    said = from_address("sort", "-run_number")
    known = said.removeprefix("-") in sortable
    return (Sort(said.removeprefix("-"), said.startswith("-")) if known else Sort("run_number", True),)
