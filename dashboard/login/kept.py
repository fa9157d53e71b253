"""Logouts in the database: kept when one logs out, and asked before every write, whichever process it comes to."""

from datetime import UTC, datetime

from backend.db import engine, transaction
from backend.identity import Login
from backend.identity.logout import end_logins, ended_by_logout


def keep_logout(login: Login, *, newest: datetime, at: datetime) -> None:
    """Keep that the person logged out, for the other processes."""
    with transaction(engine()) as session:
        end_logins(session, login, newest=newest, at=at)


def logged_out_at(login: Login) -> datetime | None:
    """When the person ended this login by a logout that any process saw; in UTC."""
    with transaction(engine()) as session:
        at = ended_by_logout(session, login)
    return None if at is None else at.astimezone(UTC)
