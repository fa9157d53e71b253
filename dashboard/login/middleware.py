"""What the web server does about a login beside Streamlit: marks browsers, leads back to the page one came from.

It stands around the whole app and looks at three paths: that which begins a login, that to which the provider sends
back, and pages as a browser asks for them.
"""

import logging
import secrets
from collections.abc import Iterable
from urllib.parse import quote, unquote

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.configuration import rights
from backend.db import engine, transaction
from backend.errors import RegistryError
from backend.settings import Settings
from dashboard.login.configured import is_https
from dashboard.login.cookies import but_of_the_login, kept_claims, login_of, set_login
from dashboard.login.paths import CALLBACK, FIRST_PAGE, STREAMLIT_LOGIN, own_path
from dashboard.login.who import BROWSER_COOKIE, FAILED, FAILED_COOKIE

log = logging.getLogger(__name__)

NEXT_COOKIE = "rr_next"
_SECONDS_TO_LOG_IN = 600
_SECONDS_OF_A_BROWSER = 30 * 86_400
_SECONDS_TO_TELL = 20


class LoginMiddleware:
    """The ASGI middleware; with other identities than those of a provider it is not there."""

    def __init__(self, app: ASGIApp, chosen: Settings) -> None:
        self.app = app
        self.chosen = chosen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, but for its headers on those paths."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, instead = Request(scope), False

        async def amended(message: Message) -> None:
            nonlocal instead
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                response = await self._instead(request, headers, status=int(message["status"]))
                instead = response is not None
                if response is not None:
                    await response(scope, receive, send)
                    return
                self._mark(request, headers)
                message = {**message, "headers": headers.raw}
            if not instead:
                await send(message)

        await self.app(scope, receive, amended)

    async def _instead(self, request: Request, headers: MutableHeaders, *, status: int) -> Response | None:
        """What is answered in place of Streamlit's answer; none: that is left as it is."""
        if request.url.path == CALLBACK and "state" in request.query_params:
            return await self._back_from_provider(request, headers)
        if request.url.path == STREAMLIT_LOGIN and status >= 400:
            return self._failed(request, headers)
        return None

    def _mark(self, request: Request, headers: MutableHeaders) -> None:
        """Give a browser that asks for its first page the word that its tabs share."""
        is_page = request.method == "GET" and headers.get("content-type", "").startswith("text/html")
        if is_page and BROWSER_COOKIE not in request.cookies:
            response = Response()
            self._set(response, BROWSER_COOKIE, secrets.token_urlsafe(24), seconds=_SECONDS_OF_A_BROWSER)
            headers.append("set-cookie", response.headers["set-cookie"])

    async def _back_from_provider(self, request: Request, headers: MutableHeaders) -> Response:
        """The way back to the page from which the login began, with what is kept of it."""
        found = login_of(headers.getlist("set-cookie"))
        if found is None:
            return self._failed(request, headers)
        response = _redirect(request, but_of_the_login(headers.getlist("set-cookie")))
        claims, tokens = found
        try:
            kept = await to_thread.run_sync(lambda: kept_claims(claims, self.chosen, known=egroups_with_rights))
            set_login(response, kept, tokens, chosen=self.chosen, sent=request.cookies)
        except RegistryError:
            log.exception("a login is of nobody")
            return self._failed(request, headers)
        response.delete_cookie(NEXT_COOKIE)
        return response

    def _failed(self, request: Request, headers: MutableHeaders) -> Response:
        """Back to the page without a login; the page says so."""
        response = _redirect(request, but_of_the_login(headers.getlist("set-cookie")))
        self._set(response, FAILED_COOKIE, FAILED, seconds=_SECONDS_TO_TELL)
        return response

    def _set(self, response: Response, name: str, value: str, *, seconds: int) -> None:
        response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=is_https(self.chosen))


def remember(response: Response, path: str, chosen: Settings) -> None:
    """Let the login that begins now lead back to that page."""
    response.set_cookie(
        NEXT_COOKIE,
        quote(path, safe=""),
        max_age=_SECONDS_TO_LOG_IN,
        httponly=True,
        samesite="lax",
        secure=is_https(chosen),
    )


def egroups_with_rights() -> frozenset[str]:
    """The e-groups that the rights in force name."""
    with transaction(engine()) as session:
        return frozenset(rights(session).grants)


def _redirect(request: Request, set_cookies: Iterable[str]) -> Response:
    path = own_path(unquote(request.cookies.get(NEXT_COOKIE, FIRST_PAGE)))
    response = RedirectResponse(path, status_code=302)
    for header in set_cookies:
        response.headers.append("set-cookie", header)
    return response
