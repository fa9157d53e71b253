"""The batch tools in a real browser: columns set and copied, datasets copied, moved, hidden; each after a preview.

Every test that changes something works on runs of its own.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from backend.db import engine_for
from backend.jobs.running import Bench
from backend.jobs.task_kinds import KINDS
from backend.jobs.task_work import work_on_one
from backend.settings import Settings
from tests.browser.offline_desk import (
    PROMPT,
    address_of,
    dataset,
    open_offline,
    press,
    preview,
    row,
    tick,
)

pytestmark = pytest.mark.browser


def tool(page: Page, name: str, *, on: str | None = None) -> None:
    """Open the batch tools at this tool."""
    page.get_by_role("button", name="Batch tools").click()
    if on:
        page.get_by_text(on).click()
    page.get_by_label("Tool", exact=True).click()
    page.get_by_role("option", name=name, exact=True).click()


def column(page: Page, name: str) -> None:
    page.get_by_label("Columns", exact=True).last.click()
    page.get_by_role("option", name=name, exact=True).click()
    page.keyboard.press("Escape")


def test_columns_of_the_whole_filter_are_set_after_an_exact_preview(page: Page, expert: str) -> None:
    open_offline(page, expert, "run 325097-325098")
    tool(page, "Set columns")
    expect(page.get_by_text("all 4 of the filter")).to_be_visible()
    column(page, "tracker-strip")
    page.get_by_role("radio", name="STANDBY").last.locator("..").click()
    page.get_by_role("button", name="Preview on 4…").click()
    expect(preview(page)).to_contain_text("Set columns of 4 datasets to STANDBY")
    expect(preview(page)).to_contain_text("GOOD → STANDBY")
    preview(page).get_by_role("button", name="Set columns of 4 datasets to STANDBY").click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("columns of 4 datasets set to STANDBY")
    standby = page.get_by_role("gridcell", name=re.compile(r"^tracker-strip: \d+ STANDBY$"))
    expect(standby).to_have_count(4)


def work(url: str) -> None:
    """What the worker does when it looks for tasks: the one that waits."""
    on = engine_for(url)
    assert work_on_one(Bench(on, "worker"), KINDS, settings=Settings()) is not None
    on.dispose()


def test_a_large_batch_is_left_to_the_worker_and_followed_in_place_and_so_is_its_undo(
    page: Page, streamlit_app: Callable[..., str], certified_url: str
) -> None:
    address = address_of(streamlit_app, certified_url, "dc-expert", RR_BATCH_TASK_DATASETS="4")
    bar, watched = page.locator(".st-key-act-bar"), page.locator("[class*='st-key-task-watch-']")
    excluded = page.get_by_role("gridcell", name=re.compile(r"^tracker-pixel: \d+ EXCLUDED, commented$"))
    open_offline(page, address, "run 325097-325098")
    press(page, "a")
    expect(page.locator(".rr-ticked b")).to_have_text("4")
    press(page, "2")
    press(page, "x")
    expect(preview(page)).to_contain_text("left to the worker")
    page.keyboard.type("not powered")
    page.keyboard.press("Control+Enter")
    expect(watched.first).to_contain_text("It waits for a worker.")
    expect(excluded).to_have_count(0)
    work(certified_url)
    expect(bar).to_contain_text("4 datasets set to EXCLUDED in tracker-pixel")
    expect(watched).to_have_count(0)
    expect(excluded).to_have_count(4)
    expect(row(page, dataset(325097))).to_contain_text("not powered")
    press(page, "u")
    expect(watched.first).to_contain_text("It waits for a worker.")
    expect(excluded).to_have_count(4)
    work(certified_url)
    expect(bar).to_contain_text("Undone: 4 datasets set to EXCLUDED in tracker-pixel")
    expect(excluded).to_have_count(0)


def test_columns_are_copied_from_express(page: Page, expert: str) -> None:
    open_offline(page, expert, f"run 325057 and dataset = {PROMPT}")
    tick(page, dataset(325057))
    press(page, "n")
    preview(page).get_by_role("button", name="Set 1 dataset to NOTSET").click()
    expect(
        row(page, dataset(325057)).get_by_role("gridcell", name=re.compile("^tracker-strip: .*NOTSET"))
    ).to_be_visible()
    tool(page, "Copy columns")
    column(page, "tracker-strip")
    page.get_by_role("button", name="Preview on 1…").click()
    expect(preview(page)).to_contain_text("Copy columns into 1 dataset")
    preview(page).get_by_role("button", name="Copy columns into 1 dataset").click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("copied into 1 dataset")
    expect(
        row(page, dataset(325057)).get_by_role("gridcell", name=re.compile("^tracker-strip: .*NOTSET"))
    ).to_have_count(0)


def test_datasets_are_copied_under_another_name(page: Page, expert: str) -> None:
    open_offline(page, expert, f"run 325022 and dataset = {PROMPT}")
    tool(page, "Copy datasets")
    page.get_by_label("Name of the copies").fill("/ReReco/Collisions2018D/DQM")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Preview on 1…").click()
    preview(page).get_by_role("button", name=re.compile("^Copy 1 dataset to")).click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("1 dataset copied to /ReReco/Collisions2018D/DQM")
    open_offline(page, expert, "run 325022")
    expect(row(page, dataset(325022, "/ReReco/Collisions2018D/DQM"))).to_be_visible()


def test_states_are_moved_in_all_workspaces(page: Page, expert: str) -> None:
    open_offline(page, expert, f"run 325001 and dataset = {PROMPT}", columns="States")
    tool(page, "Move states")
    page.get_by_text("In all workspaces").click()
    page.get_by_role("button", name="Preview on 1…").click()
    expect(preview(page)).to_contain_text("OPEN → SIGNOFF in 20 workspaces")
    preview(page).get_by_role("button", name="Move 1 dataset to SIGNOFF").click()
    expect(row(page, dataset(325001)).locator(".a.state", has_text="SIGNOFF").first).to_be_visible()


def test_a_dataset_is_hidden_for_a_reason_and_shown_again(page: Page, expert: str) -> None:
    id_ = dataset(325000)
    open_offline(page, expert, f"run 325000 and dataset = {PROMPT}")
    tick(page, id_)
    tool(page, "Hide")
    page.get_by_role("button", name="Preview on 1…").click()
    confirm = preview(page).get_by_role("button", name="Hide 1 dataset")
    expect(confirm).to_be_disabled()
    page.get_by_label("Why they are hidden").fill("wrong era")
    page.keyboard.press("Tab")
    confirm.click()
    expect(row(page, id_)).to_have_count(0)
    open_offline(page, expert, f"run 325000 and dataset = {PROMPT}", list="Hidden")
    tick(page, id_)
    tool(page, "Show hidden again")
    page.get_by_role("button", name="Preview on 1…").click()
    preview(page).get_by_role("button", name="Show 1 dataset again").click()
    expect(row(page, id_)).to_have_count(0)
    open_offline(page, expert, f"run 325000 and dataset = {PROMPT}")
    expect(row(page, id_)).to_be_visible()


def test_the_batch_tools_of_who_may_not_say_which_e_group_may(page: Page, certifier: str) -> None:
    open_offline(page, certifier)
    tool(page, "Hide")
    expect(page.get_by_role("button", name=re.compile("^Preview on"))).to_be_disabled()
    expect(page.locator("[data-testid=stPopoverBody]")).to_contain_text("cms-dqm-runregistry-data-certification")
