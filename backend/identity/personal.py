"""Personal tokens: secrets that people make for their scripts. Made and revoked here, and taken for an actor.

A token speaks in its owner's name, with the rights that its scope and the owner's e-groups have in common at that
moment; the e-groups are those of the owner's last login. It is kept as a plain SHA-256: the secret is 256 random bits,
which nobody finds by trying, so a slow or salted hash would protect nothing and cost every request; and who reads the
table has no secret to show.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session

from backend.access import Action, Actor, Grant, Matrix, require
from backend.access.grants import read_grants
from backend.errors import InvalidInput, NotFound, NotIdentified, NotPermitted

PREFIX = "rr_"
"""What every secret begins with, so that scanners of repositories and logs find one."""

LONGEST_NAME = 80
MOST_TOKENS = 30
"""So many tokens may a person have that are neither revoked nor expired: more than scripts, fewer than a leak."""

_SECRET = re.compile(rf"{PREFIX}[0-9a-f]{{64}}")
_COLUMNS = "t.id, t.owner, t.name, t.scope, t.made_at, t.expires_at, t.revoked_at, t.revoked_by, t.last_used_at"

_HOLD_OWNER = text("SELECT name FROM known_person WHERE name = :owner FOR UPDATE")
_STANDING = text("""
    SELECT name, expires_at > now() AS is_good FROM personal_token WHERE owner = :owner AND revoked_at IS NULL
""")
_MAKE = text(f"""
    INSERT INTO personal_token AS t (owner, name, digest, scope, made_at, expires_at)
    VALUES (:owner, :name, :digest, :scope, now(), now() + make_interval(days => :days)) RETURNING {_COLUMNS}
""")
_LISTED = text(f"""
    SELECT {_COLUMNS} FROM personal_token t WHERE CAST(:owner AS text) IS NULL OR owner = :owner
    ORDER BY revoked_at IS NOT NULL, lower(owner), lower(name), id DESC
""")
_ONE = text(f"SELECT {_COLUMNS} FROM personal_token t WHERE id = :id FOR UPDATE")
_REVOKE = text(f"""
    UPDATE personal_token t SET revoked_at = now(), revoked_by = :by WHERE id = :id RETURNING {_COLUMNS}
""")
_SHOWN = text(f"""
    SELECT {_COLUMNS}, p.egroups, p.seen_at, now() AS now,
           coalesce(t.last_used_at < now() - interval '1 minute', true) AS is_use_news
    FROM personal_token t JOIN known_person p ON p.name = t.owner WHERE t.digest = :digest
""")
_USED = text("UPDATE personal_token SET last_used_at = now() WHERE id = :id")
_REMEMBER = text("""
    INSERT INTO known_person AS known (name, egroups, seen_at) VALUES (:name, :egroups, :seen_at)
    ON CONFLICT (name) DO UPDATE SET egroups = excluded.egroups, seen_at = excluded.seen_at
    WHERE known.seen_at < excluded.seen_at
""")


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """A token as its owner sees it; ``scope`` as people write grants, and empty where it reads alone."""

    id: int
    owner: str
    name: str
    scope: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token with its secret, which is known at this moment and never again."""

    token: PersonalToken
    secret: str

    def __repr__(self) -> str:
        """Without the secret, so that no trace or log holds it."""
        return f"MadeToken({self.token!r})"


@dataclass(frozen=True, slots=True)
class TokenShown:
    """Whose token was shown: its number, and the actor with the e-groups and the scope."""

    id: int
    actor: Actor


def remember_person(session: Session, actor: Actor, *, seen_at: datetime) -> None:
    """Keep with which e-groups somebody signed in, and when; what is older than what is known says nothing new.

    Raises
    ------
    NotPermitted
        If the actor is not signed in, or is a script with a token.
    """
    _require_person(actor)
    session.execute(_REMEMBER, {"name": actor.name, "egroups": sorted(actor.egroups), "seen_at": seen_at})


def make_token(
    session: Session, actor: Actor, *, name: str, scope: Iterable[str], days: int, most_days: int
) -> MadeToken:
    """Make a token for a script of one's own. The e-groups it goes by are those of :func:`remember_person`.

    Parameters
    ----------
    scope
        The grants that it may use while its owner has them, as people write them; none: it reads alone.
    days, most_days
        How long it is good, and how long it may be at most.

    Raises
    ------
    NotPermitted
        If the actor is not signed in, or is a script with a token.
    InvalidInput
        If the name, the scope or the time cannot be, one's token of that name is not revoked, or there are too many.
    """
    _require_person(actor)
    said = tuple(dict.fromkeys(scope))
    read_grants(said)
    kept = name.strip()
    if not 0 < len(kept) <= LONGEST_NAME or not kept.isprintable():
        raise InvalidInput(f"A token cannot be named {kept!r:.100}: 1 to {LONGEST_NAME} characters.")
    if not 1 <= days <= most_days:
        raise InvalidInput(f"A token is good for 1 to {most_days} days, not {days}.")
    _refuse_another(session, actor.name, kept)
    secret = PREFIX + secrets.token_hex(32)
    values = {"owner": actor.name, "name": kept, "digest": _digest(secret), "scope": list(said), "days": days}
    return MadeToken(_token(session.execute(_MAKE, values).one()), secret)


