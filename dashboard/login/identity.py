"""The identity in the header and on the page: who one is, since when no more, and the ways in and out."""

from html import escape

import streamlit as st

from backend.access import DEMO_ROLES, Matrix
from backend.errors import InvalidSettings
from backend.settings import settings
from dashboard.literal import literal
from dashboard.login.configured import secrets_for_login
from dashboard.login.paths import login_path
from dashboard.login.who import FAILED, FAILED_COOKIE, Who, log_out, who

REFUSED_BY_LOGIN = "refused-by-login"
"""In the state of a visit: an act was refused because the login is over."""

_FAILED = "The login came to nothing. Try again; if it stays so, the log of the server says why."


def identity_box(found: Who, matrix: Matrix) -> None:
    """The right end of the header: a way in, or who one is, with the e-groups that count here, and the way out."""
    if settings().auth == "oidc" and not found.person.is_verified:
        st.html(f'<a class="rr-log-in" href="{escape(_login_here())}">Log in</a>', width="content")
        return
    person = found.person
    known, name = sorted(person.egroups & set(matrix.grants)), literal(person.name)
    listed = literal(", ".join(known))
    with st.popover(literal(_initials(person.name)), help=f"{name}: {listed or 'read only'}", key="identity"):
        st.markdown(f"**{name}**")
        if settings().auth == "demo":
            st.selectbox(
                "Demo role", list(DEMO_ROLES), key="demo_role", index=list(DEMO_ROLES).index(settings().demo_role)
            )
        st.caption(listed or "no e-group with rights: read only")
        if more := len(person.egroups) - len(known):
            st.caption(f"and {more:,} e-groups without rights here")
        if found.login is not None:
            _login_facts(found)


def login_notice(found: Who, *, key: str = "login-ended") -> None:
    """A banner when a login has ended or came to nothing, loud if an act was refused for it; what is typed stays."""
    if not found.refusal:
        st.session_state.pop(REFUSED_BY_LOGIN, None)
    if found.refusal:
        draw = st.error if is_refused_by_login() else st.warning
        with st.container(key=key, horizontal=True, vertical_alignment="center"):
            draw(literal(found.refusal), icon=":material/lock_clock:")
            if found.login is not None and found.person.is_verified:
                st.link_button("Log in again", _login_here(), help="In a new tab: what is typed here stays.")
    elif not found.person.is_verified and st.context.cookies.get(FAILED_COOKIE) == FAILED:
        st.warning(_FAILED, icon=":material/lock_clock:")


def is_refused_by_login() -> bool:
    """Whether the last act of this visit was refused because the login is over: what asked for it stays open."""
    return REFUSED_BY_LOGIN in st.session_state


def refused_by_login_notice() -> None:
    """The same banner in a dialog, which lies over that of the page."""
    if is_refused_by_login():
        login_notice(who(), key="login-ended-while-asked")


def login_page(found: Who) -> None:
    """All that a registry shows to who may not read it."""
    with st.container(key="login-page"):
        st.html('<div class="rr-big">Run Registry</div>')
        st.html("<p>The quality of every run of CMS, lumisection by lumisection. Log in to see it.</p>")
        login_notice(found)
        if problem := _problem():
            st.error(literal(problem), icon=":material/settings:")
        else:
            st.html(f'<a class="rr-log-in" href="{escape(_login_here())}">Log in</a>')


def _login_facts(found: Who) -> None:
    assert found.login is not None
    st.caption(f"{literal(found.login.email)} · login until {found.login.ends_at:%H:%M} UTC")
    st.button("Log out", key="log-out", on_click=log_out, help="Here, and wherever else you are logged in.")


def _login_here() -> str:
    """The way in that leads back here, with all that the address holds."""
    query = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    return login_path(st.context.url, query)


def _problem() -> str:
    """Why nobody can log in, if so."""
    if settings().auth == "proxy":
        return "The proxy in front of this registry did not say who you are."
    try:
        secrets_for_login(settings())
    except InvalidSettings as error:
        return str(error)
    return ""


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.partition("(")[0].replace(".", " ").split())[:2].upper() or "?"
