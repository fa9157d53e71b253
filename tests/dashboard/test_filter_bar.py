"""A filter that cannot be read lets nothing through, on every page with a filter bar."""

from collections.abc import Iterator

import pytest

from backend.queries import DATASETS, RUNS, format_filter, parse_filter
from dashboard.components.filter_bar.bar import NOTHING
from tests.pages import open_page, speaking_to


@pytest.fixture
def season(season_url: str) -> Iterator[None]:
    with speaking_to(season_url):
        yield


@pytest.mark.usefixtures("season")
@pytest.mark.parametrize(("page", "nothing"), [("online", ">0</b>"), ("offline", "All 0"), ("explore", "No run that")])
def test_what_cannot_be_read_shows_nothing_so_that_nothing_is_done_with_all_of_it(page: str, nothing: str) -> None:
    app = open_page(page, filter="tracker-strip BAD >")
    assert not app.exception
    assert app.error[0].value.endswith("Nothing is shown until the filter can be read.")
    said = [str(one.proto.body) for one in app.get("html")] + [button.label for button in app.button]
    assert any(nothing in one for one in said), said


def test_nothing_can_be_asked_of_runs_and_of_datasets() -> None:
    for catalogue in (RUNS, DATASETS):
        assert parse_filter(format_filter(NOTHING, catalogue), catalogue) == NOTHING