def revoke_token(session: Session, actor: Actor, id_: int, *, matrix: Matrix) -> PersonalToken:
    """Revoke a token for good: one's own, or anybody's with the right to change who may do what.

    Raises
    ------
    NotPermitted
        If the actor is not signed in or a script, or it is somebody else's and the right is missing.
    NotFound
        If there is none, or it is somebody else's for all that one may know.
    InvalidInput
        If it was revoked before; the sentence says by whom.
    """
    _require_person(actor)
    row = session.execute(_ONE, {"id": id_}).one_or_none()
    if row is None or row.owner != actor.name:
        require(actor, Action.PERMISSION, matrix=matrix)
    if row is None:
        raise NotFound(f"There is no token {id_}.")
    if row.revoked_at is not None:
        raise InvalidInput(f"The token {row.name!r} was revoked by {row.revoked_by} on {row.revoked_at:%d %b %Y}.")
    return _token(session.execute(_REVOKE, {"id": id_, "by": actor.name}).one())


def tokens_of(session: Session, actor: Actor) -> tuple[PersonalToken, ...]:
    """The tokens of a person, those that are revoked last; of somebody who is not signed in, none."""
    rows = session.execute(_LISTED, {"owner": actor.name}) if actor.is_verified else ()
    return tuple(map(_token, rows))


def everybodys_tokens(session: Session, actor: Actor, *, matrix: Matrix) -> tuple[PersonalToken, ...]:
    """All tokens, for whoever answers for who may do what.

    Raises
    ------
    NotPermitted
        If the right to change who may do what is missing.
    """
    require(actor, Action.PERMISSION, matrix=matrix)
    return tuple(map(_token, session.execute(_LISTED, {"owner": None})))


def token_shown(session: Session, secret: str, *, login_days: float) -> TokenShown:
    """Who speaks with this secret; that it was used is kept, at most once a minute.

    Parameters
    ----------
    login_days
        For so long after the owner's last login a token works: the e-groups are not better known than that.

    Raises
    ------
    NotIdentified
        If there is no such token, or it is revoked, expired, or its owner did not sign in for too long.
    """
    if _SECRET.fullmatch(secret) is None:
        raise NotIdentified(f"This is no personal token: one is {PREFIX} and 64 hexadecimal digits.")
    row = session.execute(_SHOWN, {"digest": _digest(secret)}).one_or_none()
    if row is None:
        raise NotIdentified("There is no such personal token.")
    if row.revoked_at is not None:
        raise NotIdentified(f"The token {row.name!r} was revoked on {row.revoked_at:%d %b %Y}.")
    if row.expires_at <= row.now:
        raise NotIdentified(f"The token {row.name!r} expired on {row.expires_at:%d %b %Y}.")
    if row.seen_at + timedelta(days=login_days) <= row.now:
        raise NotIdentified(
            f"{row.owner} last signed in on {row.seen_at:%d %b %Y}: a token works for {login_days:g} days after that."
        )
    if row.is_use_news:
        session.execute(_USED, {"id": row.id})
    return TokenShown(row.id, Actor(row.owner, frozenset(row.egroups), is_verified=True, scope=_scope(row.scope)))


def is_personal(credentials: str) -> bool:
    """Whether these credentials are meant to be a personal token."""
    return credentials.startswith(PREFIX)


def _refuse_another(session: Session, owner: str, name: str) -> None:
    if session.execute(_HOLD_OWNER, {"owner": owner}).first() is None:
        raise InvalidInput(f"{owner} never signed in here: a token needs an owner whose e-groups are known.")
    standing = session.execute(_STANDING, {"owner": owner}).all()
    if any(row.name == name for row in standing):
        raise InvalidInput(f"There is a token {name!r} already: revoke it, or choose another name.")
    if sum(row.is_good for row in standing) >= MOST_TOKENS:
        raise InvalidInput(f"{owner} has {MOST_TOKENS} tokens, the most there may be: revoke one.")


def _require_person(actor: Actor) -> None:
    if not actor.is_verified:
        raise NotPermitted(f"{actor.name} is not signed in: tokens are made by people.")
    if actor.scope is not None:
        raise NotPermitted(f"{actor.name} is here by a token: tokens are made by people who sign in.")


def _scope(texts: Iterable[str]) -> frozenset[Grant]:
    """The grants of a scope; one of an action or workspace that there is no more lets nobody do anything."""
    grants: set[Grant] = set()
    for said in texts:
        try:
            grants |= read_grants((said,))
        except InvalidInput:
            continue
    return frozenset(grants)


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _token(row: Row[Any]) -> PersonalToken:
    values = dict(row._mapping)
    return PersonalToken(**values | {"scope": tuple(values["scope"])})
