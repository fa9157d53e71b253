"""Settings: what is configured and not coded, who may change it, and what the worker does."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from backend.access import Action
from dashboard.permits import permit, permitted_button
from dashboard.session import to_address
from dashboard.settings_accepted import accepted_tab
from dashboard.settings_form import NEW, close_form
from dashboard.settings_jobs import jobs_tab
from dashboard.settings_permissions import permissions_tab
from dashboard.settings_taken import settings_taken
from dashboard.settings_tokens import tokens_tab
from dashboard.settings_workspaces import causes_tab, workspaces_tab


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: what draws it, and which right a new piece needs; none: pieces are not made here."""

    draw: Callable[[], None]
    adds: Action | None = None


TABS = {
    "Accepted datasets": Tab(accepted_tab, Action.ACCEPTED_DATASET),
    "Workspaces": Tab(workspaces_tab, Action.WORKSPACE_MANAGE),
    "Causes": Tab(causes_tab),
    "Permissions": Tab(permissions_tab, Action.PERMISSION),
    "Tokens": Tab(tokens_tab),
    "Jobs and tasks": Tab(jobs_tab),
}


def settings_page() -> None:
    """The page, top to bottom: which tab, a new piece, and the tab."""
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center"):
        st.html('<span class="rr-title" role="heading" aria-level="1">Settings</span>', width="content")
        name = st.segmented_control(
            "What",
            list(TABS),
            key="tab",
            default="Accepted datasets",
            required=True,
            bind="query-params",
            label_visibility="collapsed",
            on_change=lambda: to_address(name=None, task=None, job=None),
        )
        st.space("stretch")
        tab = TABS[str(name)]
        settings_taken(str(name))
        if tab.adds is not None:
            permitted_button("New", permit(tab.adds), key="settings-new", on_click=close_form, args=(str(name), NEW))
    tab.draw()


settings_page()
