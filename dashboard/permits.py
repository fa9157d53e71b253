"""What I may not do is shown before the click: disabled, with the e-group that may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from backend.access import Action, Matrix, may, who_may
from backend.configuration import GLOBAL, Side, rights
from dashboard.data import desks, reading
from dashboard.literal import literal
from dashboard.session import person

_MOST_OWN = 4


@dataclass(frozen=True, slots=True)
class Permit:
    """Whether something may be done now, and if not, why not: a missing right, or a state that does not allow it."""

    is_given: bool
    reason: str = ""

    def and_if(self, condition: bool, otherwise: str) -> "Permit":
        """The permit, given only if this holds too."""
        return self if not self.is_given or condition else Permit(False, otherwise)


def permit(action: Action, workspace: str | None = None) -> Permit:
    """Whether the person in front of the page has the right."""
    rights_now = matrix()
    if may(person(), action, workspace, matrix=rights_now):
        return Permit(True)
    allowed = ", ".join(who_may(action, workspace, matrix=rights_now)) or "an e-group that nobody has yet"
    return Permit(False, f"To {action.meaning} needs e-group {allowed}.")


@st.cache_resource(ttl=10, show_spinner=False)
def matrix() -> Matrix:
    """The rights, shared, as nobody changes them in place: to copy them for each question is a tenth of a click."""
    with reading() as session:
        return rights(session)


def own_desks() -> list[str]:
    """The offline workspaces that the person certifies; none for who certifies so many that none is their own."""
    names = [w.workspace for w in desks(Side.OFFLINE) if w.workspace != GLOBAL]
    own = [name for name in names if permit(Action.FLAGS, name).is_given]
    return own if len(own) < _MOST_OWN else []


def permitted_button(
    label: str, given: Permit, *, key: str, on_click: Callable[..., None] | None = None, **how: Any
) -> bool:
    """A button that is disabled, with the reason on hover, where there is no permit."""
    help_ = literal(given.reason) if not given.is_given else how.pop("help", None)
    how.pop("help", None)
    return st.button(label, key=key, disabled=not given.is_given, help=help_, on_click=on_click, **how)


def permitted_submit(
    label: str, given: Permit, *, key: str, on_click: Callable[..., None], args: tuple[Any, ...]
) -> bool:
    """The button of a form that is disabled, with the reason on hover, where there is no permit."""
    help_ = None if given.is_given else literal(given.reason)
    return st.form_submit_button(label, key=key, disabled=not given.is_given, help=help_, on_click=on_click, args=args)
