"""The routes of the simulated identity provider, at CERN's paths; its token endpoint stands with that for OMS."""

from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from scripts.simulator.accounts import ACCOUNTS
from scripts.simulator.keys import ALGORITHM
from scripts.simulator.login_page import login_page
from scripts.simulator.provider import CODE, Asked, is_loopback, read_asked
from scripts.simulator.site import EXCHANGE_PATH, REALM_PATH, Site, answer, json_response
from scripts.simulator.tokens import EXCHANGE, Refused

_PROTOCOL = f"{REALM_PATH}/protocol/openid-connect"
AUTHORIZATION_PATH = f"{_PROTOCOL}/auth"
JWKS_PATH = f"{_PROTOCOL}/certs"
LOGOUT_PATH = f"{_PROTOCOL}/logout"
DISCOVERY_PATH = f"{REALM_PATH}/.well-known/openid-configuration"
COOKIE = "simulated_sso"
"""Whom this browser is logged in as, so that a second login asks nothing."""


def sso_routes(site: Site) -> list[Route]:
    """Discovery, keys, login and logout."""

    async def discovery(request: Request) -> Response:
        return await answer(site, request, lambda _: json_response(orjson.dumps(_metadata(request))))

    async def jwks(request: Request) -> Response:
        return await answer(site, request, lambda _: json_response(orjson.dumps(site.provider.keys.jwks())))

    async def login(request: Request) -> Response:
        sent = dict(parse_qsl((await request.body()).decode())) if request.method == "POST" else {}
        return await answer(site, request, lambda _: _login(site, request, sent.get("user")))

    async def logout(request: Request) -> Response:
        return await answer(site, request, lambda _: _logout(request))

    return [
        Route(DISCOVERY_PATH, discovery),
        Route(JWKS_PATH, jwks),
        Route(AUTHORIZATION_PATH, login, methods=["GET", "POST"]),
        Route(LOGOUT_PATH, logout),
    ]


def issuer_of(request: Request) -> str:
    """The issuer, under the address by which it was asked."""
    return f"{request.url.scheme}://{request.url.netloc}{REALM_PATH}"


def _metadata(request: Request) -> dict[str, object]:
    base = f"{request.url.scheme}://{request.url.netloc}"
    return {
        "issuer": issuer_of(request),
        "authorization_endpoint": f"{base}{AUTHORIZATION_PATH}",
        "token_endpoint": f"{base}{EXCHANGE_PATH}",
        "jwks_uri": f"{base}{JWKS_PATH}",
        "end_session_endpoint": f"{base}{LOGOUT_PATH}",
        "response_types_supported": ["code"],
        "grant_types_supported": [CODE, "client_credentials", EXCHANGE],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": ["openid", "email", "profile"],
    }


def _login(site: Site, request: Request, chosen: str | None) -> Response:
    try:
        asked = read_asked(request.query_params)
    except Refused as refusal:
        return HTMLResponse(f"<p>{refusal}</p>", status_code=refusal.status)
    known = None if asked.prompt == "login" else request.cookies.get(COOKIE)
    user_id = chosen or known
    if user_id not in ACCOUNTS:
        return HTMLResponse(login_page(asked.client))
    response = RedirectResponse(_back(asked, site.provider.authorize(asked, user_id)), status_code=302)
    response.set_cookie(COOKIE, user_id, httponly=True, samesite="lax", path=REALM_PATH)
    return response


def _back(asked: Asked, code: str) -> str:
    sign = "&" if "?" in asked.redirect_uri else "?"
    return f"{asked.redirect_uri}{sign}{urlencode({'code': code, 'state': asked.state})}"


def _logout(request: Request) -> Response:
    back = request.query_params.get("post_logout_redirect_uri", "")
    response = RedirectResponse(back, 302) if is_loopback(back) else HTMLResponse("<p>You are logged out.</p>")
    response.delete_cookie(COOKIE, path=REALM_PATH)
    return response
