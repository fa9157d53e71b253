"""Every page has its help, and what the help and the tour name is there."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.tour import JOURNEYS
from dashboard.help import HELP, help_html

ROOT = Path(__file__).parents[2]
PATHS = {path.stem for path in (ROOT / "dashboard" / "views").glob("*.py")}


def test_every_page_has_help_and_nothing_else_has() -> None:
    assert {path or "overview" for path in HELP} == PATHS


@pytest.mark.parametrize("path", HELP)
def test_the_docs_that_a_help_names_are_there(path: str) -> None:
    named = re.findall(r"docs/([\w.]+)", help_html(HELP[path]))
    assert named
    assert all((ROOT / "docs" / name).is_file() for name in named)


def test_the_tour_leads_through_the_journeys_of_the_docs_to_pages_that_are_there() -> None:
    told = re.findall(r"^\| ([^|]+?) \| [^|]+ \| \d+ \|", (ROOT / "docs/journeys.md").read_text("utf-8"), re.MULTILINE)
    assert [journey.what.lower() for journey in JOURNEYS] == [one.lower() for one in told]
    assert {journey.page for journey in JOURNEYS} <= PATHS


def test_the_places_to_which_the_tour_points_are_in_the_pages() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "dashboard").rglob("*.py"))
    assert not {place for journey in JOURNEYS for place in journey.places if f'key="{place}"' not in code}


def test_a_step_of_the_tour_says_on_its_page_what_to_do_and_on_no_other() -> None:
    def step(page: str, number: str) -> list[str]:
        script = f"from dashboard.components.tour import tour_step\ntour_step({page!r})"
        app = AppTest.from_string(script)
        app.query_params["step"] = number
        return [str(one.proto.body) for one in app.run().get("html")]

    (said,) = step("log", "6")
    assert "6 of 6: Undo a mistake" in said and ".st-key-log-list" in said
    assert step("online", "6") == step("log", "7") == step("log", "two") == []
