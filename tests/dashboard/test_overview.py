"""The Overview without a browser: on a season, on a registry that holds nothing, and whose desk it is of."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from backend.embedded import Embedded
from tests.conftest import an_empty_registry
from tests.pages import open_page, speaking_to


@pytest.fixture
def season(season_url: str) -> Iterator[None]:
    with speaking_to(season_url):
        yield


@pytest.fixture
def nothing(postgresql: Embedded) -> Iterator[None]:
    with an_empty_registry(postgresql) as url, speaking_to(url):
        yield


def html(app: AppTest) -> str:
    return "\n".join(str(one.proto.body) for one in app.get("html"))


@pytest.mark.usefixtures("season")
def test_what_waits_leads_to_the_page_that_shows_exactly_that() -> None:
    app = open_page("overview", role="shifter")
    assert not app.exception
    said = html(app)
    assert 'href="online?filter=' in said and "state+%3D+OPEN" in said
    assert "Last 50 runs" in said and "Delivered 2018" in said and "/fb" in said


@pytest.mark.usefixtures("season")
def test_a_desk_is_ones_own_and_stands_in_the_address() -> None:
    assert open_page("overview", role="tracker-certifier").selectbox[0].value == "tracker"
    assert open_page("overview", role="visitor").selectbox[0].value == "global"
    assert open_page("overview", role="visitor", workspace="ecal").selectbox[0].value == "ecal"


@pytest.mark.usefixtures("season")
@pytest.mark.parametrize("over", ["Fills", "Year"])
def test_luminosity_is_shown_over_fills_and_over_the_year(over: str) -> None:
    app = open_page("overview", over=over)
    assert not app.exception
    assert any("Data taking" in str(one.proto.body) for one in app.get("html"))


@pytest.mark.usefixtures("nothing")
def test_a_registry_that_holds_nothing_says_so_in_every_card() -> None:
    app = open_page("overview")
    assert not app.exception
    said = html(app)
    for sentence in (
        "no run yet",
        "nothing waits",
        "No worker has done anything here yet",
        "No luminosity in this time",
    ):
        assert sentence in said
