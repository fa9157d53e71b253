"""Who asks the API: whoever shows a token, or comes through the trusted proxy; in the demo the person that it names.

Never a header that anybody can send, never the browser's cookie: what a page of another site can make a browser do is
nothing that a person asked for.
"""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from backend.access import Actor, demo_actor, why_no_demo
from backend.api.asked import engine_of, settings_of
from backend.errors import NotIdentified, NotPermitted, RegistryError
from backend.identity.bearer import identity_of_bearer
from backend.identity.identity import Identity, Way
from backend.identity.proxy import identity_of_proxy

OPEN_PATHS = frozenset({"/health", "/metrics"})
"""What is told to anybody in any case: whoever watches over the registry has no token."""

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers by which a request tells that somebody passed it on."""


async def identified(request: Request) -> None:
    """For every route: whoever shows a bad token is told so, and whoever shows none may read where that is configured.

    Raises
    ------
    NotIdentified
        If a token is not believed, or there is none and one is needed to read.
    """
    if "authorization" in request.headers:
        identity = await run_in_threadpool(identity_of, request)
    else:
        identity = identity_of(request)
    chosen = settings_of(request)
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    may_read = chosen.read_without_login or chosen.auth == "demo" or path in OPEN_PATHS
    if identity.way is Way.NOBODY and not may_read:
        raise NotIdentified("To read here one shows who one is: a token in the Authorization header.")


def identity_of(request: Request) -> Identity:
    """Who asks; found once for each request. It may ask the database or the provider, so it is not for the event loop
    where there is an ``Authorization`` header.

    Raises
    ------
    NotIdentified
        If a token is shown that is not believed.
    SourceUnavailable
        If it cannot be verified now.
    """
    held: Identity | RegistryError | None = getattr(request.state, "identity", None)
    if held is None:
        try:
            held = _found(request)
        except RegistryError as error:
            held = error
        request.state.identity = held
    if isinstance(held, RegistryError):
        raise held
    return held


def rate_key(request: Request) -> str:
    """Whom to count a request for: the person or token; of whoever is not known or not believed, the address."""
    try:
        return identity_of(request).key
    except RegistryError:
        return Identity.nobody(_peer(request)).key


def asker(request: Request) -> Actor:
    """Who asks for something of their own.

    Raises
    ------
    NotIdentified
        If that is not known.
    """
    identity = identity_of(request)
    if identity.way is Way.NOBODY:
        if settings_of(request).auth == "demo":
            raise NotIdentified(_why_no_demo(request))
        raise NotIdentified("Whoever writes has to say who they are: a token in the Authorization header.")
    return identity.actor


def writer(request: Request) -> Actor:
    """Who acts. The right that the act takes is for its command to ask.

    Raises
    ------
    NotIdentified
        If that is not known, or a page of another site had the browser ask.
    NotPermitted
        If it is by a token that only reads.
    """
    actor = asker(request)
    if identity_of(request).way in (Way.PROXY, Way.DEMO) and _is_of_another_site(request):
        raise NotIdentified("A page of another site asked for this; what it wants is not what the person asked for.")
    if actor.scope is not None and not actor.scope:
        raise NotPermitted(
            f"{actor.name} is here by a token that only reads. "
            "User needs to be part of any of the following e-groups, and the token has to have a scope to write."
        )
    return actor


def _found(request: Request) -> Identity:
    chosen = settings_of(request)
    if shown := request.headers.getlist("authorization"):
        return identity_of_bearer(shown, chosen, on=engine_of(request), now=datetime.now(UTC))
    if (through := identity_of_proxy(request.headers, chosen)) is not None:
        return through
    if chosen.auth == "demo" and not _why_no_demo(request):
        return Identity(Way.DEMO, f"demo {chosen.demo_role}", demo_actor(chosen.demo_role))
    return Identity.nobody(_peer(request))


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


def _why_no_demo(request: Request) -> str:
    """Why the demo's identity does not act for this request; empty: it does."""
    if any(name in request.headers for name in _FORWARDED):
        return "The demo identity acts for this machine alone, and the request was passed on by another."
    headers = request.headers
    return why_no_demo(peer=_peer(request), host=headers.get("host"), origin=headers.get("origin"))


def _is_of_another_site(request: Request) -> bool:
    """Whether a browser says so: by ``Sec-Fetch-Site``, or by an ``Origin`` that is not this host."""
    if (site := request.headers.get("sec-fetch-site")) is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")
