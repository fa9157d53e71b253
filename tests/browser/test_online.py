"""The Online page on a real season: what is seen, that the address holds it, keys, filter, and both themes."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.desk import arrived

pytestmark = pytest.mark.browser
ENTRY = Path(__file__).parents[2] / "dashboard" / "entry.py"


@pytest.fixture
def address(streamlit_app: Callable[..., str], season_url: str) -> str:
    return streamlit_app(ENTRY, DATABASE_URL=season_url, RR_AUTH="demo", RR_ENVIRONMENT="demo")


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def number_of(page: Page, place: int) -> int:
    """The run in this row of the grid."""
    tick = page.get_by_role("checkbox", name=re.compile(r"^tick \d+$")).nth(place)
    return int(str(tick.get_attribute("aria-label")).removeprefix("tick "))


def open_online(page: Page, address: str, search: str = "") -> None:
    page.goto(f"{address}/online{search}")
    page.wait_for_selector("[data-painted]")
    arrived(page)


def test_arriving_without_a_page_leads_to_online_and_keeps_the_query(page: Page, address: str) -> None:
    page.goto(f"{address}/?filter=lumisections+%3E+100")
    page.wait_for_selector("[data-painted]")
    assert urlparse(page.url).path == "/online"
    assert query(page)["filter"] == ["lumisections > 100"]


def test_runs_are_there_newest_first_and_the_figures_have_units(page: Page, address: str) -> None:
    open_online(page, address)
    expect(page.get_by_text("Runs that match")).to_be_visible()
    expect(page.locator(".rr-figures")).to_contain_text("60")
    expect(page.locator(".rr-figures")).to_contain_text("/fb")
    expect(page.get_by_text("DEMO: a simulated season")).to_be_visible()
    numbers = [number_of(page, place) for place in range(8)]
    assert numbers == sorted(numbers, reverse=True)


def test_the_filter_is_in_the_address_and_comes_back_from_it(page: Page, address: str) -> None:
    open_online(page, address)
    page.keyboard.press("/")
    page.keyboard.type("lumisections > 1000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="lumisections > 1,000 ×")).to_be_visible()
    expect(page.locator(".rr-figures b").first).not_to_have_text("60")
    found = page.locator(".rr-figures b").first.inner_text()
    assert 0 < int(found) < 60
    assert query(page)["filter"] == ["lumisections > 1000"]
    open_online(page, address, "?filter=lumisections+%3E+1000")
    expect(page.locator(".rr-figures b").first).to_have_text(found)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".rr-figures b").first).to_have_text("60")


def test_a_dcs_bit_narrows_the_runs_as_typed_and_by_the_form(page: Page, address: str) -> None:
    open_online(page, address)
    page.keyboard.press("/")
    page.keyboard.type("bpix_ready false > 10")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="bpix_ready more than 10 LS false ×")).to_be_visible()
    expect(page.locator(".rr-figures b").first).not_to_have_text("60")
    narrow = int(page.locator(".rr-figures b").first.inner_text())
    open_online(page, address, "?filter=bpix_ready+false+<=+10")
    expect(page.locator(".rr-figures b").first).to_have_text(str(60 - narrow))
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="+ Rule").click()
    page.get_by_label("What", exact=True).fill("tecp_ready")
    page.keyboard.press("Enter")
    page.get_by_label("Where", exact=True).click()
    page.get_by_role("option", name="nowhere").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("button", name="tecp_ready nowhere false ×")).to_be_visible()
    assert query(page)["filter"] == ["tecp_ready no false"]


def test_a_filter_that_cannot_be_read_says_where(page: Page, address: str) -> None:
    open_online(page, address, "?filter=lumisection+%3E+100")
    expect(page.get_by_role("alert")).to_contain_text("did you mean lumisections?")


def test_a_rule_is_added_by_the_form(page: Page, address: str) -> None:
    open_online(page, address)
    page.get_by_role("button", name="+ Rule").click()
    page.get_by_label("Value (whole number)").fill("325000-325175")
    page.get_by_label("How", exact=True).click()
    page.get_by_role("option", name="in", exact=True).click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("button", name="run in 325,000–325,175 ×")).to_be_visible()


def test_a_selected_run_shows_its_facts_and_stays_under_a_filter(page: Page, address: str) -> None:
    open_online(page, address)
    number = str(number_of(page, 4))
    page.get_by_role("gridcell", name=number, exact=True).click()
    expect(page.locator(".rr-big")).to_have_text(number)
    page.wait_for_url(f"**selected={number}**")
    page.keyboard.press("/")
    page.keyboard.type("lumisections > 0")
    page.keyboard.press("Enter")
    expect(page.locator(".rr-big")).to_have_text(number)


def test_enter_opens_the_run(page: Page, address: str) -> None:
    open_online(page, address)
    number = str(number_of(page, 2))
    page.get_by_role("gridcell", name=number, exact=True).click()
    expect(page.locator(".rr-big")).to_have_text(number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/run?run={number}**")


def test_the_jump_box_goes_to_a_run_and_says_what_it_does_not_know(page: Page, address: str) -> None:
    open_online(page, address)
    jump = page.get_by_label("Jump to a run or fill")
    jump.fill("nonsense")
    jump.press("Enter")
    expect(page.get_by_text("There is no run or fill 'nonsense'")).to_be_visible()
    jump.fill("325172")
    jump.press("Enter")
    page.wait_for_url("**/run?run=325172**")


@pytest.mark.parametrize("start", ["online?filter=fill+%3D+1", "offline?filter=in_gui", "log"])
def test_the_jump_box_shows_the_runs_of_a_fill_wherever_one_is(page: Page, address: str, start: str) -> None:
    page.goto(f"{address}/{start}")
    jump = page.get_by_label("Jump to a run or fill")
    jump.fill("7328")
    jump.press("Enter")
    page.wait_for_url("**/online?filter=fill+%3D+7328**")
    expect(page.get_by_role("heading", name="Online")).to_be_visible()
    expect(page.locator('[data-testid="stException"], [data-testid="stAlert"]')).to_have_count(0)


def test_live_mode_says_so_in_the_address_and_the_list_of_keys_opens(page: Page, address: str) -> None:
    open_online(page, address)
    page.locator(".st-key-live label").click()
    page.wait_for_url("**live=true**")
    page.locator("body").press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_the_table_is_taken_away_as_csv(page: Page, address: str) -> None:
    open_online(page, address, "?filter=run+325000-325175")
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Runs as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith("run_number,fill_number")
    assert len(lines) > 2


def test_the_dark_theme_is_dark(new_context: Callable[..., BrowserContext], address: str) -> None:
    page = new_context(color_scheme="dark").new_page()
    open_online(page, address)
    background = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert background == "rgb(14, 18, 23)"
