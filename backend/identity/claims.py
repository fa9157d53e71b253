"""The claims of a token that is verified already: who it speaks of, with which e-groups, and until when.

Claims are found by the names that the settings give. A name with dots that is no claim itself leads into claims within
claims: ``resource_access.run-registry.roles``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from backend.access import Actor
from backend.errors import LoginEnded, NotIdentified
from backend.settings import Settings

Claims = Mapping[str, object]

_CLOCKS_MAY_DIFFER = timedelta(seconds=60)
"""A provider whose clock is ahead by less is believed."""


@dataclass(frozen=True, slots=True)
class Login:
    """One login of one person (or program): who, in which e-groups, and for how long that is believed.

    ``name`` is unique, as it holds the user id: "A. Keller (akeller)". It is what the log shows, and whose own recipes
    and filters are.
    """

    user_id: str
    name: str
    email: str
    egroups: frozenset[str]
    issued_at: datetime
    ends_at: datetime

    def actor(self, now: datetime) -> Actor:
        """Who acts by this login.

        Raises
        ------
        LoginEnded
            If it is over; the sentence says since when.
        """
        if now >= self.ends_at:
            raise LoginEnded(f"Your login ended {_when(self.ends_at, now)}; log in again.")
        if self.issued_at > now + _CLOCKS_MAY_DIFFER:
            raise LoginEnded(f"Your login says that it was made {_when(self.issued_at, now)}, which is yet to come.")
        return Actor(self.name, self.egroups, is_verified=True)


def actor_from_claims(claims: Claims, chosen: Settings, *, now: datetime) -> Actor:
    """Who acts by a token with these claims, whose signature, issuer and audience are verified.

    Raises
    ------
    NotIdentified
        If the claims do not say who it is, or when the token was made and ends.
    LoginEnded
        If the token has ended (``exp``), or its roles are older than ``RR_ROLES_MAX_AGE_SECONDS``.
    """
    return read_login(claims, chosen).actor(now)


def read_login(claims: Claims, chosen: Settings, *, lasts_seconds: int | None = None) -> Login:
    """The login that the claims of a verified token make.

    Parameters
    ----------
    lasts_seconds
        How long it lasts since it was made; none: as long as its token. Roles are never believed longer than
        ``RR_ROLES_MAX_AGE_SECONDS``.

    Raises
    ------
    NotIdentified
        If the claims do not say who it is, or when the token was made and ends.
    """
    user_id = _user_id(claims, chosen)
    issued_at, expires_at = _time(claims, "iat"), _time(claims, "exp")
    ends_at = expires_at if lasts_seconds is None else issued_at + timedelta(seconds=lasts_seconds)
    return Login(
        user_id=user_id,
        name=person_named(_text(claims, chosen.oidc_name_claim), user_id),
        email=_text(claims, chosen.oidc_email_claim),
        egroups=frozenset(role for name in claim_names(chosen.oidc_role_claims) for role in _roles(claims, name)),
        issued_at=issued_at,
        ends_at=min(ends_at, issued_at + timedelta(seconds=chosen.roles_max_age_seconds)),
    )


def person_named(name: str, user_id: str) -> str:
    """The name of a person as the log shows it, "A. Keller (akeller)": unique, as it holds the user id.

    Raises
    ------
    NotIdentified
        If that cannot be the id of a user.
    """
    if not user_id.isprintable() or any(sign in user_id for sign in " ()"):
        raise NotIdentified(f"The login is of {user_id!r:.80}, which cannot be the id of a user.")
    shown = "".join(sign for sign in " ".join(name.split()) if sign.isprintable())
    return f"{shown} ({user_id})" if shown else user_id


def claim(claims: Claims, name: str) -> object:
    """The claim of that name, or that to which its dots lead; none if there is none."""
    if name in claims:
        return claims[name]
    inside: object = claims
    for step in name.split("."):
        if not isinstance(inside, Mapping):
            return None
        inside = cast(Claims, inside).get(step)
    return inside


def claim_names(listed: str) -> tuple[str, ...]:
    """The names of claims in a setting that lists them with commas."""
    return tuple(name.strip() for name in listed.split(",") if name.strip())


def _user_id(claims: Claims, chosen: Settings) -> str:
    """The first claim of the configured ones that is there."""
    names = claim_names(chosen.oidc_user_claims)
    found = next((text for name in names if (text := _text(claims, name))), "")
    if not found:
        raise NotIdentified(f"The login does not say who it is of: it has no claim {' or '.join(names)}.")
    return found


def _time(claims: Claims, name: str) -> datetime:
    said = claims.get(name)
    if isinstance(said, int | float) and not isinstance(said, bool):
        try:
            return datetime.fromtimestamp(said, UTC)
        except (ValueError, OverflowError, OSError):
            pass
    what = {"iat": "when it was made", "exp": "when it ends"}[name]
    raise NotIdentified(f"The login does not say {what}: its claim {name} is {said!r:.40}.")


def _roles(claims: Claims, name: str) -> tuple[str, ...]:
    """The e-groups of one claim, which may be missing, one text or a list; what is no text is none."""
    found = claim(claims, name)
    many = (found,) if isinstance(found, str) else found if isinstance(found, list | tuple) else ()
    return tuple(role for role in many if isinstance(role, str) and role)


def _text(claims: Claims, name: str) -> str:
    found = claim(claims, name)
    return found.strip() if isinstance(found, str) else ""


def _when(time: datetime, now: datetime) -> str:
    day = "" if time.date() == now.date() else f"on {time:%Y-%m-%d} "
    return f"{day}at {time:%H:%M} UTC"
