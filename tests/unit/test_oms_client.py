"""OMS is paged to the end, whatever happens meanwhile, and asked for no more than is read."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

import httpx
import pytest

from backend.errors import SourceNonsense, SourceUnavailable
from backend.ingest.oms import Oms, open_oms
from backend.ingest.oms_lumisections import wanted_fields
from backend.ingest.transport import ATTEMPTS
from backend.settings import Settings

Attributes = dict[str, object]
NOON = datetime(2018, 6, 1, 12, tzinfo=UTC)
FIELDS = ["run_number", "lumisection_number", "start_time", "bpix_ready", "newdet_ready", "pileup", "delivered_lumi"]


def written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def a_run(run_number: int, *, minutes: float = 0, **more: object) -> Attributes:
    return {"run_number": run_number, "last_update": written(NOON + timedelta(minutes=minutes))} | more


def a_lumisection(number: int, *, run_number: int = 360459, **more: object) -> Attributes:
    return {"run_number": run_number, "lumisection_number": number, "bpix_ready": True} | more


class FakeOms:
    """An OMS with these runs and lumisections: filters, sort, fields and paging, no more.

    ``spoil`` may change the answer to the n-th request (from 1); ``between`` is called after each page.
    """

    def __init__(self, *, runs: Sequence[Attributes] = (), lumisections: Sequence[Attributes] = ()) -> None:
        self.resources = {"runs": list(runs), "lumisections": list(lumisections)}
        self.fields: list[str] | None = FIELDS
        self.asked: list[httpx.Request] = []
        self.spoil: Callable[[int, dict[str, object]], object] = lambda n, answer: answer
        self.between: Callable[[int], None] = lambda n: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        resource, _, meta = request.url.path.removeprefix("/api/v1/").partition("/")
        if meta:
            return self.offered()
        self.asked.append(request)
        answer = self.spoil(len(self.asked), self.listing(resource, dict(request.url.params.multi_items())))
        self.between(len(self.asked))
        return httpx.Response(200, json=answer)

    def offered(self) -> httpx.Response:
        if self.fields is None:
            return httpx.Response(404)
        return httpx.Response(200, json={"meta": {"fields": {name: {} for name in self.fields}}})

    def listing(self, resource: str, params: dict[str, str]) -> dict[str, object]:
        rows = [row for row in self.resources[resource] if all(passes(row, *asked) for asked in params.items())]
        for key in reversed(params["sort"].split(",") if "sort" in params else []):
            rows.sort(key=lambda row, name=key.lstrip("-"): row[name], reverse=key.startswith("-"))
        first = int(params["page[offset]"])
        page = rows[first : first + int(params["page[limit]"])]
        if "fields" in params:
            page = [{name: row[name] for name in params["fields"].split(",") if name in row} for row in page]
        return {"data": [{"attributes": row} for row in page], "meta": {"totalResourceCount": len(rows)}}


def passes(row: Attributes, key: str, value: str) -> bool:
    if not key.startswith("filter["):
        return True
    name, operator = key.removeprefix("filter[").removesuffix("]").split("][")
    found, wanted = row.get(name), int(value) if value.isdecimal() else value
    if found is None:
        return False
    return {"EQ": found == wanted, "GE": found >= wanted, "GT": found > wanted, "LE": found <= wanted}[operator]  # type: ignore[operator]


def client(oms: FakeOms, *, clock: Callable[[], datetime] = lambda: NOON) -> Oms:
    settings = Settings(oms_url="http://oms/api/v1")
    return open_oms(settings, sleep=lambda seconds: None, clock=clock, network=httpx.MockTransport(oms))


def numbers(runs: object) -> list[int]:
    return [run.run_number for run in runs]  # type: ignore[attr-defined]


def queries(oms: FakeOms) -> list[dict[str, str]]:
    return [dict(request.url.params.multi_items()) for request in oms.asked]


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


def test_lumisections_are_paged_to_the_end() -> None:
    oms = FakeOms(lumisections=[a_lumisection(n) for n in range(1, 12_002)])
    assert client(oms).lumisections(360459).numbers == list(range(1, 12_002))
    assert [query["page[offset]"] for query in queries(oms)] == ["0", "5000", "10000"]


def test_a_run_that_oms_does_not_know_has_no_lumisections() -> None:
    assert client(FakeOms()).lumisections(360459).numbers == []


def without_the_last(answer: dict[str, object]) -> dict[str, object]:
    return answer | {"data": answer["data"][:-1]}  # type: ignore[index]


def test_a_page_shorter_than_promised_is_asked_again() -> None:
    oms = FakeOms(lumisections=[a_lumisection(n) for n in range(1, 11)])
    oms.spoil = lambda n, answer: without_the_last(answer) if n == 1 else answer
    assert client(oms).lumisections(360459).numbers == list(range(1, 11))


def test_a_page_that_stays_shorter_than_promised_is_nonsense() -> None:
    oms = FakeOms(lumisections=[a_lumisection(n) for n in range(1, 11)])
    oms.spoil = lambda n, answer: without_the_last(answer)
    with pytest.raises(
        SourceNonsense, match=r"promised 10 rows of /lumisections; asked for 5000 from row 0, it gave 9\."
    ):
        client(oms).lumisections(360459)
    assert len(oms.asked) == ATTEMPTS


def test_a_run_that_shrinks_between_two_pages_ends_where_it_ends_now() -> None:
    oms = FakeOms(lumisections=[a_lumisection(n) for n in range(1, 5101)])

    def shrink(n: int) -> None:
        del oms.resources["lumisections"][4990:]

    oms.between = shrink
    assert client(oms).lumisections(360459).numbers == list(range(1, 5001))


def test_without_a_promise_a_page_that_is_not_full_is_the_last() -> None:
    oms = FakeOms(runs=[a_run(n) for n in range(1, 6)])
    oms.spoil = lambda n, answer: {"data": answer["data"]}
    assert numbers(client(oms).runs_after(0, page_size=2)) == [1, 2, 3, 4, 5]


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
