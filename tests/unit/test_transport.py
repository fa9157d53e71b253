"""A source is asked patiently: what may pass is asked again, what will not is said in one sentence."""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from backend.errors import SourceNonsense, SourceUnavailable
from backend.ingest.transport import ATTEMPTS, AskAgain, Transport
from tests.scripted import FINE, NOON, Reply, Script, Time, a_transport, as_it_is


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
