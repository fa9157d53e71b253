"""What waits for the DQM GUI: the latest few above the editable ones, each to be opened by hand where one may."""

from datetime import UTC, datetime
from html import escape

import streamlit as st

from backend.access import Action
from backend.queries import DatasetRow
from dashboard.offline.acts import Selection, move
from dashboard.offline.data import waiting
from dashboard.offline.toolbar import Desk
from dashboard.permits import Permit, permit, permitted_button
from dashboard.session import from_address, to_address
from models.vocabulary import DatasetState

MOST = 4
FOLDED = "waiting"


def waiting_card(desk: Desk, as_of: int) -> None:
    """Draw the card, as of the latest act; where nothing waits, there is none."""
    found = waiting(desk.workspace, most=MOST, as_of=as_of)
    if not found.total:
        return
    is_folded = from_address(FOLDED) == "folded"
    given = permit(Action.DATASET_REOPEN, desk.workspace)
    with st.container(key="offline-waiting"):
        with st.container(key="offline-waiting-head", horizontal=True, vertical_alignment="center"):
            st.html(_head(found.total, given), width="content")
            st.space("stretch")
            st.button(
                "Unfold" if is_folded else "Fold",
                key="offline-fold",
                type="tertiary",
                on_click=to_address,
                kwargs={FOLDED: None if is_folded else "folded"},
            )
        for row in () if is_folded else found.rows:
            _row(row, desk, given, found.change_set)


def _row(row: DatasetRow, desk: Desk, given: Permit, seen: int) -> None:
    with st.container(key=f"offline-waits-{row.id}", horizontal=True, vertical_alignment="center"):
        st.html(_line(row), width="stretch")
        permitted_button(
            "Open now",
            given,
            key=f"offline-open-{row.id}",
            on_click=move,
            args=(
                Selection((row,), desk.workspace, (), seen),
                (DatasetState.WAITING,),
                DatasetState.OPEN,
            ),
        )


def _head(total: int, given: Permit) -> str:
    said = "Opened by the check of the DQM GUI. <b>Open now</b> does not wait for it"
    said += "." if given.is_given else f"; it needs {escape(given.reason.partition(' needs ')[2])}"
    more = f" · the latest {MOST} are shown, all are in the list Waiting" if total > MOST else ""
    return (
        f'<span class="rr-h2">Waiting for DQM GUI</span><span class="rr-count">{total:,}</span>'
        f'<span class="rr-label">{said}{more}</span>'
    )


def _line(row: DatasetRow) -> str:
    ended = row.attributes.get("end_time")
    since = f"run ended {_ago(ended)} ago" if isinstance(ended, datetime) else "running"
    return (
        f'<div class="rr-waits"><b>{row.run_number}</b><code>{escape(row.name)}</code>'
        f"<span>{row.lumisections:,} LS</span><span>{since}</span></div>"
    )


def _ago(moment: datetime) -> str:
    hours = (datetime.now(UTC) - moment).total_seconds() / 3600
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:,.0f} d"
