"""A bearer token (RFC 6750): the ``Authorization`` header becomes an identity, or a sentence why not."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from backend.db import transaction
from backend.errors import NotIdentified
from backend.identity.claims import actor_from_claims
from backend.identity.identity import Identity, Way
from backend.identity.personal import PREFIX, is_personal, token_shown
from backend.identity.provider import Expected, provider_of
from backend.settings import Settings

_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)
"""RFC 6750 §2.1."""

_LIKE_TOKENS = re.compile(rf"{PREFIX}[0-9a-f]{{8,}}|eyJ[\w-]{{8,}}(?:\.[\w-]*)*")
"""Personal tokens, and what begins like the header of a signed one."""


def identity_of_bearer(headers: Sequence[str], chosen: Settings, *, on: Engine, now: datetime) -> Identity:
    """Who shows this token: a personal one, or an access token of the provider.

    Parameters
    ----------
    headers
        Every ``Authorization`` header of the request.

    Raises
    ------
    NotIdentified
        If there are two, if it is no bearer token, or if it is not believed; a token is never quoted.
    SourceUnavailable
        If it cannot be verified, as the provider does not answer.
    """
    if len(headers) != 1:
        raise NotIdentified(f"There are {len(headers)} Authorization headers; one says who asks.")
    found = _BEARER.fullmatch(headers[0].strip())
    if found is None:
        raise NotIdentified("The Authorization header holds no bearer token: it is `Bearer`, a space, and the token.")
    token = found.group(1)
    return _by_personal(token, chosen, on=on) if is_personal(token) else _by_provider(token, chosen, now=now)


def without_tokens(text: str) -> str:
    """The text without what may be a token: somebody put one where it is not looked for, and it may be good."""
    return _LIKE_TOKENS.sub("(a token)", text)


def _by_personal(token: str, chosen: Settings, *, on: Engine) -> Identity:
    with transaction(on) as session:
        shown = token_shown(session, token, login_days=chosen.personal_token_login_days)
    return Identity(Way.PERSONAL, f"token {shown.id}", shown.actor)


def _by_provider(token: str, chosen: Settings, *, now: datetime) -> Identity:
    claims = provider_of(Expected.of(chosen)).verify(token)
    actor = actor_from_claims(claims, chosen, now=now)
    return Identity(Way.PROVIDER, f"{claims['sub']} of {claims['iss']}", actor)
