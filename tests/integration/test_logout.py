"""A logout ends every login of the person so far, for every process that asks the database."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from backend.access import Actor
from backend.identity import Login
from backend.identity.logout import end_logins, ended_by_logout
from backend.identity.personal import remember_person

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def login(*, ago: int, user: str = "akeller") -> Login:
    """A login that was made so many seconds ago."""
    made = NOW - timedelta(seconds=ago)
    name = f"A. Keller ({user})"
    return Login(user, name, "", frozenset({"offline-tracker-certifiers"}), made, made + timedelta(hours=1))


def test_it_ends_what_this_process_knew_of_and_nothing_newer_or_of_others(session: Session) -> None:
    end_logins(session, login(ago=60), newest=login(ago=30).issued_at, at=NOW)
    assert ended_by_logout(session, login(ago=60)) == ended_by_logout(session, login(ago=30)) == NOW
    assert ended_by_logout(session, login(ago=29)) is None
    assert ended_by_logout(session, login(ago=60, user="stanaka")) is None


def test_it_ends_a_newer_login_that_another_process_kept(session: Session) -> None:
    there = login(ago=10)
    remember_person(session, Actor(there.name, there.egroups, is_verified=True), seen_at=there.issued_at)
    end_logins(session, login(ago=60), newest=login(ago=60).issued_at, at=NOW)
    assert ended_by_logout(session, there) == NOW
    assert ended_by_logout(session, login(ago=9)) is None


def test_an_earlier_logout_is_not_forgotten_by_a_later_one_of_an_older_login(session: Session) -> None:
    end_logins(session, login(ago=10), newest=login(ago=10).issued_at, at=NOW - timedelta(seconds=5))
    end_logins(session, login(ago=60), newest=login(ago=60).issued_at, at=NOW)
    assert ended_by_logout(session, login(ago=10)) == NOW
