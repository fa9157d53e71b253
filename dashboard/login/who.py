"""Who is in front of a page, as the login of this visit says, and whether that still holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import streamlit as st

from backend.access import VISITOR, Actor, demo_actor
from backend.errors import LoginEnded, NotIdentified, RegistryError
from backend.identity import Login, read_login
from backend.identity.proxy import identity_of_proxy
from backend.settings import Settings, settings
from dashboard.login.kept import keep_logout, logged_out_at
from dashboard.login.logins import logins

BROWSER_COOKIE = "rr_browser"
"""A random word that all tabs of a browser share."""

FAILED_COOKIE = "rr_login_failed"
FAILED = "1"
"""What is there for a moment after a login that came to nothing."""

_SINCE = "page-open-since"

READING_GOES_ON = timedelta(hours=1)
"""So long after the end of a login its open pages stay, so that what was typed is there after logging in again."""


@dataclass(frozen=True, slots=True)
class Who:
    """The person that a page shows, and why they may do nothing now, if so.

    When a login has run out the page goes on showing whose it was; after a logout it shows a visitor.
    """

    person: Actor = VISITOR
    login: Login | None = None
    refusal: str = ""

    def actor(self) -> Actor:
        """Who acts now.

        Raises
        ------
        LoginEnded
            If the login is over, be it by a logout that another process saw.
        """
        if self.refusal:
            raise LoginEnded(self.refusal)
        if self.login is not None and (at := logged_out_at(self.login)) is not None:
            raise LoginEnded(_logged_out(at))
        return self.person


def who() -> Who:
    """Who is in front of the page."""
    chosen = settings()
    if chosen.auth == "demo":
        return Who(demo_actor(st.session_state.get("demo_role", chosen.demo_role)))
    if chosen.auth == "oidc":
        return _logged_in(chosen, datetime.now(UTC))
    now = datetime.now(UTC)
    return vouched_for(st.context.headers, chosen, since=st.session_state.setdefault(_SINCE, now), now=now)


def may_read() -> bool:
    """Whether whoever is in front of the page may see what the registry holds."""
    chosen = settings()
    if chosen.auth == "demo" or chosen.read_without_login:
        return True
    now, found = datetime.now(UTC), who()
    if not found.refusal:
        return found.person.is_verified
    return found.login is not None and found.person.is_verified and now < found.login.ends_at + READING_GOES_ON


def log_out() -> None:
    """End every login of the person, here and elsewhere, then that of the provider."""
    found, now = who(), datetime.now(UTC)
    if found.login is not None:
        newest = logins().end(found.login, now=now)
        keep_logout(found.login, newest=newest, at=now)
    st.logout()


def vouched_for(headers: Mapping[str, str], chosen: Settings, *, since: datetime, now: datetime) -> Who:
    """Who the trusted proxy says is in front of the page, which was opened at ``since``."""
    try:
        found = identity_of_proxy(headers, chosen)
    except NotIdentified as error:
        return Who(refusal=str(error))
    if found is None:
        return Who()
    over_at = since + timedelta(seconds=chosen.roles_max_age_seconds)
    refusal = f"What the proxy said of you is too old since {over_at:%H:%M} UTC; reload the page."
    return Who(found.actor, refusal=refusal if now >= over_at else "")


def _logged_in(chosen: Settings, now: datetime) -> Who:
    claims = st.user.to_dict()
    if not claims.get("is_logged_in"):
        return Who()
    try:
        said = read_login(claims, chosen, lasts_seconds=chosen.login_seconds)
    except NotIdentified as error:
        return Who(refusal=str(error))
    login = logins().newest(st.context.cookies.get(BROWSER_COOKIE, ""), said)
    if (at := logins().ended_at(login)) is not None:
        return Who(login=login, refusal=_logged_out(at))
    person = Actor(login.name, login.egroups, is_verified=True)
    try:
        return Who(login.actor(now), login)
    except RegistryError as error:
        return Who(person, login, str(error))


def _logged_out(at: datetime) -> str:
    return f"You logged out at {at:%H:%M} UTC; log in again."
