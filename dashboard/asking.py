"""A question before something is done: a dialog that stays open while the page runs again, until it is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from dashboard.login.identity import is_refused_by_login, refused_by_login_notice

_ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked on which page, and what draws it."""

    page: str
    title: str
    draw: Callable[[], None]
    width: Literal["small", "medium", "large"]


def ask(page: str, title: str, draw: Callable[[], None], *, width: Literal["small", "medium", "large"]) -> None:
    """Open the question; the page draws it by :func:`question`. Whoever answers it says so by :func:`answered`."""
    st.session_state[_ASKED] = Question(page, title, draw, width)


def question(page: str) -> None:
    """Draw what was asked on this page; a question of another page is dropped: one has left it."""
    asked: Question | None = st.session_state.get(_ASKED)
    if asked is None:
        return
    if asked.page != page:
        _dropped()
        return
    st.dialog(asked.title, width=asked.width, on_dismiss=_dropped)(_drawn)(asked)


def answered() -> None:
    """Close the question, unless its answer was refused as the login is over: then it stays, with what was typed."""
    if not is_refused_by_login():
        _dropped()


def _drawn(asked: Question) -> None:
    refused_by_login_notice()
    asked.draw()


def _dropped() -> None:
    st.session_state.pop(_ASKED, None)
