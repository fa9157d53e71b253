"""The controls above the runs of the Online page; the address of the page holds what they say."""

from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from backend.configuration import GLOBAL, Side
from dashboard.choice import choice
from dashboard.components.filter_bar import FILTER
from dashboard.data import desks
from dashboard.grid_sheets import SHEETS
from dashboard.session import forget_unless, from_address, to_address

SCOPES = {"all": "All runs", "significant": "Significant"}


def fill_asked_for() -> None:
    """``?fill=`` in the address, of the jump box or a link, becomes the filter."""
    if fill := from_address("fill"):
        st.session_state[FILTER] = f"fill = {fill}"
        to_address(fill=None)
        with suppress(
            StreamlitAPIException
        ):  # refused where the filter bar was drawn before: it writes the address itself
            to_address(**{FILTER: f"fill = {fill}"})


def toolbar() -> tuple[str, str, str, bool]:
    """Draw the controls: which runs, whose components, which columns, and whether the page looks again by itself."""
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center"):
        st.html('<span class="rr-title" role="heading" aria-level="1">Online</span>', width="content")
        scope = choice("online", "runs", SCOPES, label="Runs")
        names = sorted((w.workspace for w in desks(Side.ONLINE)), key=lambda n: (n != GLOBAL, n))
        forget_unless("workspace", names)
        workspace = st.selectbox(
            "Workspace", names, key="workspace", bind="query-params", label_visibility="collapsed", width=150
        )
        sheet = choice("online", "columns", SHEETS, label="Columns")
        st.space("stretch")
        live = st.toggle("Live", key="live", bind="query-params", help="Look again every 15 s; nothing moves under you")
    return scope, str(workspace), sheet, live
