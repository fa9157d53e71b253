"""With which others a golden JSON is compared; in the address, as ``with=198,201``."""

from collections.abc import Sequence

import streamlit as st

from dashboard.session import from_address, to_address

WITH = "with"


def key_of(id_: int) -> str:
    """The key of the control that says with which others it is compared."""
    return f"gj-with-{id_}"


def named_in_address() -> list[int]:
    """The golden JSONs that the address names."""
    return [int(word) for word in from_address(WITH).split(",") if word.isdecimal() and len(word) < 10]


def say_beside(ids: Sequence[int]) -> None:
    """Put them into the address."""
    to_address(**{WITH: ",".join(map(str, ids)) or None})


def compare_with(id_: int, other: int) -> None:
    """Compare it with one more."""
    ids = [*dict.fromkeys((*named_in_address(), other))]
    st.session_state[key_of(id_)] = ids
    say_beside(ids)
