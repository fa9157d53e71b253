"""The Offline page in a real browser: what one sees, finds, sorts, takes away, and what others change meanwhile.

Every test that changes something works on runs of its own.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from backend.record import DatasetKey
from models.lumis import LumiRange
from tests.browser.desk import settled
from tests.browser.offline_desk import (
    PROMPT,
    dataset,
    flagged,
    open_offline,
    query,
    row,
    tick,
)

pytestmark = pytest.mark.browser


def test_a_certifier_arrives_at_the_own_desk_and_sees_what_waits_and_what_is_open(page: Page, certifier: str) -> None:
    open_offline(page, certifier, workspace="")
    expect(page.get_by_role("radio", name="tracker")).to_be_checked()
    expect(page.locator(".st-key-offline-waiting")).to_contain_text("Waiting for DQM GUI")
    expect(page.locator(".rr-waits")).to_have_count(4)
    expect(page.get_by_role("columnheader", name="pixel")).to_be_visible()
    expect(row(page, dataset(325117)).locator(".k.paired")).to_have_count(3)


def test_what_one_may_not_do_is_shown_with_the_e_group(page: Page, certifier: str) -> None:
    open_offline(page, certifier)
    open_now = page.get_by_role("button", name="Open now").first
    expect(open_now).to_be_disabled()
    expect(page.locator(".st-key-offline-waiting")).to_contain_text("cms-dqm-runregistry-data-certification")
    open_offline(page, certifier, workspace="ecal")
    expect(page.get_by_role("button", name="Good")).to_be_disabled()
    expect(page.locator(".st-key-offline-ticked")).to_contain_text("cms-dqm-runregistry-offline-ecal-certifiers")


def test_workspace_list_columns_filter_and_look_are_in_the_address_and_come_back(page: Page, certifier: str) -> None:
    open_offline(page, certifier, "run > 325000")
    page.get_by_text("States", exact=True).click()
    expect(page.get_by_role("columnheader", name="egamma")).to_be_visible()
    page.get_by_label("Other workspaces", exact=True).click()
    page.get_by_role("option", name="ecal", exact=True).click()
    page.wait_for_url("**workspace=ecal**")
    assert query(page)["filter"] == ["run > 325000"]
    assert query(page)["columns"] == ["states"]
    page.reload()
    page.wait_for_selector("[data-painted]")
    expect(page.get_by_role("radio", name="ecal")).to_be_checked()
    expect(page.get_by_role("radio", name="States")).to_be_checked()


def test_a_rule_on_a_dataset_is_added_by_the_form(page: Page, certifier: str) -> None:
    open_offline(page, certifier)
    page.get_by_role("button", name="+ Rule").click()
    page.get_by_label("Value (text)").fill(PROMPT)
    page.keyboard.press("Tab")
    settled(page)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("button", name=f"dataset is {PROMPT} ×")).to_be_visible()
    expect(row(page, dataset(325117))).to_be_visible()
    expect(row(page, dataset(325117, "/Express/Collisions2018/DQM"))).to_have_count(0)


def test_the_table_is_taken_away_as_csv_as_python_and_as_links(page: Page, certifier: str) -> None:
    open_offline(page, certifier, f"dataset = {PROMPT}")
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Datasets as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert "tracker-strip.BAD" in lines[0]
    assert "tracker_state" in lines[0]
    assert len(lines) > 10
    page.keyboard.press("Escape")
    page.get_by_role("button", name="As Python").click()
    expect(page.get_by_text("runregistry.get_datasets(")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Links", exact=True).click()
    hdqm = page.get_by_role("link", name="These datasets in HDQM")
    expect(hdqm).to_have_attribute("href", re.compile("^https://cms-hdqm.web.cern.ch/\\?filter=rr&filterValue="))


def test_every_row_leads_to_the_other_systems_and_a_click_there_does_not_tick(page: Page, certifier: str) -> None:
    open_offline(page, certifier, f"run 325117 and dataset = {PROMPT}")
    link = row(page, dataset(325117)).get_by_role("link", name="OMS")
    expect(link).to_have_attribute("href", re.compile("cms_run=325117"))
    expect(link).to_have_attribute("target", "_blank")


def test_enter_opens_the_strip_of_the_dataset_beneath_express(page: Page, certifier: str) -> None:
    open_offline(page, certifier, f"run 325117 and dataset = {PROMPT}")
    row(page, dataset(325117)).get_by_role("gridcell", name="325117", exact=True).click()
    page.keyboard.press("Enter")
    page.wait_for_url("**/run?run=325117**")
    assert query(page)["datasets"] == ["/Express/Collisions2018/DQM", PROMPT]


def test_the_grid_is_sorted_by_a_component_and_by_what_is_no_attribute_it_is_not(page: Page, certifier: str) -> None:
    open_offline(page, certifier)
    page.get_by_role("columnheader", name="strip").click()
    page.wait_for_url("**sort=-tracker-strip**")
    expect(page.locator(".row").first).to_have_attribute("data-id", re.compile("^325159:"))
    page.get_by_role("columnheader", name="Express says").click()
    settled(page)
    assert query(page)["sort"] == ["-tracker-strip"]


def test_what_was_said_of_a_cell_is_there_on_hover_with_what_express_says(page: Page, certifier: str) -> None:
    open_offline(page, certifier, f"run 325159 and dataset = {PROMPT}")
    row(page, dataset(325159)).locator('.k[data-column="tracker-strip"]').hover()
    card = page.locator(".card")
    expect(card).to_contain_text("BAD LS")
    expect(card).to_contain_text("Express")


def test_the_dark_theme_is_dark(new_context: Callable[..., BrowserContext], certifier: str) -> None:
    page = new_context(color_scheme="dark").new_page()
    open_offline(page, certifier)
    background = page.evaluate("getComputedStyle(document.querySelector('.st-key-offline-ticked')).backgroundColor")
    assert background == "rgb(22, 27, 34)"


def test_what_others_change_while_one_looks_is_said_with_who_and_nothing_moves(
    page: Page, certifier: str, certified_url: str
) -> None:
    id_ = dataset(325110)
    open_offline(page, certifier, f"run 325110 and dataset = {PROMPT}")
    tick(page, id_)
    flagged(certified_url, DatasetKey(325110, PROMPT), LumiRange(2, 3))
    banner = page.locator(".st-key-offline-moved-on")
    expect(banner).to_contain_text("A. Petrov changed 325110")
    expect(banner).to_contain_text("1 of them among your ticked datasets")
    expect(page.locator(".rr-ticked b")).to_have_text("1")
    banner.get_by_role("button", name="Look again").click()
    expect(banner).to_have_count(0)
    expect(row(page, id_).get_by_role("gridcell", name=re.compile("^tracker-strip: .*2 BAD"))).to_be_visible()
