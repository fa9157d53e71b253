"""OMS is paged to the end, whatever happens meanwhile, and asked for no more than is read."""

from datetime import timedelta
from itertools import islice

import httpx
import pytest

from backend.errors import SourceNonsense, SourceUnavailable
from backend.ingest.oms import open_oms
from backend.ingest.oms_lumisections import wanted_fields
from backend.settings import Settings
from tests.fake_oms import FIELDS, NOON, FakeOms, a_lumisection, a_run, client, numbers, queries


def test_runs_come_in_the_order_of_their_update_from_the_moment_on() -> None:
    oms = FakeOms(runs=[a_run(5, minutes=3), a_run(4, minutes=9), a_run(6, minutes=3), a_run(3, minutes=1)])
    assert numbers(client(oms).runs_updated_since(NOON + timedelta(minutes=3))) == [5, 6, 4]
    assert queries(oms)[0]["filter[last_update][GE]"] == "2018-06-01T12:03:00Z"


def test_a_moment_within_a_second_does_not_lose_what_was_updated_in_that_second() -> None:
    oms = FakeOms(runs=[a_run(5)])
    assert numbers(client(oms).runs_updated_since(NOON + timedelta(microseconds=900_000))) == [5]


@pytest.mark.parametrize("page_size", [1, 2, 3, 7, 100])
def test_every_run_comes_once_however_long_the_pages_are(page_size: int) -> None:
    runs = [a_run(n, minutes=n // 5) for n in range(1, 23)]
    oms = FakeOms(runs=runs)
    assert numbers(client(oms).runs_updated_since(NOON, page_size=page_size)) == list(range(1, 23))
    assert numbers(client(oms).runs_between(1, 99, page_size=page_size)) == list(range(1, 23))


def test_a_run_that_is_updated_while_one_reads_pushes_no_other_out_of_sight() -> None:
    oms = FakeOms(runs=[a_run(n, minutes=n) for n in range(1, 7)])

    def update_the_first(n: int) -> None:
        if n == 1:
            oms.resources["runs"][0] = a_run(1, minutes=60)

    oms.between = update_the_first
    assert numbers(client(oms).runs_updated_since(NOON, page_size=3)) == [1, 2, 3, 4, 5, 6, 1]


def test_who_stops_goes_on_from_the_last_update_seen() -> None:
    oms = client(FakeOms(runs=[a_run(n, minutes=n // 2) for n in range(1, 9)]))
    before = list(islice(oms.runs_updated_since(NOON, page_size=2), 4))
    after = list(oms.runs_updated_since(before[-1].last_update, page_size=2))
    assert sorted({*numbers(before), *numbers(after)}) == list(range(1, 9))


def test_runs_between_two_numbers_include_both() -> None:
    assert numbers(client(FakeOms(runs=[a_run(n) for n in range(1, 9)])).runs_between(3, 5)) == [3, 4, 5]


def test_runs_after_a_number_do_not_include_it() -> None:
    oms = client(FakeOms(runs=[a_run(n) for n in range(1, 9)]))
    assert numbers(oms.runs_after(6, page_size=1)) == [7, 8]
    assert numbers(oms.runs_after(8)) == []


def test_a_bad_run_raises_unless_somebody_wants_to_be_told() -> None:
    oms = client(FakeOms(runs=[a_run(1), a_run(2, b_field="on"), a_run(3)]))
    with pytest.raises(SourceNonsense, match="b_field of run 2 is 'on'"):
        list(oms.runs_updated_since(NOON))
    doubts: list[SourceNonsense] = []
    assert numbers(oms.runs_updated_since(NOON, on_nonsense=doubts.append)) == [1, 3]
    assert numbers(oms.runs_between(1, 3, on_nonsense=doubts.append)) == [1, 3]
    assert [str(doubt) for doubt in doubts] == ["OMS says that b_field of run 2 is 'on', which is not a number."] * 2


@pytest.mark.parametrize("page_size", [1, 2, 3])
def test_pages_full_of_bad_runs_do_not_hide_the_good_ones(page_size: int) -> None:
    runs = [a_run(n, minutes=n, b_field="on" if 2 <= n <= 6 else 3.8) for n in range(1, 9)]
    oms = client(FakeOms(runs=runs))
    doubts: list[SourceNonsense] = []
    assert numbers(oms.runs_updated_since(NOON, page_size=page_size, on_nonsense=doubts.append)) == [1, 7, 8]
    assert numbers(oms.runs_after(0, page_size=page_size, on_nonsense=doubts.append)) == [1, 7, 8]
    assert len({str(doubt) for doubt in doubts}) == 5


def test_runs_out_of_order_are_nonsense() -> None:
    oms = FakeOms(runs=[a_run(1), a_run(2)])
    oms.spoil = lambda n, answer: answer | {"data": list(reversed(answer["data"]))}  # type: ignore[call-overload]
    with pytest.raises(SourceNonsense, match="gave 1 after 2"):
        list(client(oms).runs_after(0))


def test_one_run_is_found_or_not() -> None:
    oms = client(FakeOms(runs=[a_run(1), a_run(2)]))
    found = oms.run(2)
    assert found is not None and found.run_number == 2
    assert oms.run(3) is None


def test_another_run_than_asked_for_is_nonsense() -> None:
    oms = FakeOms(runs=[a_run(1)])
    oms.spoil = lambda n, answer: {"data": [{"attributes": a_run(2)}]}
    with pytest.raises(SourceNonsense, match="asked for run 1 and answered with run 2"):
        client(oms).run(1)


def test_the_newest_run_is_asked_for_by_number_alone() -> None:
    oms = FakeOms(runs=[a_run(1), a_run(3), a_run(2)])
    assert client(oms).newest_run_number() == 3
    assert queries(oms) == [{"sort": "-run_number", "fields": "run_number", "page[offset]": "0", "page[limit]": "1"}]
    assert client(FakeOms()).newest_run_number() is None


def test_only_the_attributes_that_are_read_are_asked_for_and_new_detectors_are() -> None:
    oms = FakeOms(lumisections=[a_lumisection(1, newdet_ready=False, pileup=30.0)])
    assert client(oms).lumisections(360459).bits == {"bpix_ready": [True], "newdet_ready": [False]}
    assert queries(oms)[0]["fields"] == "bpix_ready,delivered_lumi,lumisection_number,newdet_ready,run_number"


def test_what_oms_offers_is_asked_once_an_hour() -> None:
    now = [NOON]
    oms = FakeOms(lumisections=[a_lumisection(1, newdet_ready=True)])
    reader = client(oms, clock=lambda: now[0])
    oms.fields = FIELDS[:4]
    assert "newdet_ready" not in reader.lumisections(360459).bits
    oms.fields = FIELDS
    assert "newdet_ready" not in reader.lumisections(360459).bits
    now[0] += timedelta(hours=1)
    assert "newdet_ready" in reader.lumisections(360459).bits


def test_an_oms_that_does_not_say_what_it_offers_is_asked_for_everything() -> None:
    oms = FakeOms(lumisections=[a_lumisection(1)])
    oms.fields = None
    assert client(oms).lumisections(360459).numbers == [1]
    assert "fields" not in queries(oms)[0]


def test_wanted_fields_leave_out_what_is_not_read() -> None:
    assert wanted_fields({"pileup", "start_time", "zdc_ready", "physics_flag"}) == ["physics_flag", "zdc_ready"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"errors": [{"detail": "no such field"}]}, "no list of rows under data: .*no such field"),
        ({"data": {"id": "1"}}, "no list of rows"),
        ({"data": ["1"]}, "no list of rows"),
        ([], "no list of rows"),
        ({"data": [], "meta": {"totalResourceCount": "many"}}, "a listing has 'many' rows"),
        ({"data": [], "meta": {"totalResourceCount": -1}}, "a listing has -1 rows"),
        ({"data": [{"id": "1"}]}, "without attributes: .*'id': '1'"),
        ({"data": [{"attributes": {"run_number": "7"}}]}, "run_number is '7'"),
        ({"data": [{"attributes": {"run_number": 0}}]}, "run_number is 0"),
    ],
)
def test_an_answer_that_is_no_listing_of_runs_is_nonsense(answer: object, sentence: str) -> None:
    oms = FakeOms()
    oms.spoil = lambda n, _: answer
    with pytest.raises(SourceNonsense, match=sentence):
        list(client(oms).runs_after(0))


def test_an_oms_behind_a_token_is_asked_with_it() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "auth":
            return httpx.Response(200, json={"access_token": "t1", "expires_in": 300})
        known = request.headers.get("Authorization") == "Bearer t1"
        return httpx.Response(200, json={"data": []}) if known else httpx.Response(401)

    settings = Settings(
        oms_url="http://oms/api/v1", oms_token_url="http://auth/token", oms_client_id="registry", oms_client_secret="s"
    )
    with open_oms(settings, network=httpx.MockTransport(answer)) as oms:
        assert oms.newest_run_number() is None
    with (
        open_oms(Settings(oms_url="http://oms/api/v1"), network=httpx.MockTransport(answer)) as oms,
        pytest.raises(SourceUnavailable, match="does not accept who we are"),
    ):
        oms.newest_run_number()


def test_closing_lets_go_of_oms_and_of_the_token_endpoint() -> None:
    class Network(httpx.BaseTransport):
        closed = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(500)

        def close(self) -> None:
            self.closed += 1

    network = Network()
    settings = Settings(oms_token_url="http://auth/token", oms_client_id="registry", oms_client_secret="s")
    open_oms(settings, network=network).close()
    assert network.closed == 2
