"""What belongs to one visit: who it is, and the state that lives in the address of the page."""

from collections.abc import Collection

import streamlit as st

from backend.access import Actor
from dashboard.login.who import who


def person() -> Actor:
    """Who is in front of the page, for what it shows. When a login has run out it still is who that was of."""
    return who().person


def actor() -> Actor:
    """Who does something now, asked at every write.

    Raises
    ------
    LoginEnded
        If the login is over; the sentence says since when.
    """
    return who().actor()


def from_address(name: str, default: str = "") -> str:
    """What the page's address says of a name."""
    return str(st.query_params.get(name, default))


def to_address(**values: str | None) -> None:
    """Put values into the page's address, so that pasting it shows a colleague the same; none takes one away."""
    for name, value in values.items():
        if value:
            if st.query_params.get(name) != value:
                st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


def forget_unless(name: str, allowed: Collection[str]) -> None:
    """Let a control begin anew if what it holds is none of its choices: pages share a name, not always the choices."""
    if name in st.session_state and st.session_state[name] not in allowed:
        del st.session_state[name]
