"""Lumisections of OMS are paged to the end, however short a page is and whatever the run does meanwhile."""

import pytest

from backend.errors import SourceNonsense
from backend.ingest.transport import ATTEMPTS
from tests.fake_oms import FakeOms, a_lumisection, a_run, client, numbers, queries


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
