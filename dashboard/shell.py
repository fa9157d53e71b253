"""The frame around every page: look, header with jump box, sources and clock, and the banner that says where one is."""

from functools import cache
from pathlib import Path

import streamlit as st

from backend.access import DEMO_ROLES, Actor
from backend.settings import settings
from dashboard import look
from dashboard.components.status_line import status_line
from dashboard.data import sources
from dashboard.jump import destination

_BANNERS = {
    "staging": "STAGING: nothing here is official",
    "demo": "DEMO: a simulated season, nothing here is official",
}


def frame() -> None:
    """The style of the whole page, from the tokens."""
    st.html(f"<style>{_style()}</style>")


def banner() -> None:
    """Says STAGING or DEMO where it is not production."""
    if said := _BANNERS.get(settings().environment):
        st.html(f'<div class="rr-banner" role="note"><span>{said}</span></div>')


def header(actor: Actor) -> None:
    """The right end of the header: where to jump, what the sources do, what time it is, who one is."""
    with st.container(key="header-right", horizontal=True, vertical_alignment="center"):
        st.text_input(
            "Jump to a run or fill",
            key="jump",
            placeholder="Run or fill",
            label_visibility="collapsed",
            on_change=_jump,
        )
        status_line(sources(), key="status-line")
        _identity(actor)
    if wanted := st.session_state.pop("jump_to", None):
        page, query = wanted
        st.switch_page(f"views/{page}.py", query_params=query)
    if sentence := st.session_state.pop("jump_refused", None):
        st.warning(sentence)


def _jump() -> None:
    typed = st.session_state.jump
    st.session_state.jump = ""
    if (wanted := destination(typed)) is not None:
        st.session_state.jump_to = wanted
    elif typed.strip():
        st.session_state.jump_refused = f"There is no run or fill {typed.strip()!r}."


def _identity(actor: Actor) -> None:
    initials = "".join(word[0] for word in actor.name.replace(".", " ").split())[:2].upper() or "?"
    with st.popover(initials, help=f"{actor.name}: who you are"):
        st.markdown(f"**{actor.name}**")
        if settings().auth == "demo":
            st.selectbox(
                "Demo role", list(DEMO_ROLES), key="demo_role", index=list(DEMO_ROLES).index(settings().demo_role)
            )
        st.caption(", ".join(sorted(actor.egroups)) or "no e-groups: read only")


@cache
def _style() -> str:
    sheets = (
        Path(__file__).with_name(name).read_text(encoding="utf-8")
        for name in ("shell.css", "classifiers.css", "pages.css", "offline.css", "golden.css")
    )
    return look.page_css() + "".join(sheets)
