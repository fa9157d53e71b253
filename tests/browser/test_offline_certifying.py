"""Certifying in a real browser: ticks, keys, previews, what is done, undone, left out, and refused.

Every test that changes something works on runs of its own.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from backend.record import DatasetKey
from models.lumis import LumiRange
from tests.browser.desk import settled
from tests.browser.offline_desk import (
    PROMPT,
    dataset,
    flagged,
    open_offline,
    press,
    preview,
    row,
    state_of,
    tick,
)

pytestmark = pytest.mark.browser


def test_e_ticks_where_express_agrees_and_the_odd_ones_are_left_to_be_looked_at(page: Page, certifier: str) -> None:
    open_offline(page, certifier, "run 325159 or run 325117")
    press(page, "e")
    expect(page.locator(".rr-ticked b")).to_have_text("2")
    page.get_by_text(re.compile(r"^To look at \d+$")).click()
    expect(row(page, dataset(325117))).to_have_count(0)
    expect(row(page, dataset(325159))).to_be_visible()
    expect(row(page, dataset(325159))).to_contain_text("LS BAD")


def test_ticks_are_datasets_and_stay_under_another_filter(page: Page, certifier: str) -> None:
    open_offline(page, certifier, "run 325110-325117")
    tick(page, dataset(325117))
    press(page, "/")
    page.keyboard.press("Control+a")
    page.keyboard.type("run 325110")
    page.keyboard.press("Enter")
    expect(row(page, dataset(325117))).to_have_count(0)
    expect(page.locator(".rr-ticked")).to_contain_text("1 editable, 534 LS")


def test_good_ones_are_certified_and_signed_off_with_two_keys_and_undone_with_one(page: Page, certifier: str) -> None:
    one, other = dataset(325113), dataset(325114)
    open_offline(page, certifier, f"run 325113-325114 and dataset = {PROMPT}")
    tick(page, one, other)
    press(page, "g")
    expect(preview(page)).to_contain_text("Certify 2 datasets in tracker")
    expect(preview(page)).to_contain_text("135 GOOD confirmed")
    page.get_by_label("Comment for all of them, optional for GOOD").fill("occupancy nominal")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".st-key-act-bar")).to_contain_text("2 datasets certified and signed off in tracker")
    expect(state_of(page, one)).to_have_text("SIGNOFF")
    expect(row(page, other)).to_contain_text("signed off, A. Keller")
    expect(page.locator(".rr-ticked b")).to_have_text("0")
    press(page, "u")
    expect(page.locator(".st-key-act-bar")).to_contain_text("Undone")
    expect(state_of(page, one)).to_have_text("OPEN")
    expect(state_of(page, other)).to_have_text("OPEN")


def test_what_is_bad_stays_bad_and_the_preview_counts_it(page: Page, certifier: str) -> None:
    open_offline(page, certifier, "run 325159")
    tick(page, dataset(325159))
    press(page, "g")
    expect(preview(page)).to_contain_text("7 BAD stay")
    page.get_by_text("Then move 1 dataset OPEN").click()
    expect(preview(page).get_by_role("button", name="Set 1 dataset to GOOD")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(preview(page)).to_have_count(0)
    expect(state_of(page, dataset(325159))).to_have_text("OPEN")


def test_bad_needs_a_comment_and_goes_to_one_component_if_one_wants(page: Page, certifier: str) -> None:
    id_ = dataset(325111)
    open_offline(page, certifier, "run 325111")
    tick(page, id_)
    press(page, "2")
    press(page, "b")
    expect(preview(page)).to_contain_text("Set 1 dataset to BAD")
    expect(preview(page)).to_contain_text("tracker-pixel")
    expect(preview(page)).not_to_contain_text("tracker-strip")
    confirm = preview(page).get_by_role("button", name="Set 1 dataset to BAD")
    expect(confirm).to_be_disabled()
    page.get_by_label("Comment for all of them, needed for BAD").fill("HV trip")
    page.keyboard.press("Tab")
    expect(confirm).to_be_enabled()
    confirm.click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("1 dataset set to BAD in tracker-pixel")
    expect(row(page, id_).get_by_role("gridcell", name=re.compile("^tracker-pixel: 27 BAD, commented"))).to_be_visible()
    expect(row(page, id_)).to_contain_text("HV trip")


def test_no_key_opens_another_preview_behind_one_that_is_open(page: Page, certifier: str) -> None:
    open_offline(page, certifier, "run 325110")
    tick(page, dataset(325110))
    press(page, "g")
    expect(preview(page)).to_contain_text("Certify 1 dataset")
    settled(page)
    page.keyboard.press("x")
    page.wait_for_timeout(500)
    expect(preview(page)).to_contain_text("Certify 1 dataset")
    page.keyboard.press("Escape")
    expect(preview(page)).to_have_count(0)
    expect(page.locator(".st-key-offline-set-excluded")).to_contain_text("X")
    press(page, "x")
    expect(preview(page)).to_contain_text("Set 1 dataset to EXCLUDED")


def test_signed_off_ones_are_completed_and_left_out_of_what_comes_after(page: Page, certifier: str) -> None:
    id_ = dataset(325101)
    open_offline(page, certifier, f"run 325100-325101 and dataset = {PROMPT}")
    tick(page, id_)
    press(page, "Shift+s")
    preview(page).get_by_role("button", name="Move 1 dataset to SIGNOFF").click()
    expect(state_of(page, id_)).to_have_text("SIGNOFF")
    tick(page, id_)
    press(page, "Shift+d")
    preview(page).get_by_role("button", name="Move 1 dataset to COMPLETED").click()
    expect(state_of(page, id_)).to_have_text("COMPLETED")
    expect(row(page, id_)).to_contain_text("completed, A. Keller")
    tick(page, id_, dataset(325100))
    expect(page.locator(".rr-ticked")).to_contain_text("1 closed, will be left out")
    press(page, "g")
    expect(preview(page)).to_contain_text("1 left out")
    expect(preview(page)).to_contain_text("COMPLETED in tracker")


def test_somebody_was_faster_and_one_is_told_who_and_asked_to_look_again(
    page: Page, certifier: str, certified_url: str
) -> None:
    id_ = dataset(325099)
    open_offline(page, certifier, f"run 325099 and dataset = {PROMPT}")
    tick(page, id_)
    press(page, "g")
    expect(preview(page)).to_contain_text("Certify 1 dataset")
    flagged(certified_url, DatasetKey(325099, PROMPT), LumiRange(3, 5))
    preview(page).get_by_role("button", name="Certify and sign off 1 dataset").click()
    refused = page.locator(".st-key-refusal")
    expect(refused).to_contain_text(re.compile(r"A\. Petrov changed tracker-strip 3–5 at \d\d:\d\d UTC"))
    expect(state_of(page, id_)).to_have_text("OPEN")
    strip = row(page, id_).get_by_role("gridcell", name=re.compile("^tracker-strip: .*3 BAD"))
    expect(strip).to_be_visible()
    refused.get_by_role("button", name="Look again").click()
    expect(refused).to_have_count(0)


def test_what_waits_is_opened_by_hand_after_a_preview_and_undone(page: Page, expert: str) -> None:
    open_offline(page, expert, workspace="global")
    expect(page.locator(".rr-waits")).to_have_count(4)
    page.get_by_role("button", name="Open now").first.click()
    expect(preview(page)).to_contain_text("waiting dqm gui → OPEN in 20 workspaces")
    preview(page).get_by_role("button", name="Move 1 dataset to OPEN").click()
    expect(page.locator(".rr-waits")).to_have_count(3)
    expect(page.locator(".st-key-act-bar")).to_contain_text("1 dataset moved to OPEN in global")
    press(page, "u")
    expect(page.locator(".rr-waits")).to_have_count(4)
    page.get_by_role("button", name="Fold").click()
    expect(page.locator(".rr-waits")).to_have_count(0)
    page.wait_for_url("**waiting=folded**")
