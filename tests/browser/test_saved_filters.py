"""Filters that a person keeps, in a real browser: saved, chosen, replaced, deleted, taken back, on both pages."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, text

from backend.embedded import Embedded
from tests.browser.desk import a_registry, done, opener

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def registry(postgresql: Embedded) -> Iterator[tuple[str, Engine]]:
    with a_registry(postgresql, "saved_filters") as registry:
        yield registry


@pytest.fixture
def on(registry: tuple[str, Engine]) -> Iterator[Engine]:
    """The registry, without a saved filter at first."""
    with registry[1].begin() as connection:
        connection.execute(text("DELETE FROM saved_filter"))
    yield registry[1]


@pytest.fixture
def online(streamlit_app: Callable[..., str], registry: tuple[str, Engine], page: Page) -> Callable[..., Page]:
    return opener(streamlit_app, page, path="online", heading="Online", DATABASE_URL=registry[0])


@pytest.fixture
def offline(streamlit_app: Callable[..., str], registry: tuple[str, Engine], page: Page) -> Callable[..., Page]:
    return opener(streamlit_app, page, path="offline", heading="Offline", DATABASE_URL=registry[0])


def kept(on: Engine) -> list[tuple[str, str, str, str]]:
    """(Owner, subject, name, filter) of every filter that is kept."""
    with on.connect() as connection:
        rows = connection.execute(text("SELECT owner, subject, name, filter FROM saved_filter ORDER BY id"))
        return [tuple(row) for row in rows]


def save(page: Page, name: str) -> None:
    """By the keyboard alone: to the filter bar's last button, into the field, Enter."""
    opened(page)
    page.get_by_label("Save this filter as").focus()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    done(page, f"Filter “{name}”")


def opened(page: Page) -> None:
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached()
    button = page.locator(".st-key-filter-saved").get_by_role("button")
    if button.get_attribute("aria-expanded") != "true":
        button.focus()
        page.keyboard.press("Enter")
    expect(page.get_by_label("Save this filter as")).to_be_visible()


def named(page: Page, name: str) -> None:
    expect(page.locator(".st-key-filter-saved").get_by_role("button").first).to_contain_text(name)


def filter_is(page: Page, typed: str) -> None:
    expect(page.get_by_label("Filter as text", exact=True)).to_have_value(typed)


def test_a_filter_is_saved_and_stands_in_the_bar_under_its_name(online: Callable[..., Page], on: Engine) -> None:
    page = online("shifter", "?filter=lumisections+%3E+100")
    save(page, "Long runs")
    done(page, "Filter “Long runs” saved")
    named(page, "★ Long runs")
    assert kept(on) == [("S. Tanaka", "run", "Long runs", "lumisections > 100")]


def test_a_saved_filter_is_chosen_and_the_address_shows_a_colleague_the_same(
    online: Callable[..., Page], on: Engine, new_context: Callable[..., BrowserContext]
) -> None:
    save(online("shifter", "?filter=lumisections+%3E+100"), "Long runs")
    page = online("shifter")
    opened(page)
    page.get_by_role("button", name="Long runs", exact=True).focus()
    page.keyboard.press("Enter")
    filter_is(page, "lumisections > 100")
    named(page, "★ Long runs")
    page.wait_for_url("**filter=lumisections+%3E+100**")
    search = page.url.partition("?")[2]
    colleague = online("dc-expert", f"?{search}", on=new_context().new_page())
    filter_is(colleague, "lumisections > 100")
    named(colleague, "☆ Saved")


def test_another_filter_takes_a_name_over_and_undo_gives_it_back(online: Callable[..., Page], on: Engine) -> None:
    save(online("shifter", "?filter=lumisections+%3E+100"), "Mine")
    page = online("shifter", "?filter=run+%3E+1")
    save(page, "Mine")
    done(page, "is another one now")
    assert [row[2:] for row in kept(on)] == [("Mine", "run > 1")]
    page.get_by_role("button", name="Undo").click()
    done(page, "is as it was")
    assert [row[2:] for row in kept(on)] == [("Mine", "lumisections > 100")]


def test_a_filter_is_deleted_and_undo_brings_it_back(online: Callable[..., Page], on: Engine) -> None:
    page = online("shifter", "?filter=lumisections+%3E+100")
    save(page, "Long runs")
    named(page, "★ Long runs")
    opened(page)
    page.get_by_role("button", name="Delete", exact=True).click()
    done(page, "Filter “Long runs” deleted")
    assert kept(on) == []
    page.get_by_role("button", name="Undo").click()
    done(page, "is as it was")
    assert [row[2:] for row in kept(on)] == [("Long runs", "lumisections > 100")]


def test_filters_of_datasets_are_kept_apart_from_those_of_runs(
    online: Callable[..., Page], offline: Callable[..., Page], on: Engine
) -> None:
    save(online("tracker-certifier", "?filter=lumisections+%3E+100"), "Long runs")
    page = offline("tracker-certifier", "?workspace=tracker&filter=dataset+like+%25Prompt%25")
    opened(page)
    expect(page.get_by_text("You have saved none yet.")).to_be_visible()
    save(page, "Prompt")
    named(page, "★ Prompt")
    assert [row[1:3] for row in kept(on)] == [("run", "Long runs"), ("dataset", "Prompt")]


def test_a_visitor_is_told_why_nothing_can_be_saved(online: Callable[..., Page], on: Engine) -> None:
    page = online("visitor", "?filter=lumisections+%3E+100")
    opened(page)
    expect(page.get_by_text("Sign in: filters are kept per person.")).to_be_visible()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    assert kept(on) == []


def test_what_lets_everything_through_is_not_worth_a_name(online: Callable[..., Page], on: Engine) -> None:
    page = online("shifter")
    opened(page)
    expect(page.get_by_text("Ask for something first")).to_be_visible()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
