"""The head of the Offline page: whose desk it is, which of its lists, and which columns."""

from dataclasses import dataclass

import streamlit as st

from backend.configuration import GLOBAL, Side
from dashboard.choice import choice
from dashboard.data import desks
from dashboard.permits import own_desks
from dashboard.session import from_address, to_address

WORKSPACE = "workspace"
_MORE = "workspace-more"
EDITABLE, WAITING, ASIDE, HIDDEN = "editable", "waiting", "aside", "hidden"
LISTS = {EDITABLE: "Editable", WAITING: "Waiting", ASIDE: "Not significant", HIDDEN: "Hidden"}
FLAGS, STATES = "flags", "states"
SHEETS = {FLAGS: "Components", STATES: "States"}
_NEAR = ("tracker", "egamma")


@dataclass(frozen=True, slots=True)
class Desk:
    """Which workspace, which list of it, and which columns the page shows."""

    workspace: str
    listed: str
    sheet: str


def toolbar() -> Desk:
    """Draw the controls; the address of the page holds what they say."""
    st.html('<span class="rr-title" role="heading" aria-level="1">Offline</span>', width="content")
    workspace = _workspace()
    listed = choice("offline", "list", LISTS, label="List")
    sheet = choice("offline", "columns", SHEETS, label="Columns")
    return Desk(workspace, listed, sheet)


def _workspace() -> str:
    """The near desks side by side, those that are one's own first; all others in a list beside them."""
    names = [w.workspace for w in desks(Side.OFFLINE)]
    own = own_desks()
    near = own or [name for name in _NEAR if name in names]
    asked = from_address(WORKSPACE, own[0] if len(own) == 1 else GLOBAL)
    current = asked if asked in names else GLOBAL
    shown = list(dict.fromkeys([GLOBAL, *near, current]))
    chosen = st.segmented_control(
        "Workspace",
        shown,
        default=current,
        required=True,
        key=f"workspace-of-{'-'.join(shown)}-{current}",
        label_visibility="collapsed",
    )
    others = [name for name in names if name not in shown]
    st.selectbox(
        "Other workspaces",
        others,
        index=None,
        placeholder=f"{len(others)} more",
        key=_MORE,
        label_visibility="collapsed",
        width=104,
        on_change=_to_another,
    )
    if chosen != current:
        to_address(workspace=str(chosen))
        st.rerun()
    return current


def _to_another() -> None:
    to_address(**{WORKSPACE: st.session_state[_MORE]})
    st.session_state[_MORE] = None
