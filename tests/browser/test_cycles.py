"""Cycles in a real browser: make one, move its datasets, complete it, make it pending again, change and delete it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from backend.db import transaction
from backend.embedded import Embedded
from backend.queries import EVERYTHING, ids_of
from tests.browser.desk import Open, a_registry, done, opener, typed
from tests.cycled import PROMPT, a_cycle, some_datasets

pytestmark = pytest.mark.browser
RUNS = (325_172, 325_170, 325_159)


@pytest.fixture(scope="module")
def url(postgresql: Embedded) -> Iterator[str]:
    """Three open datasets in a cycle, and one more in none."""
    with a_registry(postgresql, "cycles") as (address, on):
        with transaction(on) as session:
            some_datasets(session, *RUNS)
            ids = ids_of(session, EVERYTHING, workspace="tracker", which="all")
            a_cycle(session, ids)
            a_cycle(session, ids, name="to be deleted")
            some_datasets(session, 325_175)
        yield address


@pytest.fixture
def open_as(streamlit_app: Callable[..., str], url: str, page: Page) -> Open:
    return opener(streamlit_app, page, path="cycles", heading="Cycles", DATABASE_URL=url)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def progress(page: Page) -> object:
    return page.get_by_role("grid", name="Progress by workspace").locator('tr[data-id="tracker"]')


def test_a_cycle_is_brought_to_its_end_and_back(open_as: Open) -> None:
    page = open_as("admin", "?workspace=tracker&cycle=1")
    expect(page.get_by_role("button", name="Complete in tracker")).to_be_disabled()
    expect(page.locator(".rr-reason")).to_contain_text("3 of 3 datasets are not COMPLETED here.")
    page.get_by_role("checkbox", name=f"tick {RUNS[0]}:{PROMPT}").click()
    press(page, "Sign off 1")
    press(page, "Move 1 to SIGNOFF")
    done(page, "1 dataset of 2018 week 43 moved to SIGNOFF in tracker")
    press(page, "Move 3 to COMPLETED")
    expect(page.get_by_role("dialog")).to_contain_text("2 OPEN → COMPLETED in tracker")
    press(page, "Move 3 datasets to COMPLETED")
    expect(progress(page)).to_contain_text("100 %")
    press(page, "Complete in tracker")
    press(page, "Complete it in tracker")
    done(page, "2018 week 43 is completed in tracker")
    expect(progress(page)).to_contain_text("completed")
    expect(page.get_by_role("link", name="Cycles (1)")).to_be_visible()
    expect(page.get_by_role("button", name="Reopen 1")).to_be_disabled()
    press(page, "Make pending in tracker")
    press(page, "Make it pending in tracker")
    expect(progress(page)).to_contain_text("pending")
    page.get_by_role("button", name="Reopen 1", exact=True).click()
    press(page, "Move 1 to OPEN")
    done(page, "moved to OPEN in tracker")


def test_a_cycle_is_made_changed_and_grows_and_shrinks(open_as: Open) -> None:
    page = open_as("admin")
    press(page, "New cycle")
    typed(page, "Name", "2018 week 44")
    typed(page, "Datasets, as a filter", "run > 325165 and run < 325175")
    press(page, "Make a cycle of 2 datasets")
    done(page, "Cycle 2018 week 44: 2 datasets until")
    page.wait_for_url("**cycle=3**")
    press(page, "Edit")
    typed(page, "Name", "2018 week 44b")
    expect(page.get_by_role("dialog")).to_contain_text("name: 2018 week 44 → 2018 week 44b")
    press(page, "Save")
    expect(page.locator(".rr-big")).to_have_text("2018 week 44b")
    press(page, "Add datasets")
    typed(page, "Datasets, as a filter", "run > 325165")
    press(page, "Add 1 dataset")
    done(page, "1 dataset added to 2018 week 44b")
    page.get_by_role("checkbox", name=f"tick 325175:{PROMPT}").click()
    press(page, "Take 1 out")
    page.get_by_role("dialog").get_by_role("button", name="Take 1 out").click()
    done(page, "1 dataset taken out of 2018 week 44b")
    expect(page.locator(".rr-head")).to_contain_text("2 datasets")


def test_a_deleted_cycle_comes_back_by_undo(open_as: Open) -> None:
    page = open_as("admin", "?cycle=2")
    press(page, "Delete")
    press(page, "Delete the cycle")
    done(page, "to be deleted is deleted")
    page.locator(".st-key-act-bar-undo button").click()
    done(page, "Undone: to be deleted is deleted")
    expect(page.get_by_role("grid", name="Cycles")).to_contain_text("to be deleted")


def test_one_who_may_not_sees_every_act_disabled(open_as: Open) -> None:
    page = open_as("shifter", "?workspace=tracker&cycle=2")
    for name in ("New cycle", "Edit", "Delete", "Add datasets", "Complete in tracker"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_disabled()
    expect(page.locator(".rr-reason")).to_contain_text("cms-dqm-runregistry-offline-tracker-certifiers")
