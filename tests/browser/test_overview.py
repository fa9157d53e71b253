"""From the Overview to a run, and from a cloud of points to exactly its runs on Online, with the mouse."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import arrived

pytestmark = pytest.mark.browser
ENTRY = Path(__file__).parents[2] / "dashboard" / "entry.py"


@pytest.fixture
def address(streamlit_app: Callable[..., str], season_url: str) -> str:
    return streamlit_app(ENTRY, DATABASE_URL=season_url, RR_AUTH="demo", RR_ENVIRONMENT="demo")


def test_a_cell_leads_to_its_run_and_a_box_of_points_to_these_runs_on_online(page: Page, address: str) -> None:
    page.goto(address)
    arrived(page)
    cell = page.get_by_role("gridcell", name=re.compile(r"^tracker-strip, run \d+: ")).last
    run = re.search(r"run (\d+)", str(cell.get_attribute("aria-label")))
    assert run is not None
    cell.hover()
    expect(page.get_by_role("tooltip")).to_contain_text(f"tracker-strip · run {run[1]}")
    cell.click()
    page.wait_for_url("**/run?*")
    assert parse_qs(urlparse(page.url).query)["run"] == [run[1]]
    expect(page.get_by_role("heading", name=re.compile(run[1])).first).to_be_visible()

    page.goto(f"{address}/explore?y=lumisections")
    drawing = page.locator(".nsewdrag").first
    drawing.wait_for()
    arrived(page)
    box = drawing.bounding_box()
    assert box is not None
    page.wait_for_timeout(500)
    page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2, steps=8)
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] - 2, steps=8)
    page.mouse.up()
    chosen = page.get_by_role("link", name=re.compile(r"Show these \d+ on Online"))
    expect(chosen).to_be_visible()
    many = int("".join(filter(str.isdigit, chosen.inner_text())))
    assert 1 < many < 60
    with page.expect_download() as download:
        page.locator(".st-key-explore-chosen-csv button").click()
    listed = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    runs = {line.split(",")[0] for line in listed[1:]}
    assert len(runs) == many
    chosen.click()
    page.wait_for_url("**/online?*")
    expect(page.locator(".rr-figures b").first).to_have_text(str(many))
    shown = page.get_by_role("checkbox", name=re.compile(r"^tick \d+$"))
    expect(shown.first).to_be_visible()
    ticks = {str(tick.get_attribute("aria-label")).removeprefix("tick ") for tick in shown.all()}
    assert ticks <= runs
