"""The simulated identity provider as its clients meet it: discovery, login by code with PKCE, keys, tokens, faults."""

import base64
import hashlib
import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError
from joserfc.jwk import KeySet

from models.lumis import LumiSet
from scripts.simulator.accounts import ACCOUNTS, account_of
from scripts.simulator.feed import feed_of
from scripts.simulator.running import Simulator, running_simulator
from scripts.simulator.season import build_season

RUN = {316010: LumiSet.span(1, 300)}
BACK = "http://127.0.0.1:8501/oauth2callback"
CLIENT = ("run-registry", "secret")
VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with running_simulator(feed_of(build_season("small", RUN, RUN))) as running:
        yield running


@pytest.fixture
def sso(simulator: Simulator) -> Iterator["Sso"]:
    with httpx.Client(timeout=5.0) as http:
        yield Sso(http, simulator)
    simulator.faults.clear()
    simulator.provider.token_seconds, simulator.provider.more_groups = 3600.0, 0


class Sso:
    """One browser and one client program."""

    def __init__(self, http: httpx.Client, simulator: Simulator) -> None:
        self.http = http
        self.where = http.get(f"{simulator.issuer}/.well-known/openid-configuration").json()

    def ask(self, user: str | None = None, **changed: str) -> httpx.Response:
        query = {
            "response_type": "code", "client_id": CLIENT[0], "redirect_uri": BACK, "scope": "openid", "state": "s",
            "nonce": "n", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        }  # fmt: skip
        url = httpx.URL(self.where["authorization_endpoint"], params=query | changed)
        return self.http.post(url, data={"user": user}) if user else self.http.get(url)

    def code(self, user: str, **changed: str) -> str:
        return parse_qs(urlsplit(self.ask(user, **changed).headers["location"]).query)["code"][0]

    def redeem(self, code: str, **changed: str) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return self.token(form | changed)

    def token(self, form: dict[str, str]) -> httpx.Response:
        return self.http.post(self.where["token_endpoint"], data=form, auth=CLIENT)

    def read(self, token: str) -> dict:
        keys = KeySet.import_key_set(self.http.get(self.where["jwks_uri"]).json())
        return jwt.decode(token, keys, algorithms=["RS256"]).claims


def test_a_login_tells_who_it_is_and_in_which_egroups(sso: Sso) -> None:
    keller = account_of("tracker-certifier")
    claims = sso.read(sso.redeem(sso.code(keller.user_id)).json()["id_token"])
    assert {name: claims[name] for name in ("iss", "aud", "sub", "name", "nonce")} == {
        "iss": sso.where["issuer"], "aud": CLIENT[0], "sub": "akeller", "name": "A. Keller", "nonce": "n",
    }  # fmt: skip
    assert claims["cern_roles"] == ["cms-dqm-runregistry-offline-tracker-certifiers"]
    assert claims["exp"] - claims["iat"] == 3600


def test_everybody_has_an_account_of_their_own(sso: Sso) -> None:
    page = sso.ask().text
    assert len(ACCOUNTS) == len({account.name for account in ACCOUNTS.values()})
    assert [name for name in ACCOUNTS if f'value="{name}"' not in page] == []


def test_a_code_is_good_once(sso: Sso) -> None:
    code = sso.code("stanaka")
    assert sso.redeem(code).is_success
    assert sso.redeem(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("wrong", [{"code_verifier": "x" * 43}, {"redirect_uri": BACK + "2"}, {"code": "made-up"}])
def test_a_code_is_good_for_who_asked_for_it_alone(sso: Sso, wrong: dict[str, str]) -> None:
    code = sso.code("stanaka")
    assert sso.redeem(**{"code": code} | wrong).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": "https://example.org/oauth2callback"},
        {"response_type": "token"},
        {"scope": "email"},
        {"code_challenge_method": "plain"},
    ],
)
def test_what_leads_off_the_machine_or_is_no_code_flow_is_refused(sso: Sso, wrong: dict[str, str]) -> None:
    answer = sso.ask("stanaka", **wrong)
    assert (answer.status_code, answer.headers.get("location")) == (400, None)


def test_who_is_logged_in_is_not_asked_again_until_they_log_out(sso: Sso) -> None:
    sso.ask("stanaka")
    assert sso.ask().status_code == 302
    assert sso.ask(prompt="login").status_code == 200
    gone = sso.http.get(sso.where["end_session_endpoint"], params={"post_logout_redirect_uri": BACK})
    assert gone.headers["location"] == BACK
    assert sso.ask().status_code == 200


def test_a_logout_leads_nowhere_off_the_machine(sso: Sso) -> None:
    away = {"post_logout_redirect_uri": "https://example.org/"}
    assert sso.http.get(sso.where["end_session_endpoint"], params=away).status_code == 200


def test_keys_are_replaced_and_the_old_ones_stay_until_forgotten(sso: Sso, simulator: Simulator) -> None:
    before = sso.redeem(sso.code("stanaka")).json()["id_token"]
    control = f"http://127.0.0.1:{simulator.port}/control/keys"
    named = httpx.post(control, json={}).json()["key"]
    after = sso.redeem(sso.code("stanaka")).json()["id_token"]
    assert _header(after)["kid"] == named != _header(before)["kid"]
    assert sso.read(before)["sub"] == sso.read(after)["sub"] == "stanaka"
    httpx.post(control, json={"forget": True})
    with pytest.raises(InvalidKeyIdError):
        sso.read(before)


def test_a_program_gets_a_token_for_the_audience_that_it_asks_for(sso: Sso) -> None:
    answer = sso.token({"grant_type": "client_credentials", "audience": "run-registry-api"}).json()
    claims = sso.read(answer["access_token"])
    assert (claims["aud"], claims["sub"]) == ("run-registry-api", "service-account-run-registry")
    assert claims["cern_roles"] == []


def test_the_token_of_a_person_is_exchanged_for_one_of_another_audience(sso: Sso) -> None:
    own = sso.redeem(sso.code("jnovak")).json()["access_token"]
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "audience": "run-registry-api"}
    claims = sso.read(sso.token(form | {"subject_token": own}).json()["access_token"])
    assert (claims["aud"], claims["sub"]) == ("run-registry-api", "jnovak")
    assert sso.token(form | {"subject_token": "a.b.c"}).json()["error"] == "invalid_grant"


def test_faults_give_tokens_that_must_not_be_believed(sso: Sso, simulator: Simulator) -> None:
    simulator.fail("wrong key", path="/token")
    with pytest.raises(BadSignatureError):
        sso.read(sso.redeem(sso.code("stanaka")).json()["id_token"])
    simulator.fail("expired token", path="/token")
    claims = sso.read(sso.redeem(sso.code("stanaka")).json()["id_token"])
    assert claims["iat"] + 86_000 < simulator.provider.clock()


def test_tokens_last_and_groups_are_as_many_as_control_says(sso: Sso, simulator: Simulator) -> None:
    told = {"token_seconds": 5.0, "more_groups": 600}
    assert httpx.post(f"http://127.0.0.1:{simulator.port}/control/provider", json=told).json() == told
    claims = sso.read(sso.redeem(sso.code("stanaka")).json()["id_token"])
    assert (claims["exp"] - claims["iat"], len(claims["groups"])) == (5, 602)


def _header(token: str) -> dict:
    encoded = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
