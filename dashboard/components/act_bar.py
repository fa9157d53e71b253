"""The act bar: what was just done, with Undo, until the next act. No pop-up to dismiss after a success."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from backend.errors import RegistryError

_DONE = "act-bar-done"


@dataclass(frozen=True, slots=True)
class Done:
    """An act that a page just did: what it was, in a sentence, and the command that takes it back.

    The command checks rights and states like any other, and gives the act that the undo was; none: cannot be undone.
    """

    sentence: str
    take_back: Callable[[], "Done"] | None = None


def announce(done: Done) -> None:
    """Show this act in the act bar, in place of the one before."""
    st.session_state[_DONE] = done


def act_bar() -> None:
    """Draw the bar if something was done in this visit."""
    done: Done | None = st.session_state.get(_DONE)
    if done is None:
        return
    with st.container(key="act-bar", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{done.sentence}**")
        if done.take_back is not None:
            st.button("Undo", key="act-bar-undo", shortcut="U", on_click=_take_back, args=(done.take_back,))


def _take_back(command: Callable[[], Done]) -> None:
    try:
        announce(command())
    except RegistryError as error:
        announce(Done(str(error)))
