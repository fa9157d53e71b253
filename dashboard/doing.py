"""To do something: one command in one transaction, told in the act bar with Undo; a refusal stays until answered."""

from collections.abc import Callable

import streamlit as st
from sqlmodel import Session

from backend.access import Actor
from backend.certify.taking_back import take_back
from backend.db import engine, transaction
from backend.errors import Conflict, RegistryError
from backend.record import Recorded
from dashboard.components.act_bar import Done, announce, to_be_told, told
from dashboard.literal import literal
from dashboard.login.identity import REFUSED_BY_LOGIN
from dashboard.login.who import who
from dashboard.session import actor

Command = Callable[[Session, Actor], Recorded]
_REFUSED = "refused"


def do(sentence: str, command: Command) -> bool:
    """Do it in the name of who looks at the page, whose right is asked again; gives whether it was done.

    Parameters
    ----------
    sentence
        What was done, as the act bar says it: "Run 325057 signed off".
    """

    def in_one_transaction(who: Actor) -> Recorded:
        with transaction(engine()) as session:
            return command(session, who)

    return attempt(sentence, in_one_transaction)


def attempt(sentence: str, act: Callable[[Actor], Recorded | None]) -> bool:
    """As :func:`do`, for what asks other systems too and opens its transactions itself; none: it cannot be undone."""
    forget_refusal()
    try:
        recorded = act(actor())
    except Conflict as error:
        return refuse(f"{error} Nothing was overwritten: look again before you change it.")
    except RegistryError as error:
        return refuse(str(error))
    announce(Done(sentence, None if recorded is None else lambda: _undo(recorded.change_set, sentence)))
    return True


def refuse(sentence: str) -> bool:
    """Let the banner say what was refused; gives false, which is what came of it."""
    st.session_state[REFUSED_BY_LOGIN if sentence == who().refusal else _REFUSED] = sentence
    to_be_told()
    return False


def forget_refusal() -> None:
    """What was refused before is answered by what one does now."""
    st.session_state.pop(_REFUSED, None)
    st.session_state.pop(REFUSED_BY_LOGIN, None)


def refusal() -> None:
    """The banner with what was refused, until it is answered."""
    told()
    if sentence := st.session_state.get(_REFUSED):
        with st.container(key="refusal", horizontal=True, vertical_alignment="center"):
            st.error(literal(sentence), icon=":material/block:")
            st.button("Look again", key="refusal-answered", on_click=st.session_state.pop, args=(_REFUSED, None))


def _undo(change_set: int, sentence: str) -> Done:
    with transaction(engine()) as session:
        undone = take_back(session, actor(), change_set, why=f"undo: {sentence}")
    return Done(f"Undone: {sentence}", lambda: _undo(undone.change_set, f"Undone: {sentence}"))
