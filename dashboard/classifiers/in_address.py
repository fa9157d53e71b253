"""Choices that live in the address by their plain value: Streamlit's own binding writes the label that people read."""

from collections.abc import Iterable

import streamlit as st

from dashboard.session import from_address, to_address

_ON_THE_DESK = ("name", "draft", "version", "against")


def key_of(name: str, options: Iterable[str], default: str) -> str:
    """The key of the widget for a choice; at first it stands as the address says."""
    key = f"chosen-{name}"
    if key not in st.session_state:
        said = from_address(name, default)
        st.session_state[key] = said if said in options else default
    return key


def chosen(name: str, default: str) -> None:
    """Put what was just chosen into the address; the default needs no mention."""
    value = str(st.session_state[f"chosen-{name}"])
    to_address(**{name: None if value == default else value})


def choose(name: str, value: str) -> None:
    """Choose it for the person."""
    st.session_state[f"chosen-{name}"] = value
    to_address(**{name: value})


def clear_desk() -> None:
    """Put away what lies on the desk."""
    to_address(**dict.fromkeys(_ON_THE_DESK))
