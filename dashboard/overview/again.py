"""When the Overview looks again by itself: while it is live, and while the year's account is being made."""

import streamlit as st

from dashboard.overview.standing import Answer

LIVE_SECONDS = 15
_SOON_SECONDS = 2
_WAITS = "overview-waits"


def seconds_to_the_next_look(*, live: bool) -> int | None:
    """How often the page looks again; none if it does not."""
    waits: int | None = st.session_state.get(_WAITS)
    if live:
        return min(waits or LIVE_SECONDS, LIVE_SECONDS)
    return waits


def look_again(answer: Answer | None) -> None:
    """While an account is made the page looks again, soon if it has none of all runs, and stops when it is there."""
    waits = None
    if answer is not None and answer.is_being_made:
        waits = LIVE_SECONDS if answer.standing is not None and answer.is_whole else _SOON_SECONDS
    if waits != st.session_state.get(_WAITS):
        st.session_state[_WAITS] = waits
        st.rerun()
