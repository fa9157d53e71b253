"""The head of the Offline page: whose desk it is, which of its lists, and which columns."""

from dataclasses import dataclass

import streamlit as st

from backend.access import Action
from backend.configuration import GLOBAL, Side
from dashboard.choice import choice
from dashboard.data import desks
from dashboard.permits import permit
from dashboard.session import from_address, to_address

WORKSPACE = "workspace"
EDITABLE, WAITING, ASIDE, HIDDEN = "editable", "waiting", "aside", "hidden"
LISTS = {EDITABLE: "Editable", WAITING: "Waiting", ASIDE: "Not significant", HIDDEN: "Hidden"}
FLAGS, STATES = "flags", "states"
SHEETS = {FLAGS: "Components", STATES: "States"}
_NEAR = ("tracker", "egamma")
_MOST_NEAR = 4


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
    own = [name for name in names if name != GLOBAL and permit(Action.FLAGS, name).is_given]
    near = own if 0 < len(own) < _MOST_NEAR else [name for name in _NEAR if name in names]
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
    with st.popover(f"{len(others)} more", key="workspace-more"):
        for name in others:
            st.button(name, key=f"workspace-{name}", type="tertiary", on_click=to_address, kwargs={WORKSPACE: name})
    if chosen != current:
        to_address(workspace=str(chosen))
        st.rerun()
    return current
