"""A choice among a few that lives in the page's address by its plain value, whatever people read on the control."""

from collections.abc import Mapping

import streamlit as st

from dashboard.session import from_address, to_address


def choice(page: str, name: str, words: Mapping[str, str], *, label: str) -> str:
    """Draw the choice and give its value; the first one is the default, and needs no mention in the address.

    Parameters
    ----------
    page, name
        Together the key of the control; by ``name`` alone the address knows it.
    words
        Value → how it is called.
    """
    key = f"choice-{page}-{name}"
    if key not in st.session_state:
        st.session_state[key] = _in_address(name, words)
    chosen = st.segmented_control(
        label, list(words), format_func=words.__getitem__, key=key, required=True, label_visibility="collapsed"
    )
    to_address(**{name: None if chosen == next(iter(words)) else str(chosen)})
    return str(chosen)


def _in_address(name: str, words: Mapping[str, str]) -> str:
    """What the address says; addresses that people kept from before hold what the control was called."""
    said = from_address(name)
    values = {called: value for value, called in words.items()} | {value: value for value in words}
    return values.get(said, next(iter(words)))
