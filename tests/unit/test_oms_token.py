"""The token for OMS is kept while it is good, renewed when it is not, and never told."""

from datetime import timedelta

import httpx
import pytest

from backend.errors import InvalidSettings, SourceNonsense, SourceUnavailable
from backend.ingest.oms_token import Credentials, OmsToken
from backend.ingest.transport import Transport
from backend.settings import Settings
from tests.scripted import FINE, Script, Time, a_transport, as_it_is


def a_token(text: str = "t1", **more: object) -> httpx.Response:
    return httpx.Response(200, json={"access_token": text, "expires_in": 1200} | more)


def a_bearer(script: Script, time: Time, *, exchange: bool = False) -> OmsToken:
    endpoint = Transport(
        "The token endpoint of OMS",
        "http://auth/token",
        sleep=time.sleep,
        clock=time,
        network=httpx.MockTransport(script),
    )
    settings = Settings(oms_token_url="http://auth/token", oms_client_id="registry", oms_client_secret="s3cret")
    return OmsToken(endpoint, Credentials.of(settings), exchange=exchange, clock=time)


def test_a_token_is_asked_for_once_and_shown_each_time() -> None:
    time, auth, oms = Time(), Script(a_token()), Script(FINE)
    transport = a_transport(oms, time, bearer=a_bearer(auth, time))
    for _ in range(3):
        transport.get("runs", read=as_it_is)
    assert [request.headers["Authorization"] for request in oms.asked] == ["Bearer t1"] * 3
    [request] = auth.asked
    assert str(request.url) == "http://auth/token"
    assert dict(httpx.QueryParams(request.content.decode())) == {
        "grant_type": "client_credentials",
        "client_id": "registry",
        "client_secret": "s3cret",
        "audience": "cmsoms-prod",
    }


def test_a_token_is_renewed_shortly_before_it_ends() -> None:
    time, auth = Time(), Script(a_token("t1"), a_token("t2"))
    bearer = a_bearer(auth, time)
    assert bearer.token() == "t1"
    time.now += timedelta(seconds=1169)
    assert bearer.token() == "t1"
    time.now += timedelta(seconds=1)
    assert bearer.token() == "t2"


def test_a_short_lived_token_is_used_for_most_of_its_life() -> None:
    time, auth = Time(), Script(a_token("t1", expires_in=10), a_token("t2", expires_in=10))
    bearer = a_bearer(auth, time)
    assert bearer.token() == "t1"
    time.now += timedelta(seconds=8.9)
    assert bearer.token() == "t1"
    time.now += timedelta(seconds=0.2)
    assert bearer.token() == "t2"


@pytest.mark.parametrize("status", [401, 302])
def test_a_refused_token_is_renewed_once_and_the_question_asked_again(status: int) -> None:
    time, auth, oms = Time(), Script(a_token("old"), a_token("new")), Script(httpx.Response(status), FINE)
    assert a_transport(oms, time, bearer=a_bearer(auth, time)).get("runs", read=as_it_is) == {"data": []}
    assert [request.headers["Authorization"] for request in oms.asked] == ["Bearer old", "Bearer new"]
    assert time.slept == []


def test_a_second_refusal_is_final() -> None:
    time, auth, oms = Time(), Script(a_token("old"), a_token("new")), Script(httpx.Response(401))
    with pytest.raises(SourceUnavailable, match="does not accept who we are"):
        a_transport(oms, time, bearer=a_bearer(auth, time)).get("runs", read=as_it_is)
    assert (len(oms.asked), len(auth.asked)) == (2, 2)


def test_a_token_that_was_replaced_meanwhile_is_not_forgotten_again() -> None:
    time, auth = Time(), Script(a_token("t1"), a_token("t2"))
    bearer = a_bearer(auth, time)
    bearer.token()
    bearer.forget("an older one")
    assert bearer.token() == "t1"


def test_the_exchange_takes_two_steps_and_names_the_audience_in_the_second() -> None:
    time, auth = Time(), Script(a_token("own"), a_token("exchanged"))
    assert a_bearer(auth, time, exchange=True).token() == "exchanged"
    first, second = (dict(httpx.QueryParams(request.content.decode())) for request in auth.asked)
    assert "audience" not in first
    assert second == {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "subject_token": "own",
        "audience": "cmsoms-prod",
        "client_id": "registry",
        "client_secret": "s3cret",
    }


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"expires_in": 300}, r"without an access_token; it has \['expires_in'\]"),
        ({"access_token": "", "expires_in": 300}, "without an access_token"),
        (["t"], "without an access_token"),
        ({"access_token": "s3cret-token", "expires_in": "soon"}, "expires_in 'soon'"),
        ({"access_token": "s3cret-token", "expires_in": 0}, "expires_in 0"),
        ({"access_token": "s3cret-token", "expires_in": True}, "expires_in True"),
    ],
)
def test_a_token_that_cannot_be_is_nonsense_and_no_secret_is_told(answer: object, sentence: str) -> None:
    bearer = a_bearer(Script(httpx.Response(200, json=answer)), Time())
    with pytest.raises(SourceNonsense, match=sentence) as caught:
        bearer.token()
    assert "s3cret" not in str(caught.value)


def test_a_token_endpoint_that_refuses_is_named_and_no_secret_is_told() -> None:
    bearer = a_bearer(Script(httpx.Response(400, json={"error": "invalid_client"})), Time())
    with pytest.raises(
        SourceUnavailable, match=r"^The token endpoint of OMS answered POST / with 400: .*invalid_client"
    ) as caught:
        bearer.token()
    assert "s3cret" not in str(caught.value)


def test_a_token_endpoint_without_credentials_is_a_wrong_setting() -> None:
    with pytest.raises(InvalidSettings, match="RR_OMS_CLIENT_ID"):
        Credentials.of(Settings(oms_token_url="http://auth/token", oms_client_id="registry"))
