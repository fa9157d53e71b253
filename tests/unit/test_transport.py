"""A source is asked patiently: what may pass is asked again, what will not is said in one sentence."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from backend.errors import InvalidSettings, SourceNonsense, SourceUnavailable
from backend.ingest.oms_token import Credentials, OmsToken
from backend.ingest.transport import ATTEMPTS, AskAgain, Transport
from backend.settings import Settings

NOON = datetime(2018, 6, 1, 12, tzinfo=UTC)
FINE = httpx.Response(200, json={"data": []})
Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Time:
    """A clock that moves only when somebody sleeps, and remembers for how long."""

    def __init__(self) -> None:
        self.now = NOON
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


class Script:
    """A network on which a source gives these replies in order, the last one for ever."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return (
            reply(request)
            if callable(reply)
            else httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)
        )


def a_transport(script: Script, time: Time | None = None, **more: object) -> Transport:
    time = time or Time()
    return Transport(
        "OMS", "http://oms/api/v1/", sleep=time.sleep, clock=time, network=httpx.MockTransport(script), **more
    )


def as_it_is(answer: object) -> object:
    return answer


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


def test_the_path_is_under_the_base_url_and_the_query_is_sent_as_written() -> None:
    script = Script(FINE)
    assert a_transport(script).get("runs", (("page[limit]", "5"), ("sort", "-run_number")), read=as_it_is) == {
        "data": []
    }
    [request] = script.asked
    assert request.url.path == "/api/v1/runs"
    assert list(request.url.params.multi_items()) == [("page[limit]", "5"), ("sort", "-run_number")]


def test_the_dqm_gui_recognises_us_as_a_python_client() -> None:
    script = Script(FINE)
    a_transport(script).get("runs", read=as_it_is)
    assert "ython" in script.asked[0].headers["User-Agent"]


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(500),
        httpx.Response(502, text="Bad gateway"),
        httpx.Response(503),
        httpx.Response(429),
        httpx.Response(408),
        httpx.Response(200, content=b'{"data": [{"id": "1", "attrib'),
        httpx.Response(200, content=b""),
        httpx.ConnectError("refused"),
        httpx.ReadError("connection reset"),
        httpx.ReadTimeout("slow"),
        httpx.ConnectTimeout("slow"),
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
    ],
    ids=str,
)
def test_trouble_that_may_pass_is_asked_again(trouble: Reply) -> None:
    time, script = Time(), Script(trouble, trouble, FINE)
    assert a_transport(script, time).get("runs", read=as_it_is) == {"data": []}
    assert len(script.asked) == 3
    assert len(time.slept) == 2


def test_pauses_grow_and_are_never_twice_the_same() -> None:
    time, script = Time(), Script(httpx.Response(500))
    for _ in range(2):
        with pytest.raises(SourceUnavailable):
            a_transport(script, time).get("runs", read=as_it_is)
    first, second = time.slept[: ATTEMPTS - 1], time.slept[ATTEMPTS - 1 :]
    assert first == sorted(first)
    assert first[-1] > 4 * first[0] > 0
    assert first != second


def test_patience_ends_and_the_sentence_says_what_was_asked_and_how_often() -> None:
    script = Script(httpx.Response(503, text="maintenance"))
    with pytest.raises(
        SourceUnavailable, match=r"^OMS answered GET /runs\?sort=x with 503: maintenance\. It was asked 5 times\.$"
    ):
        a_transport(script).get("runs", (("sort", "x"),), read=as_it_is)
    assert len(script.asked) == ATTEMPTS


def test_a_source_that_never_answers_is_unavailable_and_not_nonsense() -> None:
    with pytest.raises(SourceUnavailable, match="did not answer GET /runs within 30 s") as caught:
        a_transport(Script(httpx.ReadTimeout("slow"))).get("runs", read=as_it_is)
    assert not isinstance(caught.value, SourceNonsense)


def test_an_answer_that_is_never_json_is_nonsense() -> None:
    with pytest.raises(SourceNonsense, match=r"GET /runs with 13 bytes that are no whole JSON"):
        a_transport(Script(httpx.Response(200, text="<html>welcome"))).get("runs", read=as_it_is)


