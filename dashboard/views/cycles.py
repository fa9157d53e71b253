"""Cycles: what there is to certify until when, how far everybody is with it, and to bring one to its end."""

from datetime import datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.access import Action
from backend.configuration import GLOBAL, Side
from backend.queries.cycles import CycleFacts
from dashboard.asking import question
from dashboard.components.row_list import Column, Mark, Row, row_list
from dashboard.cycles_data import cycles_of
from dashboard.cycles_datasets import cycle_datasets
from dashboard.cycles_form import PAGE, new_cycle
from dashboard.cycles_head import cycle_card, deadline_mark, now
from dashboard.cycles_taken import cycles_taken
from dashboard.data import desks
from dashboard.literal import literal
from dashboard.offline.refused import refused
from dashboard.permits import permit, permitted_button
from dashboard.session import forget_unless, from_address, to_address
from models.vocabulary import CycleState

_COLUMNS = (
    Column("Cycle", "name"),
    Column("Deadline", width=140),
    Column("Certified", "share", 106),
    Column("", "pill", 96),
)


def cycles_page() -> None:
    """The page, top to bottom: whose desk, the cycles, the one that one looks at and its datasets."""
    workspace, ways_out = _toolbar()
    refused()
    found, seen = cycles_of(workspace)
    chosen = _chosen(found)
    with ways_out:
        cycles_taken(found, chosen, workspace)
    with st.container(key="cycles-main", horizontal=True, gap="small"):
        with st.container(key="cycles-side", width=470):
            row_list(
                columns=_COLUMNS,
                rows=[_row(cycle, workspace, now()) for cycle in found],
                key="cycles-of-desk",
                label="Cycles",
                selected=None if chosen is None else str(chosen.id),
                choose=lambda id_: to_address(cycle=id_),
                empty="No cycle is for this workspace.",
            )
        if chosen is not None:
            with st.container(key="cycles-list"):
                cycle_card(chosen, workspace, seen)
                cycle_datasets(chosen, workspace, seen)
    question(PAGE)


def _toolbar() -> tuple[str, DeltaGenerator]:
    """Draw it; gives the workspace, and where the ways to take the page away stand."""
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center"):
        st.html('<span class="rr-title" role="heading" aria-level="1">Cycles</span>', width="content")
        names = sorted((w.workspace for w in desks(Side.OFFLINE)), key=lambda name: (name != GLOBAL, name))
        forget_unless("workspace", names)
        workspace = st.selectbox(
            "Workspace", names, key="workspace", bind="query-params", label_visibility="collapsed", width=150
        )
        st.space("stretch")
        ways_out = st.container(key="cycles-ways-out", horizontal=True, width="content")
        if permitted_button("New cycle", permit(Action.CYCLE_MANAGE), key="cycle-new"):
            new_cycle(workspace)
    return str(workspace), ways_out


def _chosen(found: tuple[CycleFacts, ...]) -> CycleFacts | None:
    """The cycle that the address names; the first of the list, if it names none of it."""
    asked = from_address("cycle")
    chosen = next((cycle for cycle in found if str(cycle.id) == asked), None)
    if asked and chosen is None:
        st.warning(literal(f"This workspace has no cycle {asked}; it may have been deleted, or be another's."))
    return chosen or (found[0] if found else None)


def _row(cycle: CycleFacts, workspace: str, at: datetime) -> Row:
    progress = cycle.progress[workspace]
    is_done = progress.state is CycleState.COMPLETED
    share = progress.completed / progress.of if progress.of else (1.0 if is_done else 0.0)
    state = Mark(progress.state.value, "quiet" if is_done else "accent")
    return Row(str(cycle.id), (cycle.name, deadline_mark(cycle, workspace, at), share, state))


cycles_page()
