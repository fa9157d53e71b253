"""What may be done with a run: move its state, mark it significant, say its class and why it stopped, refresh it."""

from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from backend.access import Action
from backend.certify.moving_runs import move_run
from backend.certify.runs import edit_run_class, edit_stop_reason, mark_significant, unmark_significant
from backend.record import Recorded
from dashboard.doing import do
from dashboard.literal import literal
from dashboard.permits import permit, permitted_button
from dashboard.run_oms import ask_oms
from models.vocabulary import RunState

_MOVES = {
    RunState.OPEN: (("Sign off", RunState.SIGNOFF, Action.RUN_MOVE, "signed off"),),
    RunState.SIGNOFF: (
        ("Complete", RunState.COMPLETED, Action.RUN_MOVE, "completed"),
        ("Reopen", RunState.OPEN, Action.RUN_REOPEN, "reopened"),
    ),
    RunState.COMPLETED: (("Back to sign-off", RunState.SIGNOFF, Action.RUN_REOPEN, "moved back to sign-off"),),
}


def run_acts(run_number: int, attributes: Mapping[str, Any], *, seen: int) -> None:
    """Draw the buttons. ``seen`` is the change set that the page shows: what came after it is a conflict."""
    state, is_significant = attributes["state"], bool(attributes["is_significant"])
    refused = ""
    is_open = state == RunState.OPEN
    with st.container(key="run-acts", horizontal=True, gap="small"):
        for label, to, action, done in _MOVES.get(RunState(state), ()) if state else ():
            given = permit(action).and_if(is_significant, "A run that is not significant is not signed off.")
            act = partial(
                do,
                f"Run {run_number} {done}",
                lambda session, who, state=to: move_run(session, who, run_number, state, seen=seen),
            )
            permitted_button(label, given, key=f"act-{to.lower()}", on_click=act)
            refused = refused or given.reason
        _significance(run_number, is_significant, is_open=is_open, seen=seen)
        with st.popover("Class · stop reason", key="act-words"):
            _words(run_number, attributes, is_open=is_open, seen=seen)
        with st.popover("OMS", key="act-oms"):
            ask_oms(run_number, is_open=is_open, seen=seen)
        if refused:
            st.html(f'<span class="rr-label rr-reason" title="{escape(refused)}">{escape(refused)}</span>')


def _significance(run_number: int, is_significant: bool, *, is_open: bool, seen: int) -> None:
    given = permit(Action.RUN_SIGNIFICANT).and_if(is_open, "Only an OPEN run can be marked.")
    command = unmark_significant if is_significant else mark_significant
    done = f"Run {run_number} marked as {'not ' if is_significant else ''}significant"
    label = "Not significant" if is_significant else "Mark significant"
    act = partial(do, done, lambda session, who: command(session, who, run_number, seen=seen))
    permitted_button(label, given, key="act-significant", on_click=act, type="tertiary")


def _words(run_number: int, attributes: Mapping[str, Any], *, is_open: bool, seen: int) -> None:
    closed = "Only an OPEN run can be edited."
    for label, old, action, command in (
        ("Class", attributes["run_class"], Action.RUN_CLASS, edit_run_class),
        ("Stop reason", attributes["stop_reason"], Action.RUN_STOP_REASON, edit_stop_reason),
    ):
        given = permit(action).and_if(is_open, closed)
        key = f"act-{action}-{run_number}"
        new = st.text_input(
            label, value=old or "", key=key, disabled=not given.is_given, help=literal(given.reason) or None
        )
        changed = given.and_if(new.strip() != (old or ""), "Nothing is changed.")
        act = partial(_save, label, command, run_number, typed_in=key, seen=seen)
        permitted_button(f"Save {label.lower()}", changed, key=f"{key}-save", on_click=act)


def _save(label: str, command: Callable[..., Recorded], run_number: int, *, typed_in: str, seen: int) -> None:
    """Save what stands in the field now: it may have been typed on since the button was drawn."""
    text = str(st.session_state[typed_in]).strip()
    do(
        f"{label} of run {run_number}: {text or 'taken back'}",
        lambda session, who: command(session, who, run_number, text or None, seen=seen),
    )
