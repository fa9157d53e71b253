"""Logouts, for every process to know: a logout ends every login of the person so far, wherever it is open."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from backend.identity.claims import Login

_END = text("""
    INSERT INTO logout AS known (user_id, at, newest)
    SELECT :user, :at, greatest(:newest, (SELECT seen_at FROM known_person WHERE name = :name))
    ON CONFLICT (user_id) DO UPDATE SET at = excluded.at, newest = greatest(known.newest, excluded.newest)
""")
_ENDED = text("SELECT at FROM logout WHERE user_id = :user AND newest >= :issued")


def end_logins(session: Session, login: Login, *, newest: datetime, at: datetime) -> None:
    """End a person's logins up to the newest that is known: to this process (``newest``), or to any that kept it.

    Compared are the provider's times alone, as its clock may be ahead of ours.
    """
    session.execute(_END, {"user": login.user_id, "name": login.name, "newest": newest, "at": at})


def ended_by_logout(session: Session, login: Login) -> datetime | None:
    """When the person ended this login by logging out, in whatever process; none if they did not."""
    found: datetime | None = session.execute(_ENDED, {"user": login.user_id, "issued": login.issued_at}).scalar()
    return found
