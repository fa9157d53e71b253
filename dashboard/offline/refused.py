"""Why a preview could not be opened: said once, above the page."""

import streamlit as st

from dashboard.literal import literal
from dashboard.offline.acts import REFUSED


def refused() -> None:
    """Say it, if there is something to be said."""
    if sentence := st.session_state.pop(REFUSED, None):
        st.error(literal(sentence), icon=":material/block:")
