"""Tokens of a provider: the good ones are believed, no others, and the provider is not asked more than it need be."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OctKey

from backend.errors import InvalidSettings, NotIdentified, SourceNonsense, SourceUnavailable
from backend.identity.keys import FRESH_SECONDS, PAUSE_SECONDS
from backend.identity.provider import Expected, Provider
from backend.settings import Settings
from tests.identity import (
    AUDIENCE,
    ISSUER,
    FakeProvider,
    by_hand,
    claims,
    ec,
    expected,
    part64,
    rsa,
    signed,
    with_public_key_as_secret,
)

NOW = 1_790_000_000.0


class Desk:
    """A provider, the program that verifies its tokens, and a clock for both."""

    def __init__(self) -> None:
        self.now = NOW
        self.provider = FakeProvider([rsa("key-1"), ec("key-2")])
        self.verifier = Provider(expected(), clock=lambda: self.now, network=self.provider.network())

    def verify(self, token: str) -> Any:
        return self.verifier.verify(token)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("key", [rsa("key-1"), ec("key-2")])
@pytest.mark.parametrize("audience", [AUDIENCE, ["somebody-else", AUDIENCE]])
def test_a_good_token_is_believed(desk: Desk, key: Any, audience: Any) -> None:
    said = claims(NOW, aud=audience)
    assert desk.verify(signed(said, key)) == said


def good(**changed: Any) -> str:
    return signed(claims(NOW, **changed), rsa("key-1"))


FORGED: dict[str, tuple[Callable[[], str], str]] = {
    "expired": (lambda: good(iat=NOW - 900, exp=NOW - 31), "has expired"),
    "without an end": (lambda: good(exp=None), "exp"),
    "that ends at no number": (lambda: good(exp="tomorrow"), "exp"),
    "that ends at infinity": (lambda: good(exp=float("inf")), "exp"),
    "that ends at NaN": (lambda: good(exp=float("nan")), "exp"),
    "not yet valid": (lambda: good(nbf=NOW + 31), "not yet valid"),
    "made in the future": (lambda: good(iat=NOW + 31), "in the future"),
    "without a time": (lambda: good(iat=None), "iat"),
    "of another audience": (lambda: good(aud="account"), "aud"),
    "of audiences that are others": (lambda: good(aud=["account", "run-registry-2"]), "aud"),
    "of no audience": (lambda: good(aud=None), "aud"),
    "of an empty audience": (lambda: good(aud=[]), "aud"),
    "of another issuer": (lambda: good(iss="https://auth.example.org/realms/other"), "iss"),
    "of an issuer with a slash": (lambda: good(iss=f"{ISSUER}/"), "iss"),
    "of no issuer": (lambda: good(iss=None), "iss"),
    "of nobody": (lambda: good(sub=None), "sub"),
    "an ID token": (lambda: good(typ="ID"), "no access token"),
    "a refresh token": (lambda: good(typ="Refresh"), "no access token"),
    "an ID token of another make": (lambda: good(typ=None, at_hash="x"), "no access token"),
    "a logout token": (lambda: signed(claims(NOW), rsa("key-1"), typ="logout+jwt"), "no access token"),
    "signed by a stranger": (lambda: signed(claims(NOW), rsa("other"), kid="key-1"), "signature"),
    "of a key that is not there": (lambda: signed(claims(NOW), rsa("other")), "which .* does not have"),
    "of no key": (lambda: signed(claims(NOW), rsa("key-1"), kid=None), "does not name the key"),
    "of a key of another kind": (lambda: signed(claims(NOW), rsa("key-1"), kid="key-2"), "not believed"),
    "of an algorithm that is not wanted": (lambda: signed(claims(NOW), rsa("key-1"), alg="RS512"), "not allowed"),
    "signed with the public key": (lambda: with_public_key_as_secret(claims(NOW), rsa("key-1")), "not allowed"),
    "signed with an empty secret": (
        lambda: signed(claims(NOW), OctKey.import_key("0" * 64), kid="key-1"),
        "not allowed",
    ),
    "unsigned": (lambda: by_hand({"alg": "none", "kid": "key-1"}, claims(NOW)), "not allowed"),
    "unsigned, in capitals": (lambda: by_hand({"alg": "NONE", "kid": "key-1"}, claims(NOW)), "not supported"),
    "that claims a signature": (
        lambda: by_hand({"alg": "RS256", "kid": "key-1"}, claims(NOW), b"\0" * 256),
        "signature",
    ),
    "without a signature": (lambda: good().rpartition(".")[0] + ".", "signature"),
    "with another payload": (
        lambda: ".".join([*good().split(".")[:1], part64(b'{"sub":"lmoreau"}'), good().split(".")[2]]),
        "signature",
    ),
    "with its key in it": (
        lambda: signed(claims(NOW), rsa("other"), kid="key-1", jwk=ec("key-2").as_dict(private=False)),
        "signature",
    ),
    "with its keys elsewhere": (
        lambda: signed(claims(NOW), rsa("other"), kid="key-1", jku="https://evil.example.org/certs"),
        "signature",
    ),
    "with an extension that one must understand": (
        lambda: by_hand({"alg": "RS256", "kid": "key-1", "crit": ["exp"], "exp": 1}, claims(NOW), b"x"),
        "not believed",
    ),
    "whose claims are a list": (lambda: by_hand({"alg": "RS256", "kid": "key-1"}, [1], b"x"), "signature"),
    "whose header is a list": (lambda: by_hand(["RS256"], claims(NOW), b"x"), "not believed"),
    "whose key is a number": (lambda: by_hand({"alg": "RS256", "kid": 1}, claims(NOW), b"x"), "not believed"),
    "of many brackets": (lambda: by_hand("[" * 300, "[" * 60_000, b"x"), "not believed"),
    "too long": (lambda: good(more="x" * 200_000), "not believed"),
    "of two parts": (lambda: good().rpartition(".")[0], "not believed"),
    "encrypted": (lambda: "a.b.c.d.e", "not believed"),
    "empty": (lambda: "", "not believed"),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_token_is_not_believed(desk: Desk, kind: str) -> None:
    desk.verify(good())
    forged, sentence = FORGED[kind]
    token = forged()
    with pytest.raises(NotIdentified, match=sentence) as refusal:
        desk.verify(token)
    assert not token or token not in str(refusal.value)


@given(
    token=st.one_of(
        st.text(max_size=80), st.from_regex(r"[A-Za-z0-9_-]{0,40}(\.[A-Za-z0-9_-]{0,40}){0,4}", fullmatch=True)
    )
)
def test_whatever_is_shown_is_a_token_or_a_sentence(token: str) -> None:
    with pytest.raises(NotIdentified):
        Desk().verify(token)


def test_one_byte_that_is_another_is_noticed(desk: Desk) -> None:
    token = good()
    for place in range(0, len(token), 37):
        if token[place] != ".":
            with pytest.raises(NotIdentified):
                desk.verify(token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :])


def test_a_key_that_is_new_is_asked_for_and_one_that_is_taken_back_ends(desk: Desk) -> None:
    old = good()
    desk.verify(old)
    desk.provider.keys = [rsa("key-3")]
    desk.now += PAUSE_SECONDS
    desk.verify(signed(claims(NOW), rsa("key-3")))
    with pytest.raises(NotIdentified, match="names the key 'key-1'"):
        desk.verify(old)
    assert desk.provider.asked == 2


def test_keys_that_are_known_are_asked_for_again_after_a_while(desk: Desk) -> None:
    desk.verify(good())
    desk.now += FRESH_SECONDS - 1
    desk.verify(good(exp=NOW + 9_000))
    assert desk.provider.asked == 1
    desk.now += 1
    desk.provider.keys = [rsa("key-3")]
    with pytest.raises(NotIdentified):
        desk.verify(good(exp=NOW + 9_000))
    assert desk.provider.asked == 2


def test_tokens_of_keys_that_are_not_there_ask_the_provider_once_in_a_while(desk: Desk) -> None:
    for number in range(50):
        with pytest.raises(NotIdentified):
            desk.verify(signed(claims(NOW), rsa("other"), kid=f"key-{number + 7}"))
    assert desk.provider.asked == 1
    desk.now += PAUSE_SECONDS
    with pytest.raises(NotIdentified):
        desk.verify(signed(claims(NOW), rsa("other"), kid="key-99"))
    assert desk.provider.asked == 2


def test_while_the_provider_is_away_known_keys_go_on_and_others_are_told_so(desk: Desk) -> None:
    desk.verify(good())
    desk.provider.is_away = True
    desk.now += FRESH_SECONDS + 1
    desk.verify(good(exp=NOW + 9_000))
    with pytest.raises(SourceUnavailable, match=r"does not answer at .*; a new token cannot be verified until it does"):
        desk.verify(signed(claims(NOW, exp=NOW + 9_000), rsa("key-3")))
    desk.provider.is_away = False
    desk.provider.keys.append(rsa("key-3"))
    desk.now += PAUSE_SECONDS
    desk.verify(signed(claims(NOW, exp=NOW + 9_000), rsa("key-3")))


def test_many_at_once_ask_the_provider_once(desk: Desk) -> None:
    token = good()
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(desk.verify, [token] * 32))) == 32
    assert desk.provider.asked == 1


def weak() -> dict[str, Any]:
    return rsa("weak", 1024).as_dict(private=False)


@pytest.mark.filterwarnings("ignore:Key size")
@pytest.mark.parametrize(
    ("changed", "error", "sentence"),
    [
        ({"issuer": "https://evil.example.org"}, SourceNonsense, "speaks of the issuer 'https://evil.example.org'"),
        ({"jwks_uri": "http://auth.example.org/certs"}, SourceNonsense, "which is not https"),
        ({"jwks_uri": 7}, SourceNonsense, "gives no keys"),
        ({"keys": []}, SourceNonsense, "gives no keys"),
        ({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "key-1"}]}, SourceNonsense, "gives no keys"),
        ({"keys": [{"kty": "RSA", "kid": "key-1"}, 5, {"kty": "new", "kid": "a"}]}, SourceNonsense, "gives no keys"),
        ({"keys": [{**rsa("key-1").as_dict(private=False), "use": "enc"}]}, SourceNonsense, "gives no keys"),
        ({"keys": ["weak"]}, SourceNonsense, "gives no keys"),
        ({"status": 500}, SourceUnavailable, "with 500"),
    ],
)
def test_a_provider_that_cannot_be_believed_is_not(
    desk: Desk, changed: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    for name, value in changed.items():
        setattr(desk.provider, name, [weak()] if value == ["weak"] else value)
    with pytest.raises(error, match=sentence):
        desk.verify(good())


@pytest.mark.parametrize(
    ("said", "error", "sentence"),
    [
        ({"oidc_issuer": None}, NotIdentified, "knows no provider of tokens"),
        ({}, InvalidSettings, "neither RR_OIDC_AUDIENCES nor RR_OIDC_CLIENT_ID"),
        ({"oidc_client_id": "rr", "oidc_algorithms": "RS256,HS256"}, InvalidSettings, "cannot be HS256"),
        ({"oidc_client_id": "rr", "oidc_algorithms": "none"}, InvalidSettings, "cannot be none"),
        ({"oidc_client_id": "rr", "oidc_algorithms": ""}, InvalidSettings, "cannot be none"),
    ],
)
def test_settings_by_which_anybody_could_sign_are_refused(
    said: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        Expected.of(Settings(**{"oidc_issuer": ISSUER} | said))


def test_audiences_are_those_of_the_settings_else_the_client_id() -> None:
    assert Expected.of(Settings(oidc_issuer=ISSUER, oidc_client_id="rr")).audiences == ("rr",)
    more = Settings(oidc_issuer=ISSUER, oidc_client_id="rr", oidc_audiences="api, proxy")
    assert Expected.of(more).audiences == ("api", "proxy")
    assert Expected.of(more).metadata_url == f"{ISSUER}/.well-known/openid-configuration"


def test_the_clock_is_that_of_the_world_unless_told_otherwise() -> None:
    provider = Provider(expected(), network=FakeProvider().network())
    assert provider.verify(signed(claims(time.time()), rsa("key-1")))["name"] == "A. Keller"
