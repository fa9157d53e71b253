"""What the Cycles page reads: cycles with how far everybody is, and the datasets of one."""

from collections.abc import Sequence

import streamlit as st

from backend.errors import RegistryError
from backend.queries import DATASETS, Condition, DatasetsPage, Operator, Sort, datasets_page, ids_of, latest_change
from backend.queries import parse_filter as read_filter
from backend.queries.cycles import CycleFacts, cycles, pending_cycles
from dashboard.data import reading


def cycles_of(workspace: str) -> tuple[tuple[CycleFacts, ...], int]:
    """The cycles of a workspace, pending ones first, and the act up to which that was looked at."""
    with reading() as session:
        seen = latest_change(session).change_set
        return cycles(session, workspace), seen


def datasets_in(cycle: int, workspace: str, *, sort: Sequence[Sort], page: int, size: int) -> DatasetsPage:
    """One page of the datasets of a cycle, whatever their state, counted from 1."""
    with reading() as session:
        return datasets_page(
            session,
            workspace=workspace,
            filter=Condition("cycle", Operator.IS, cycle),
            sort=sort,
            offset=(page - 1) * size,
            limit=size,
            which="all",
            with_hidden=True,
        )


def matching(text: str, workspace: str) -> tuple[int, ...]:
    """The ids of the datasets that a filter lets through, written as in the filter bar of Offline.

    Raises
    ------
    InvalidFilter
        If it cannot be read.
    """
    with reading() as session:
        return ids_of(session, read_filter(text, DATASETS), workspace=workspace, which="all")


def cycles_title(workspace: str) -> str:
    """How the page is called in the menu: with the number of cycles that wait for the workspace, if there are any."""
    try:
        waiting = _pending(workspace)
    except RegistryError:
        return "Cycles"  # the page itself says what is wrong
    return f"Cycles ({waiting})" if waiting else "Cycles"


@st.cache_data(ttl=15, show_spinner=False)
def _pending(workspace: str) -> int:
    with reading() as session:
        return pending_cycles(session, workspace)
