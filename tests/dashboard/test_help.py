"""Every page has its help, and what the help and the tour name is there."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

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
    assert [what.lower() for what, _, _ in JOURNEYS] == [one.lower() for one in told]
    assert {urlsplit(where).path for _, where, _ in JOURNEYS} <= PATHS
