"""A way in that is half configured is refused before anybody asks."""

from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from backend.api.starting import refuse_unsafe_start
from backend.errors import InvalidSettings
from backend.identity.starting import refuse_unclear_identities
from backend.settings import Settings, settings
from tests.coroutines import run

ISSUER = "https://auth.example.org/realms/cern"
SECRET = SecretStr("a-secret-of-more-than-thirty-two-characters")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"auth": "demo"},
        {"oidc_issuer": ISSUER, "oidc_client_id": "rr"},
        {"auth": "proxy", "proxy_networks": "10.1.0.0/16", "proxy_secret": SECRET},
    ],
)
def test_what_is_clear_may_begin(said: dict[str, Any]) -> None:
    refuse_unclear_identities(Settings(**said))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"oidc_issuer": ISSUER}, "neither RR_OIDC_AUDIENCES nor RR_OIDC_CLIENT_ID"),
        ({"oidc_issuer": ISSUER, "oidc_client_id": "rr", "oidc_algorithms": "HS256"}, "cannot be HS256"),
        ({"auth": "proxy", "proxy_secret": SECRET}, "RR_PROXY_NETWORKS does not say where it stands"),
        ({"auth": "proxy", "proxy_networks": "10.1.0.0/16"}, "anybody in its network could be it"),
        ({"auth": "proxy", "proxy_networks": "0.0.0.0/0", "proxy_secret": SECRET}, "that is everybody"),
        ({"proxy_networks": "proxy.example.org"}, "RR_PROXY_NETWORKS cannot have 'proxy.example.org'"),
    ],
)
def test_what_is_not_is_refused(said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidSettings, match=sentence):
        refuse_unclear_identities(Settings(**said))


def test_the_api_does_not_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RR_AUTH", "proxy")
    settings.cache_clear()

    async def begin() -> None:
        async with refuse_unsafe_start(FastAPI()):
            raise AssertionError("it began")

    try:
        with pytest.raises(InvalidSettings, match="RR_PROXY_NETWORKS"):
            run(begin())
    finally:
        settings.cache_clear()
