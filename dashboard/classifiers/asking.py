"""Before something is changed: what will be, why (the reason goes into the log), and one confirm; then the act bar."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from sqlmodel import Session

from backend.access import Actor
from backend.classify.commands import undo_version
from backend.errors import Conflict, RegistryError
from backend.record import Recorded
from dashboard.components.act_bar import Done, announce
from dashboard.data import reading
from dashboard.literal import literal
from dashboard.session import actor
from models.vocabulary import ConfigurationKind

Command = Callable[[Session, Actor, str], Recorded]
"""What is done, given a session, who does it and the reason."""


@dataclass(frozen=True, slots=True)
class Act:
    """A change of one classifier that waits for its reason.

    ``becomes`` says it in a sentence beforehand, ``done`` afterwards.
    """

    kind: ConfigurationKind
    name: str
    title: str
    becomes: str
    done: str
    command: Command


def ask(act: Act) -> None:
    """Ask for the reason in a dialog, and do it."""
    st.dialog(act.title)(_asked)(act)


def reason_form(act: Act, *, confirm: str, key: str, after: Callable[[], None] | None = None) -> None:
    """The reason and the button; what is refused is said in place, and nothing is lost."""
    why = st.text_input("Why", key=f"{key}-why", placeholder="what the log will say", max_chars=300)
    if st.button(confirm, key=f"{key}-confirm", type="primary", disabled=not why.strip()):
        try:
            announce(do(act, why))
        except Conflict as error:
            st.error(f"{error} Look again before you change it: nothing was overwritten.", icon=":material/group:")
            return
        except RegistryError as error:
            st.error(literal(str(error)))
            return
        if after is not None:
            after()
        st.rerun()


def do(act: Act, why: str) -> Done:
    """Do it in the name of who looks at the page."""
    who = actor()
    with reading() as session:
        recorded = act.command(session, who, why)

    def take_back() -> Done:
        with reading() as session:
            reason = f"undo: {act.done}"
            undo_version(session, actor(), act.kind, name=act.name, change_set=recorded.change_set, why=reason)
        return Done(f"Undone: {act.done}")

    return Done(act.done, take_back)


def _asked(act: Act) -> None:
    st.markdown(act.becomes)
    reason_form(act, confirm=act.title, key="ask")
