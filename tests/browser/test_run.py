"""The Run page on a real season: the strip, a range and its card, the address, the past, and what there is not."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.desk import arrived, settled

pytestmark = pytest.mark.browser
ENTRY = Path(__file__).parents[2] / "dashboard" / "entry.py"
RUN = 325172


@pytest.fixture
def address(streamlit_app: Callable[..., str], season_url: str) -> str:
    return streamlit_app(ENTRY, DATABASE_URL=season_url, RR_AUTH="demo", RR_ENVIRONMENT="demo")


def open_run(page: Page, address: str, search: str = f"?run={RUN}") -> None:
    page.goto(f"{address}/run{search}")
    page.wait_for_selector(".rr-timeline")
    arrived(page)


def test_a_run_shows_what_it_is_its_bits_and_its_history(page: Page, address: str) -> None:
    open_run(page, address)
    expect(page.get_by_role("heading", name=f"Run {RUN}")).to_be_visible()
    expect(page.locator(".rr-glance")).to_contain_text("/pb recorded")
    expect(page.get_by_text("bpix · fpix")).to_be_visible()
    expect(page.get_by_text("beams present")).to_be_visible()
    expect(page.locator(".rr-timeline")).to_contain_text("appeared in OMS")


def test_a_range_in_the_address_is_selected_counted_and_can_be_copied(page: Page, address: str) -> None:
    open_run(page, address, f"?run={RUN}&ls=5-14")
    card = page.locator(".st-key-range-card")
    expect(card).to_contain_text("LS 5–14")
    expect(card).to_contain_text("10 lumisections")
    expect(card).to_contain_text("[[5, 14]]")


def test_a_drag_over_the_strip_goes_into_the_address(page: Page, address: str) -> None:
    open_run(page, address)
    box = page.locator("svg.plot").bounding_box()
    assert box is not None
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 400, height)
    page.mouse.down()
    page.mouse.move(box["x"] + 600, height, steps=5)
    page.mouse.up()
    page.wait_for_url("**ls=**")
    first, _, last = parse_qs(urlparse(page.url).query)["ls"][0].partition("-")
    assert 1 < int(first) < int(last)
    expect(page.locator(".st-key-range-card")).to_contain_text(f"LS {first}–{last}")


def test_a_jump_to_the_very_run_lets_go_of_the_range_for_good(page: Page, address: str) -> None:
    open_run(page, address)
    field, jump = page.get_by_label("Lumisections", exact=True), page.get_by_label("Jump to a run or fill")
    field.fill("5-14")
    field.press("Enter")
    expect(page.locator(".st-key-range-card")).to_contain_text("LS 5–14")
    jump.fill(str(RUN))
    jump.press("Enter")
    expect(field).to_have_value("")
    page.get_by_role("radio", name="Ranges").click()
    page.wait_for_url("**tab=Ranges**")
    page.get_by_role("radio", name="Strip").click()
    expect(field).to_have_value("")
    assert "ls" not in parse_qs(urlparse(page.url).query)


def test_the_run_before_and_the_next_one_are_a_click_away(page: Page, address: str) -> None:
    open_run(page, address)
    page.get_by_role("button", name="‹").click()
    page.wait_for_url(lambda url: f"run={RUN}" not in url)
    earlier = int(parse_qs(urlparse(page.url).query)["run"][0])
    assert earlier < RUN
    expect(page.get_by_role("heading", name=f"Run {earlier}")).to_be_visible()
    page.get_by_role("button", name="›").click()
    expect(page.get_by_role("heading", name=f"Run {RUN}")).to_be_visible()


def test_facts_have_units_and_the_tab_is_in_the_address(page: Page, address: str) -> None:
    open_run(page, address)
    page.get_by_role("radio", name="Facts").click()
    expect(page.locator(".rr-facts").last).to_contain_text("GeV")
    page.wait_for_url("**tab=Facts**")


def test_a_run_that_is_not_there_says_so_and_offers_the_way(page: Page, address: str) -> None:
    page.goto(f"{address}/run?run=1")
    expect(page.get_by_text("There is no run 1.")).to_be_visible(timeout=15_000)
    page.get_by_label("Run number").fill(str(RUN))
    page.get_by_label("Run number").press("Enter")
    expect(page.get_by_role("heading", name=f"Run {RUN}")).to_be_visible(timeout=15_000)


def test_the_dark_theme_is_dark(new_context: Callable[..., BrowserContext], address: str) -> None:
    page = new_context(color_scheme="dark").new_page()
    open_run(page, address)
    panel = page.evaluate("getComputedStyle(document.querySelector('.st-key-range-card')).backgroundColor")
    assert panel == "rgb(22, 27, 34)"


def test_the_ranges_are_a_table_that_can_be_taken_away(page: Page, address: str) -> None:
    open_run(page, address)
    page.get_by_role("radio", name="Ranges").click()
    page.get_by_role("radio", name="OMS").click()
    expect(page.get_by_role("radio", name="OMS")).to_be_checked()
    page.wait_for_timeout(300)
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Ranges as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "column,first,last,lumisections,value,origin,by,at,cause,comment"
    assert any(line.startswith("oms-bpix_ready,") for line in lines)
