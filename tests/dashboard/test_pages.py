"""The pages run as Streamlit runs them, without a browser: what they say when all is well and when it is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import speaking_to

VIEWS = Path(__file__).parents[2] / "dashboard" / "views"


@pytest.fixture
def registry(season_url: str) -> Iterator[None]:
    """This process speaks to the season's registry, as the demo would."""
    with speaking_to(season_url):
        yield


def page(name: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(VIEWS / f"{name}.py"), default_timeout=30)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


@pytest.mark.usefixtures("registry")
def test_online_shows_the_runs_that_match() -> None:
    app = page("online", filter="lumisections > 100")
    assert not app.exception
    assert {b.label for b in app.button} >= {"lumisections > 100  ×", "Clear", "Add"}


@pytest.mark.usefixtures("registry")
def test_a_filter_that_cannot_be_read_is_a_sentence_and_not_a_trace() -> None:
    app = page("online", filter="lumisections >")
    assert not app.exception
    assert len(app.error) == 1


@pytest.mark.usefixtures("registry")
def test_a_run_is_shown_and_a_run_that_is_not_there_is_a_sentence() -> None:
    assert not page("run", run="325172").exception
    app = page("run", run="7")
    assert not app.exception
    assert app.warning[0].value == "There is no run 7."


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("address", [{"ls": "9-3"}, {"ls": "x"}, {"as_of": "x"}, {"ls": "1-99999"}])
def test_an_address_that_makes_no_sense_is_taken_as_far_as_it_does(address: dict[str, str]) -> None:
    assert not page("run", run="325172", **address).exception
