"""The act bar: what was just done, with Undo, until the next act. No pop-up to dismiss after a success."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from backend.errors import RegistryError
from dashboard.literal import literal

_DONE = "act-bar-done"
_UNTOLD = "act-bar-untold"


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
    to_be_told()


def to_be_told() -> None:
    """Something was done or refused just now, which the frame around the page tells."""
    st.session_state[_UNTOLD] = True


def told() -> None:
    """The frame is being drawn, and tells it."""
    st.session_state.pop(_UNTOLD, None)


def tell_outside() -> None:
    """For a part of a page that runs by itself: the frame lies outside of it, so with news the whole page runs."""
    if st.session_state.pop(_UNTOLD, False):
        st.rerun()


def act_bar() -> None:
    """Draw the bar if something was done in this visit."""
    done: Done | None = st.session_state.get(_DONE)
    if done is None:
        return
    with st.container(key="act-bar", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(done.sentence)}**")
        if done.take_back is not None:
            st.button("Undo", key="act-bar-undo", shortcut="U", on_click=_take_back, args=(done.take_back,))


def _take_back(command: Callable[[], Done]) -> None:
    try:
        announce(command())
    except RegistryError as error:
        announce(Done(str(error)))