def test_an_answer_that_comes_drop_by_drop_for_longer_than_the_timeout_is_given_up() -> None:
    time = Time()

    def drops(_: httpx.Request) -> httpx.Response:
        def body() -> Iterator[bytes]:
            for _ in range(100):
                time.sleep(1.0)
                yield b" "

        return httpx.Response(200, content=body())

    with pytest.raises(SourceUnavailable, match="within 5 s"):
        a_transport(Script(drops), time, timeout_seconds=5.0).get("runs", read=as_it_is)
    assert len([s for s in time.slept if s == 1.0]) == ATTEMPTS * 6


def test_a_connection_that_breaks_in_the_middle_of_the_answer_is_asked_again() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        def body() -> Iterator[bytes]:
            yield b'{"data": ['
            raise httpx.ReadError("connection reset")

        return httpx.Response(200, content=body())

    assert a_transport(Script(broken, FINE)).get("runs", read=as_it_is) == {"data": []}


def test_retry_after_in_seconds_is_waited_for() -> None:
    time, script = Time(), Script(httpx.Response(429, headers={"Retry-After": "17"}), FINE)
    a_transport(script, time).get("runs", read=as_it_is)
    assert time.slept == [17.0]


def test_retry_after_as_a_date_is_waited_for() -> None:
    until = format_datetime(NOON + timedelta(seconds=40), usegmt=True)
    time, script = Time(), Script(httpx.Response(503, headers={"Retry-After": until}), FINE)
    a_transport(script, time).get("runs", read=as_it_is)
    assert time.slept == [40.0]


def test_a_retry_after_that_cannot_be_read_is_passed_over() -> None:
    time, script = Time(), Script(httpx.Response(503, headers={"Retry-After": "soon"}), FINE)
    a_transport(script, time).get("runs", read=as_it_is)
    assert 0 < time.slept[0] < 2


def test_a_source_that_wants_an_hour_is_left_alone_at_once() -> None:
    time, script = Time(), Script(httpx.Response(503, headers={"Retry-After": "3600"}), FINE)
    with pytest.raises(SourceUnavailable, match=r"left alone for 3600 s \(503 at GET /runs\)"):
        a_transport(script, time).get("runs", read=as_it_is)
    assert time.slept == []


@pytest.mark.parametrize("status", [400, 403, 404, 410, 204])
def test_what_will_not_pass_is_said_at_once(status: int) -> None:
    script = Script(httpx.Response(status))
    with pytest.raises(SourceUnavailable, match=str(status)):
        a_transport(script).get("runs", read=as_it_is)
    assert len(script.asked) == 1


def test_a_missing_path_is_answered_for_if_somebody_does() -> None:
    assert a_transport(Script(httpx.Response(404))).get("runs/meta", read=as_it_is, if_missing=lambda: "none") == "none"


def test_a_reader_may_have_the_question_asked_again() -> None:
    def read(answer: object) -> object:
        if answer == {"rows": 1}:
            raise AskAgain(SourceNonsense("OMS gave 1 row of 2."))
        return answer

    short, whole = httpx.Response(200, json={"rows": 1}), httpx.Response(200, json={"rows": 2})
    assert a_transport(Script(short, whole)).get("runs", read=read) == {"rows": 2}
    with pytest.raises(SourceNonsense, match="1 row of 2"):
        a_transport(Script(short)).get("runs", read=read)


@pytest.mark.parametrize("status", [401, 302, 303])
def test_who_is_not_known_is_told_so_and_never_follows_to_the_login_page(status: int) -> None:
    script = Script(httpx.Response(status, headers={"Location": "http://login/"}))
    with pytest.raises(SourceUnavailable, match=f"does not accept who we are: {status} at GET /runs"):
        a_transport(script).get("runs", read=as_it_is)
    assert [request.url.host for request in script.asked] == ["oms"]


def test_the_certificate_of_a_source_is_verified() -> None:
    pool = a_transport_to_the_network()._client._transport._pool  # type: ignore[attr-defined]  # what httpx was told
    assert pool._ssl_context.verify_mode is ssl.CERT_REQUIRED
    assert pool._ssl_context.check_hostname


def a_transport_to_the_network() -> Transport:
    return Transport("OMS", "https://oms/api/v1")


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
