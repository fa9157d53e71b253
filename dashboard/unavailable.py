"""What a page shows when the registry says no to reading: its sentence, and the way to try again."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from backend.errors import DatabaseUnavailable, RegistryError
from dashboard.literal import literal

log = logging.getLogger(__name__)
P = ParamSpec("P")


def said_no(error: RegistryError, part: str = "") -> None:
    """The sentence; where the database is away, that nothing was lost, and a button that tries again.

    ``part`` tells apart what several parts of a page say at once.
    """
    log.error("a page said no: %s", error, exc_info=error)
    st.error(literal(str(error)), icon=":material/error:")
    if isinstance(error, DatabaseUnavailable):
        with st.container(key=f"unavailable{part}", horizontal=True, vertical_alignment="center"):
            st.button("Try again", key=f"try-again{part}", type="primary")
            st.caption("Nothing that was done before is lost; what you typed here stays in the address.")


def or_its_sentence(draw: Callable[P, None]) -> Callable[P, None]:
    """A part of a page that runs by itself, where nobody else hears what it says no to."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            draw(*args, **kwargs)
        except RegistryError as error:
            said_no(error, part=draw.__name__)

    return drawn
