"""A trusted proxy is believed from its network and with its secret; anybody else's headers are taken out and logged."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import SecretStr
from starlette import datastructures

from backend.errors import InvalidSettings, NotIdentified
from backend.identity.identity import Identity, Way
from backend.identity.proxy import MARK, ProxyGate, Scope, identity_of_proxy, networks_of
from backend.settings import Settings
from tests.coroutines import run

SECRET = "a-secret-of-more-than-thirty-two-characters"
CHOSEN = Settings(
    auth="proxy",
    proxy_networks="10.1.0.0/16, fd00::/8",
    proxy_secret=SecretStr(SECRET),
    proxy_name_header="X-Forwarded-Name",
)
KELLER = {
    "X-Forwarded-User": "akeller",
    "X-Forwarded-Name": "A. Keller",
    "X-Forwarded-Email": "akeller@example.org",
    "X-Forwarded-Groups": "cms-members, cms-dqm-runregistry-offline-tracker-certifiers;cms-web",
}
GOOD = {**KELLER, "X-RR-Proxy-Secret": SECRET}
INSIDE = "10.1.2.3"
Headers = list[tuple[bytes, bytes]]


def raw(headers: Mapping[str, str]) -> Headers:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def let_through(*gates: Settings, headers: Headers, peer: str | None = INSIDE, kind: str = "http") -> dict[str, str]:
    """The headers that an app behind the gates sees."""
    seen: dict[str, str] = {}

    async def app(scope: Scope, receive: Any, send: Any) -> None:
        seen.update((name.decode(), value.decode()) for name, value in scope["headers"])

    gated: Any = app
    for chosen in reversed(gates):
        gated = ProxyGate(gated, lambda _, chosen=chosen: chosen)
    scope = {"type": kind, "headers": headers, "client": None if peer is None else (peer, 40_000)}
    run(gated(scope, None, None))
    return seen


def believed(chosen: Settings = CHOSEN, *, headers: Headers | None = None, **how: Any) -> Identity | None:
    seen = let_through(chosen, headers=raw(GOOD) if headers is None else headers, **how)
    assert SECRET not in seen.values()
    return identity_of_proxy(datastructures.Headers(seen), chosen)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("peer", [INSIDE, "::ffff:10.1.2.3", "fd00::7"])
def test_the_proxy_is_believed_from_where_it_stands_with_its_secret(kind: str, peer: str) -> None:
    found = believed(peer=peer, kind=kind)
    assert found is not None and found.way is Way.PROXY
    assert found.actor.name == "A. Keller (akeller)"
    assert found.actor.is_verified
    assert found.actor.egroups == {"cms-members", "cms-dqm-runregistry-offline-tracker-certifiers", "cms-web"}


def test_the_proxy_may_say_for_whom_it_asks() -> None:
    assert believed(headers=[*raw(GOOD), (b"x-forwarded-for", b"192.0.2.1, 10.1.2.30")]) is not None


def changed(**by: str | None) -> Headers:
    names = {name.replace("-", "_"): name for name in GOOD}
    whole: dict[str, str | None] = dict(GOOD) | {names.get(name, name): value for name, value in by.items()}
    return raw({name: value for name, value in whole.items() if value is not None})


@pytest.mark.parametrize(
    ("chosen", "headers", "peer"),
    [
        (CHOSEN, raw(GOOD), "10.2.0.1"),
        (CHOSEN, raw(GOOD), "127.0.0.1"),
        (CHOSEN, raw(GOOD), "testclient"),
        (CHOSEN, raw(GOOD), ""),
        (CHOSEN, raw(GOOD), None),
        (CHOSEN, raw(KELLER), INSIDE),
        (CHOSEN, changed(X_RR_Proxy_Secret=""), INSIDE),
        (CHOSEN, changed(X_RR_Proxy_Secret=SECRET[:-1]), INSIDE),
        (CHOSEN, changed(X_RR_Proxy_Secret=SECRET.upper()), INSIDE),
        (CHOSEN, [*raw(GOOD), (b"x-rr-proxy-secret", b"another")], INSIDE),
        (CHOSEN, [*raw(GOOD), (b"x-forwarded-user", b"lmoreau")], INSIDE),
        (CHOSEN, [*raw(GOOD), (b"X-Forwarded-Groups", b"cms-dqm-runregistry-experts")], INSIDE),
        (CHOSEN, [*raw(KELLER), (MARK.encode(), b"yes")], INSIDE),
        (CHOSEN, [*raw(GOOD), (MARK.encode(), b"yes")], INSIDE),
        (CHOSEN, [*raw(GOOD), (b"x-forwarded-for", b"10.1.2.3")], INSIDE),
        (CHOSEN, [*raw(GOOD), (b"x-forwarded-for", b"192.0.2.1, 10.1.2.3:80")], INSIDE),
        (CHOSEN, [*raw(GOOD), (b"x-forwarded-for", b"192.0.2.1"), (b"X-Forwarded-For", b"[fd00::7]:80")], "fd00::7"),
        (CHOSEN, raw({"email": "auto@auto", "egroups": "cms-dqm-runregistry-experts"}), INSIDE),
        (CHOSEN.model_copy(update={"proxy_networks": ""}), raw(GOOD), INSIDE),
        (CHOSEN.model_copy(update={"proxy_secret": None}), raw(GOOD), INSIDE),
        (CHOSEN.model_copy(update={"proxy_secret": None}), changed(X_RR_Proxy_Secret=""), INSIDE),
        (CHOSEN.model_copy(update={"auth": "oidc"}), raw(GOOD), INSIDE),
        (CHOSEN.model_copy(update={"auth": "demo"}), raw(GOOD), INSIDE),
    ],
)
def test_nobody_else_is_believed(chosen: Settings, headers: Headers, peer: str | None) -> None:
    assert believed(chosen, headers=headers, peer=peer) is None
    seen = let_through(chosen, headers=[*headers, (b"accept", b"*/*")], peer=peer)
    assert seen["accept"] == "*/*"
    assert not {name for name in seen if name.startswith(("x-forwarded", "x-rr"))} - {"x-forwarded-for"}


def test_the_proxy_that_names_nobody_is_nobody() -> None:
    assert believed(headers=changed(X_Forwarded_User=None)) is None
    assert believed(headers=changed(X_Forwarded_User=" ")) is None


def test_a_user_that_cannot_be_is_told_so() -> None:
    with pytest.raises(NotIdentified, match="cannot be the id of a user"):
        believed(headers=changed(X_Forwarded_User="A. Keller (lmoreau)"))


def test_a_gate_within_a_gate_believes_what_the_outer_let_through() -> None:
    seen = let_through(CHOSEN, CHOSEN, headers=raw(GOOD))
    assert identity_of_proxy(datastructures.Headers(seen), CHOSEN) is not None


def test_without_a_gate_nothing_is_believed() -> None:
    for mark in ("", "yes", "é"):
        assert identity_of_proxy(datastructures.Headers(GOOD | {MARK: mark}), CHOSEN) is None


def test_what_is_taken_out_is_logged_once_a_minute_without_what_it_said(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Scope, receive: Any, send: Any) -> None:
        return None

    gate = ProxyGate(app, lambda _: CHOSEN)
    with caplog.at_level(logging.WARNING):
        for _ in range(50):
            run(gate({"type": "http", "headers": raw(GOOD), "client": ("192.0.2.7", 1)}, None, None))  # type: ignore[arg-type]
    (line,) = caplog.messages
    assert line.endswith("the last from 192.0.2.7: it is not of RR_PROXY_NETWORKS")
    assert SECRET not in line and "akeller" not in line


@pytest.mark.parametrize(
    ("listed", "sentence"),
    [
        ("10.1.0.0/8", "RR_PROXY_NETWORKS cannot have '10.1.0.0/8'"),
        ("proxy.example.org", "RR_PROXY_NETWORKS cannot have 'proxy.example.org'"),
        ("0.0.0.0/0", "that is everybody"),
        ("10.1.0.0/16,::/0", "that is everybody"),
    ],
)
def test_a_network_that_cannot_be_is_refused(listed: str, sentence: str) -> None:
    with pytest.raises(InvalidSettings, match=sentence):
        networks_of(listed)
