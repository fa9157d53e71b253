"""What a browser keeps of a login: the claims that are read and nothing else, so that it fits into one cookie.

Streamlit keeps all claims and both tokens. Of somebody in 600 groups that is a hundred kilobytes with every request,
which servers in front of ours refuse, and from 8 kB on the page would hang: its WebSocket never opens. Everything here
that is not Streamlit's public interface is in this module.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any

from starlette.responses import Response
from streamlit.auth_util import get_cookie_with_chunks, set_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import TOKENS_COOKIE_NAME, USER_COOKIE_NAME
from websockets import http11

from backend.identity import claim, claim_names, read_login
from backend.settings import Settings
from dashboard.login.configured import is_https

MOST_BYTES = 2_600
"""Of JSON in one cookie: signed and in Base64 it stays below the 4,096 bytes that browsers take."""

LONGEST_HEADER = 65_536
"""Bytes: other services of a domain set cookies, too."""

_READ_BY_STREAMLIT = ("origin", "is_logged_in", "provider")
_READ_BY_US = ("iss", "sub", "iat", "exp")
_LEAST_SECONDS = 60


def allow_long_headers() -> None:
    """Let a WebSocket open though its headers are longer than 8,192 bytes, however the process was started."""
    http11.MAX_LINE_LENGTH = max(http11.MAX_LINE_LENGTH, LONGEST_HEADER)


def login_of(set_cookies: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The claims and the tokens that a response sets; none if it logs nobody in."""
    values: dict[str, str] = {}
    for header in set_cookies:
        values |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}

    def one(name: str) -> bytes | None:
        return decode_signed_value(get_cookie_secret(), name, values.get(name, ""))

    claims, tokens = (get_cookie_with_chunks(one, name) for name in (USER_COOKIE_NAME, TOKENS_COOKIE_NAME))
    return None if claims is None else (json.loads(claims), json.loads(tokens or b"{}"))


def but_of_the_login(set_cookies: Iterable[str]) -> list[str]:
    """The cookies that a response sets beside those of a login; that it takes these away is among them."""
    return [
        header for header in set_cookies if not header.startswith(USER_COOKIE_NAME) or "max-age=0" in header.lower()
    ]


def kept_claims(claims: Mapping[str, Any], chosen: Settings, *, known: Callable[[], Collection[str]]) -> dict[str, Any]:
    """The claims that are read; of e-groups, where they are too many, those alone that the rights know.

    Parameters
    ----------
    known
        Gives the e-groups that have rights.
    """
    wanted = (*_READ_BY_STREAMLIT, *_READ_BY_US, chosen.oidc_name_claim, chosen.oidc_email_claim)
    named = {name: claim(claims, name) for name in (*wanted, *claim_names(chosen.oidc_user_claims))}
    egroups, where = read_login(claims, chosen).egroups, next(iter(claim_names(chosen.oidc_role_claims)), "")
    kept = {name: value for name, value in named.items() if value is not None} | {where: sorted(egroups)}
    return kept if len(json.dumps(kept)) <= MOST_BYTES else kept | {where: sorted(egroups & set(known()))}


def set_login(
    response: Response,
    claims: Mapping[str, Any],
    tokens: Mapping[str, Any],
    *,
    chosen: Settings,
    sent: Collection[str],
) -> None:
    """Set the cookies of a login until it is over, and take away what an earlier one left.

    Parameters
    ----------
    sent
        The names of the cookies that the browser has.
    """
    ends_at = read_login(claims, chosen, lasts_seconds=chosen.login_seconds).ends_at
    seconds = max(_LEAST_SECONDS, int((ends_at - datetime.now(UTC)).total_seconds()))
    names: set[str] = set()

    def put(name: str, value: str) -> None:
        names.add(name)
        signed = _signed(name, value).decode()
        response.set_cookie(name, signed, max_age=seconds, httponly=True, samesite="lax", secure=is_https(chosen))

    hint = {"id_token": tokens["id_token"]} if len(str(tokens.get("id_token", ""))) in range(1, MOST_BYTES) else {}
    for name, value in ((USER_COOKIE_NAME, dict(claims)), (TOKENS_COOKIE_NAME, hint)):
        set_cookie_with_chunks(put, _signed, name, value, cookie_attr_size=100)
    for name in sent:
        if name.startswith(USER_COOKIE_NAME) and name not in names:
            response.delete_cookie(name)


def _signed(name: str, value: str) -> bytes:
    return create_signed_value(get_cookie_secret(), name, value)
