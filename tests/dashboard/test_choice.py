"""Choices live in the address by their plain value; an address from before, with the word on the control, is read."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import open_page, speaking_to


@pytest.fixture(autouse=True)
def registry(season_url: str) -> Iterator[None]:
    with speaking_to(season_url):
        yield


def chosen(app: AppTest, key: str) -> str:
    return str(app.session_state[f"choice-{key}"])


def in_address(app: AppTest, name: str) -> str:
    said = app.query_params[name]
    return said if isinstance(said, str) else said[0]


@pytest.mark.parametrize("said", ["significant", "Significant"])
def test_an_address_is_read_by_value_and_by_the_word_of_before_and_holds_the_value(said: str) -> None:
    app = open_page("online", runs=said)
    assert not app.exception
    assert chosen(app, "online-runs") == "significant"
    assert in_address(app, "runs") == "significant"


def test_the_columns_of_both_pages_are_values_too() -> None:
    assert in_address(open_page("online", columns="DCS bits"), "columns") == "bits"
    assert in_address(open_page("offline", columns="States"), "columns") == "states"
    assert in_address(open_page("offline", list="Not significant"), "list") == "aside"


@pytest.mark.parametrize("said", ["all", "nonsense", "All runs"])
def test_the_default_and_what_is_no_choice_need_no_mention(said: str) -> None:
    app = open_page("online", runs=said)
    assert chosen(app, "online-runs") == "all"
    assert "runs" not in app.query_params
