"""Explore without a browser: each figure, what the address asks for, and sentences where it cannot be."""

from collections.abc import Iterator

import pytest

from tests.pages import open_page, speaking_to


@pytest.fixture(autouse=True)
def season(season_url: str) -> Iterator[None]:
    with speaking_to(season_url):
        yield


def said(app: object) -> str:
    return "\n".join(str(one.proto.body) for one in app.get("html"))  # type: ignore[attr-defined]


@pytest.mark.parametrize("plot", ["points", "distribution", "bits"])
def test_a_figure_says_how_many_it_shows(plot: str) -> None:
    app = open_page("explore", plot=plot, y="tracker-strip BAD", colour="worst tracker-strip")
    assert not app.exception
    assert ("bits" if plot == "bits" else "60 runs") in said(app)


def test_the_address_holds_what_is_not_the_default_alone() -> None:
    app = open_page("explore", x="start_time", y="recorded_per_pb", filter="lumisections > 1000")
    assert not app.exception
    assert app.query_params["x"] in ("start_time", ["start_time"]) and "y" not in app.query_params


def test_a_number_that_only_oms_gives_is_plotted_when_typed() -> None:
    app = open_page("explore", y="oms.init_lumi")
    assert not app.exception and not app.error


@pytest.mark.parametrize("y", ["recordet", "tracker-stripp BAD", "words"])
def test_what_cannot_be_plotted_is_a_sentence_and_not_a_trace(y: str) -> None:
    app = open_page("explore", y=y)
    assert not app.exception
    assert len(app.error) == 1


def test_where_no_run_matches_the_page_says_what_to_do() -> None:
    assert "No run that matches has both" in said(open_page("explore", filter="run = 1"))
