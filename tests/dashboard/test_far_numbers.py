"""A number in an address that no run, act or golden JSON can have is answered in a sentence, not with a trace."""

from collections.abc import Iterator

import pytest

from tests.pages import open_page, speaking_to

FAR = "99999999999999"


@pytest.fixture
def season(season_url: str) -> Iterator[None]:
    with speaking_to(season_url):
        yield


@pytest.mark.usefixtures("season")
@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("run", {"run": FAR}),
        ("run", {"run": "324980", "as_of": FAR}),
        ("log", {"run_number": FAR}),
        ("log", {"act": FAR}),
        ("log", {"before": FAR}),
        ("golden", {"json": FAR}),
        ("cycles", {"cycle": FAR}),
        ("online", {"selected": FAR}),
        ("offline", {"page": FAR}),
        ("online", {"page": FAR}),
    ],
)
def test_a_number_that_is_none_of_ours_is_no_trace(page: str, asked: dict[str, str]) -> None:
    assert not open_page(page, **asked).exception


@pytest.mark.usefixtures("season")
@pytest.mark.parametrize("typed", [FAR, "32498O"])
def test_the_log_of_a_run_that_cannot_be_is_empty_and_says_why(typed: str) -> None:
    app = open_page("log", run_number=typed)
    assert "is no run number." in app.error[0].value
    assert not any(">Acts " in str(one.proto.body) for one in app.get("html"))
