"""The frame around every page: look, header with jump box, sources and clock, and the banner that says where one is."""

from functools import cache
from pathlib import Path

import streamlit as st

from backend.settings import settings
from dashboard import look
from dashboard.components.status_line import status_line
from dashboard.data import sources
from dashboard.help import help_box
from dashboard.jump import destination
from dashboard.literal import literal
from dashboard.login.identity import identity_box
from dashboard.login.who import Who
from dashboard.permits import matrix
from dashboard.session import from_address, to_address

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


def header(found: Who, path: str) -> None:
    """The right end of the header: where to jump, what the sources do, what time it is, help, who one is."""
    with st.container(key="header-right", horizontal=True, vertical_alignment="center"):
        st.text_input(
            "Jump to a run or fill",
            key="jump",
            placeholder="Run or fill",
            label_visibility="collapsed",
            on_change=_jump,
            args=(path,),
        )
        status_line(sources(), key="status-line")
        help_box(path)
        identity_box(found, matrix())
    if wanted := st.session_state.pop("jump_to", None):
        page, query = wanted
        st.switch_page(f"views/{page}.py", query_params=query)
    if sentence := st.session_state.pop("jump_refused", None):
        st.warning(literal(sentence))


def _jump(here: str) -> None:
    typed = st.session_state.jump
    st.session_state.jump = ""
    wanted = destination(typed)
    if wanted == ("run", {"run": from_address("run")}) and here == "run":
        to_address(ls=None, as_of=None)  # already before the page is drawn: what is drawn is what the next click sends
    elif wanted is not None:
        st.session_state.jump_to = wanted
    elif typed.strip():
        st.session_state.jump_refused = f"There is no run or fill {typed.strip()!r}."


@cache
def _style() -> str:
    sheets = (
        Path(__file__).with_name(name).read_text(encoding="utf-8")
        for name in ("shell.css", "classifiers.css", "pages.css", "offline.css", "golden.css", "overview.css")
    )
    return look.page_css() + "".join(sheets)
