"""A report is read, and taken away as HTML, PDF and CSV; on paper only the report itself is left."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import arrived

pytestmark = pytest.mark.browser
ENTRY = Path(__file__).parents[2] / "dashboard" / "entry.py"


@pytest.fixture
def address(streamlit_app: Callable[..., str], season_url: str) -> str:
    return streamlit_app(ENTRY, DATABASE_URL=season_url, RR_AUTH="demo", RR_ENVIRONMENT="demo")


def test_a_report_is_taken_away_in_every_form_and_printed_alone(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}/reports?period=2018-10-24")
    expect(page.get_by_role("heading", name="Daily shift report, Wednesday 24 Oct 2018")).to_be_visible()
    arrived(page)

    def taken(key: str) -> bytes:
        with page.expect_download() as download:
            page.locator(f".st-key-{key} button").click()
        return Path(download.value.path()).read_bytes()

    assert taken("report-pdf").startswith(b"%PDF-")
    file = tmp_path / "report.html"
    file.write_bytes(taken("report-html"))
    page.get_by_role("button", name="Download").click()
    runs = taken("report-csv-runs-2018-10-24").decode().splitlines()
    page.keyboard.press("Escape")
    assert runs[0].startswith("Run,Fill,Class")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Daily shift report, Wednesday 24 Oct 2018")).to_be_visible()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_text("Weekly DC").click()
    expect(page.get_by_role("heading", name="Weekly data certification report, week 43")).to_be_visible()
    assert "period=2018-W43" in page.url
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", name="Daily shift report, Wednesday 24 Oct 2018")).to_be_visible()
    expect(page.get_by_role("cell", name=runs[1].split(",")[0]).first).to_be_visible()
