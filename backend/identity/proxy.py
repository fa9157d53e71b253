"""A trusted proxy, which people log in at: its headers are believed from where it stands and with its secret, only.

:class:`ProxyGate` stands before everything that is served, pages and API alike. It lets the headers that name a person
pass where both the network of the direct peer and the secret are right, and takes them out of every other request, so
that nothing behind it ever sees a header that somebody made up.
"""

import hmac
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from functools import cache, lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from backend.access import Actor
from backend.errors import InvalidSettings
from backend.identity.claims import person_named
from backend.identity.identity import Identity, Way
from backend.settings import Settings

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]
Header = tuple[bytes, bytes]

MARK = "x-rr-proxy-believed"
"""The header in which the gate says to this process that the others may be believed."""

LOGGED_EVERY_SECONDS = 60.0


class ProxyGate:
    """The gate, as ASGI middleware around an app; ``settings_of`` gives the settings for a request."""

    def __init__(self, app: App, settings_of: Callable[[Scope], Settings]) -> None:
        self._app = app
        self._settings_of = settings_of
        self._logged_at = float("-inf")
        self._stripped = 0

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        """Let the request pass with the headers that may be believed."""
        if scope["type"] in ("http", "websocket"):
            peer = (scope.get("client") or ("",))[0]
            scope = dict(scope) | {"headers": self._vouched(scope["headers"], peer, self._settings_of(scope))}
        await self._app(scope, receive, send)

    def _vouched(self, headers: Iterable[Header], peer: str, chosen: Settings) -> list[Header]:
        headers = list(headers)
        if _is_marked(headers):
            return headers
        names = _names(chosen)
        others = [header for header in headers if header[0].lower() not in names]
        if len(others) == len(headers):
            return headers
        theirs = [header for header in headers if header[0].lower() in names]
        if reason := _why_not(theirs, peer, chosen, passed_on=_passed_on(others)):
            self._log(peer, reason)
            return others
        secret = chosen.proxy_secret_header.lower().encode()
        kept = [header for header in theirs if header[0].lower() != secret]
        return [*others, *kept, (MARK.encode(), _mark().encode())]

    def _log(self, peer: str, reason: str) -> None:
        self._stripped += 1
        if time.monotonic() - self._logged_at >= LOGGED_EVERY_SECONDS:
            log.warning("%d requests named a person in a header, the last from %s: %s", self._stripped, peer, reason)
            self._logged_at, self._stripped = time.monotonic(), 0


def identity_of_proxy(headers: Mapping[str, str], chosen: Settings) -> Identity | None:
    """Who the trusted proxy says is asking, from the headers of a request that came through the gate; none: nobody.

    Raises
    ------
    NotIdentified
        If what it says cannot be the id of a user.
    """
    if chosen.auth != "proxy" or not hmac.compare_digest(headers.get(MARK, "").encode(), _mark().encode()):
        return None
    user_id = headers.get(chosen.proxy_user_header, "").strip()
    if not user_id:
        return None
    name = person_named(headers.get(chosen.proxy_name_header, "") if chosen.proxy_name_header else "", user_id)
    said = headers.get(chosen.proxy_groups_header, "").replace(";", ",").split(",")
    egroups = frozenset(group for one in said if (group := one.strip()))
    return Identity(Way.PROXY, f"{user_id} of the proxy", Actor(name, egroups, is_verified=True))


@lru_cache(maxsize=8)
def networks_of(listed: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of a setting, ``10.1.0.0/16, fd00::/8``.

    Raises
    ------
    InvalidSettings
        If one is none, or is every address that there is.
    """
    found = []
    for one in (part.strip() for part in listed.split(",")):
        try:
            network = ip_network(one) if one else None
        except ValueError as error:
            raise InvalidSettings(f"RR_PROXY_NETWORKS cannot have {one!r:.40}: {error}.") from error
        if network is not None and network.prefixlen == 0:
            raise InvalidSettings(f"RR_PROXY_NETWORKS cannot be {one}: that is everybody.")
        found += [network] if network is not None else []
    return tuple(found)


def _why_not(theirs: list[Header], peer: str, chosen: Settings, *, passed_on: frozenset[str]) -> str:
    """Why these headers are not believed; empty: they are.

    Parameters
    ----------
    passed_on
        The addresses that the request says it came by. If the peer is one, it may be so only because the server took
        this header for its word, as uvicorn does where ``FORWARDED_ALLOW_IPS`` lets it; so it is nobody's.
    """
    if chosen.auth != "proxy":
        return f"RR_AUTH is {chosen.auth}"
    if not _is_within(peer, networks_of(chosen.proxy_networks)):
        return "it is not of RR_PROXY_NETWORKS"
    if peer in passed_on:
        return "its address is one that X-Forwarded-For names"
    names = [name.lower() for name, _ in theirs]
    if MARK.encode() in names or len(names) != len(set(names)):
        return "a header came twice"
    return "" if _is_secret_shown(theirs, chosen) else "it did not show the secret of the proxy"


def _is_secret_shown(theirs: Iterable[Header], chosen: Settings) -> bool:
    if chosen.proxy_secret is None:
        return False
    wanted = chosen.proxy_secret_header.lower().encode()
    shown = next((value for name, value in theirs if name.lower() == wanted), b"")
    return hmac.compare_digest(shown, chosen.proxy_secret.get_secret_value().encode())


def _passed_on(headers: Iterable[Header]) -> frozenset[str]:
    """The addresses in ``X-Forwarded-For``, without ports."""
    said = [value.decode("latin-1") for name, value in headers if name.lower() == b"x-forwarded-for"]
    return frozenset(_host(entry.strip()) for value in said for entry in value.split(","))


def _host(entry: str) -> str:
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry


def _is_within(peer: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in network for network in networks)


def _is_marked(headers: Iterable[Header]) -> bool:
    marks = [value for name, value in headers if name.lower() == MARK.encode()]
    return len(marks) == 1 and hmac.compare_digest(marks[0], _mark().encode())


def _names(chosen: Settings) -> frozenset[bytes]:
    """The headers that name a person or vouch for it, as bytes in small letters."""
    return _as_bytes(
        MARK,
        chosen.proxy_secret_header,
        chosen.proxy_user_header,
        chosen.proxy_email_header,
        chosen.proxy_groups_header,
        chosen.proxy_name_header,
    )


@lru_cache(maxsize=8)
def _as_bytes(*names: str) -> frozenset[bytes]:
    return frozenset(name.lower().encode() for name in names if name)


@cache
def _mark() -> str:
    """What nobody outside this process can know."""
    return secrets.token_hex(32)
