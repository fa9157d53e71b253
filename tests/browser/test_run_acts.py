"""What a person does with a run, in a real browser: flag a block, take it back, sign off, be told what one may not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import arrived

pytestmark = pytest.mark.browser
ENTRY = Path(__file__).parents[2] / "dashboard" / "entry.py"
RUN = 325172


@pytest.fixture
def as_role(streamlit_app: Callable[..., str], small_season_url: str, page: Page) -> Callable[[str], Page]:
    def open_as(role: str, search: str = "") -> Page:
        demo = {"RR_AUTH": "demo", "RR_ENVIRONMENT": "demo", "RR_DEMO_ROLE": role}
        address = streamlit_app(ENTRY, DATABASE_URL=small_season_url, **demo)
        page.goto(f"{address}/run?run={RUN}{search}")
        page.wait_for_selector(".rr-timeline")
        arrived(page)
        return page

    return open_as


def tick(page: Page, name: str) -> None:
    """Tick the row of a component in the strip."""
    page.locator("svg.plot").wait_for()
    page.get_by_role("checkbox", name=name).click()


def comment(page: Page, text: str) -> None:
    field = page.get_by_label("Comment, shown in the grid; needed for BAD")
    field.fill(text)
    field.press("Tab")


def test_a_block_is_flagged_shown_and_taken_back(as_role: Callable[..., Page]) -> None:
    page = as_role("admin", "&ls=100-140")
    tick(page, "cms-cms")
    expect(page.get_by_text("BAD needs a comment of 3 characters or more.")).to_be_visible()
    comment(page, "TEC+ group 4 power supply trip")
    expect(page.locator(".rr-preview")).to_contain_text("41 flags: 41 GOOD → BAD by you")
    page.get_by_role("button", name="Set 41 flags").click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("cms-cms 100–140 → BAD")
    expect(page.locator(".st-key-range-card")).to_contain_text("BAD 41")
    expect(page.locator(".rr-timeline")).to_contain_text("TEC+ group 4 power supply trip")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("Undone: cms-cms 100–140 → BAD")
    expect(page.locator(".st-key-range-card")).not_to_contain_text("BAD 41")
    page.get_by_role("radio", name="History").click()
    page.get_by_role("button", name=f"Redo in run {RUN} …").click()
    expect(page.get_by_role("dialog")).to_contain_text("It becomes again")
    page.get_by_role("button", name=f"Redo it in run {RUN}").click()
    expect(page.locator(".st-key-act-bar")).to_contain_text(f"Redone in run {RUN}")
    expect(page.get_by_role("button", name=f"Undo in run {RUN} …")).to_be_enabled()


def test_a_stop_reason_is_said_and_signing_off_moves_the_run(as_role: Callable[..., Page]) -> None:
    page = as_role("admin")
    page.get_by_role("button", name="Class · stop reason").click()
    field = page.get_by_label("Stop reason", exact=True)
    field.fill("beam dump")
    field.press("Tab")
    page.get_by_role("button", name="Save stop reason").click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("beam dump")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sign off").click()
    expect(page.locator(".st-key-act-bar")).to_contain_text(f"Run {RUN} signed off")
    expect(page.locator(".rr-glance")).to_contain_text("SIGNOFF")
    page.get_by_role("button", name="Reopen").click()
    expect(page.locator(".rr-glance")).to_contain_text("OPEN")


def test_what_one_may_not_is_disabled_and_says_which_egroup_may(as_role: Callable[..., Page]) -> None:
    page = as_role("visitor", "&ls=1-10")
    button = page.get_by_role("button", name="Sign off")
    expect(button).to_be_disabled()
    button.hover(force=True)
    expect(page.get_by_text("needs e-group")).to_be_visible()
