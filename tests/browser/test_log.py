"""The Log in a real browser: find an act, see the difference it made, take it back, and let it hold again."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from backend.access import demo_actor
from backend.certify.runs import edit_stop_reason
from backend.db import transaction
from backend.embedded import Embedded
from tests.browser.desk import Open, a_registry, done, opener, row
from tests.factories import a_run

pytestmark = pytest.mark.browser
RUNS = tuple(range(325_100, 325_170))
RUN = RUNS[0]


@pytest.fixture(scope="module")
def registry(postgresql: Embedded) -> Iterator[tuple[str, int]]:
    """Seventy runs, and a stop reason that a shifter said of the first; the registry's address, and that act."""
    with a_registry(postgresql, "log") as (url, on):
        with transaction(on) as session:
            for run in RUNS:
                a_run(session, run)
            said = edit_stop_reason(session, demo_actor("shifter"), RUN, "beam dump", why="as the shift saw", seen=None)
        yield url, said.change_set


@pytest.fixture
def open_as(streamlit_app: Callable[..., str], registry: tuple[str, int], page: Page) -> Open:
    return opener(streamlit_app, page, path="log", heading="Log", DATABASE_URL=registry[0])


def test_an_act_is_found_looked_at_taken_back_and_redone(open_as: Open, registry: tuple[str, int]) -> None:
    page, act = open_as("admin"), str(registry[1])
    page.get_by_label("Who", exact=True).fill("tanaka")
    page.get_by_label("Who", exact=True).press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    row(page, act).click()
    page.wait_for_url(f"**act={act}**")
    expect(page.locator(".rr-diff")).to_contain_text(f"{RUN} stop_reason — → beam dump")
    page.get_by_role("button", name="Undo …").click()
    expect(page.get_by_role("dialog").locator(".rr-diff")).to_contain_text("beam dump → —")
    page.get_by_label("Why", exact=True).fill("it was another run")
    page.get_by_role("button", name="Undo on 1 run").click()
    done(page, f"Undone: change set {act}, as the shift saw")
    expect(page.get_by_role("button", name="Undo …")).to_be_disabled()
    expect(row(page, act)).to_contain_text("undone")
    page.get_by_role("button", name=f"Change set {int(act) + 1}").click()
    expect(page.locator(".rr-act")).to_contain_text("it was another run")
    page.get_by_role("button", name="Redo …").click()
    page.get_by_role("button", name="Redo on 1 run").click()
    done(page, f"Redone: change set {int(act) + 1}")
    expect(row(page, act)).not_to_contain_text("undone")


def test_what_one_may_not_take_back_says_why(open_as: Open, registry: tuple[str, int]) -> None:
    page = open_as("visitor", f"?act={registry[1]}")
    expect(page.get_by_role("button", name="Undo …")).to_be_disabled()
    expect(page.locator(".st-key-log-side")).to_contain_text("cms-dqm-runregistry-experts")


def test_pages_go_back_by_change_set_and_the_address_holds_the_filter(open_as: Open) -> None:
    page = open_as("admin", "?kind=ingest")
    expect(page.locator("tbody tr")).to_have_count(60)
    page.get_by_role("button", name="Earlier").click()
    expect(page.locator("tbody tr")).to_have_count(10)
    assert "before=" in page.url and "kind=ingest" in page.url
    page.get_by_role("button", name="Latest").click()
    expect(page.locator("tbody tr")).to_have_count(60)
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator("tbody")).to_contain_text("edit run")


def test_an_act_leads_to_its_run_as_it_was_then(open_as: Open, registry: tuple[str, int]) -> None:
    page = open_as("admin", f"?act={registry[1]}")
    page.get_by_role("button", name=f"Run {RUN}").click()
    page.wait_for_url(f"**/run?run={RUN}**")
