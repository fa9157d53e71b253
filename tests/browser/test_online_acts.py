"""What a shifter does with a run from the Online page, in a real browser, each act read back from the database."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from backend.access import demo_actor
from backend.certify.flags import Flag, flag_lumisections
from backend.certify.places import Place
from backend.db import engine_for, transaction
from backend.record import DatasetKey
from models.lumis import LumiSet
from models.vocabulary import ONLINE, Status
from tests.browser.desk import done, opener, settled, typed
from tests.factories import a_run

pytestmark = pytest.mark.browser
RUN, OTHER = 325_172, 325_170


@pytest.fixture
def on(small_season_url: str) -> Iterator[Engine]:
    engine = engine_for(small_season_url)
    yield engine
    engine.dispose()


@pytest.fixture
def online(streamlit_app: Callable[..., str], small_season_url: str, page: Page) -> Page:
    """The page with one run looked at."""
    opened = opener(streamlit_app, page, path="online", heading="Online", DATABASE_URL=small_season_url)
    page = opened("admin", f"?selected={RUN}")
    expect(page.locator(".rr-big")).to_have_text(str(RUN))
    return page


@pytest.fixture
def run_page(streamlit_app: Callable[..., str], small_season_url: str, page: Page) -> Callable[..., Page]:
    return opener(streamlit_app, page, path="run", heading=f"Run {OTHER}", DATABASE_URL=small_season_url)


def run_now(on: Engine, column: str, run: int = RUN) -> object:
    with on.connect() as connection:
        asked = text("SELECT to_jsonb(run) -> :column FROM run WHERE run_number = :run")
        return connection.execute(asked, {"column": column, "run": run}).scalar_one()


def bad_lumisections(on: Engine) -> int:
    with on.connect() as connection:
        asked = text("""
            SELECT coalesce(sum(last - first + 1), 0) FROM segment
            WHERE run_number = :run AND name = 'online' AND column_name = 'strip' AND value = :bad
        """)
        return int(connection.execute(asked, {"run": OTHER, "bad": int(Status.BAD)}).scalar_one())


def test_a_run_is_marked_not_significant_and_significant_again(online: Page, on: Engine) -> None:
    online.get_by_role("button", name="Not significant", exact=True).click()
    done(online, f"Run {RUN} marked as not significant")
    assert run_now(on, "is_significant") is False
    online.get_by_role("button", name="Mark significant", exact=True).click()
    done(online, f"Run {RUN} marked as significant")
    assert run_now(on, "is_significant") is True


def test_a_stop_reason_is_on_the_card_of_cms_and_a_class_is_undone_with_the_key(online: Page, on: Engine) -> None:
    before = run_now(on, "run_class")
    online.get_by_role("button", name="Class · stop reason").click()
    typed(online, "Stop reason", "beam dump")
    online.get_by_role("button", name="Save stop reason").click()
    done(online, f"Stop reason of run {RUN}: beam dump")
    settled(online)
    typed(online, "Class", "Special18")
    online.get_by_role("button", name="Save class").click()
    done(online, f"Class of run {RUN}: Special18")
    assert run_now(on, "run_class") == "Special18"
    online.keyboard.press("Escape")
    online.locator(".rr-title").first.click()
    online.keyboard.press("u")
    done(online, "Undone:")
    assert run_now(on, "run_class") == before
    online.locator(f'.row[data-id="{RUN}"] .k[data-column="cms-cms"]').hover()
    expect(online.locator(".card")).to_contain_text("run stopped“beam dump”")


def test_the_card_of_a_run_is_closed_and_leads_to_the_run(online: Page) -> None:
    online.locator(".st-key-inspector").get_by_role("button", name="Close", exact=True).click()
    expect(online.locator(".st-key-inspector")).to_have_count(0)
    online.get_by_role("gridcell", name=str(RUN), exact=True).click()
    online.get_by_role("button", name="Open run").click()
    online.wait_for_url(f"**/run?run={RUN}**")


def test_the_key_of_undo_stands_in_the_list_of_keys(online: Page) -> None:
    settled(online)
    online.locator(".rr-title").first.click()
    online.keyboard.press("?")
    expect(online.get_by_role("dialog", name="Keys")).to_contain_text("undo what was just done")


def test_a_run_is_completed_and_brought_back(run_page: Callable[..., Page], on: Engine) -> None:
    page = run_page("admin", f"?run={OTHER}")
    for button, sentence, state in (
        ("Sign off", "signed off", "SIGNOFF"),
        ("Complete", "completed", "COMPLETED"),
        ("Back to sign-off", "moved back to sign-off", "SIGNOFF"),
        ("Reopen", "reopened", "OPEN"),
    ):
        page.get_by_role("button", name=button, exact=True).click()
        done(page, f"Run {OTHER} {sentence}")
        assert run_now(on, "state", OTHER) == state


def test_what_a_person_said_is_given_back_to_the_machine(run_page: Callable[..., Page], on: Engine) -> None:
    before = bad_lumisections(on)
    place = Place(DatasetKey(OTHER, ONLINE), ("tracker-strip",), LumiSet.span(200, 210))
    with transaction(on) as session:
        flag_lumisections(session, demo_actor("admin"), [Flag(place, Status.BAD, None, "HV trip")], seen=None)
    assert bad_lumisections(on) == before + 11
    page = run_page("admin", f"?run={OTHER}&ls=200-210")
    page.locator("svg.plot").wait_for()
    page.get_by_role("checkbox", name="tracker-strip").click()
    page.locator(".st-key-flag-status").get_by_text("GOOD", exact=True).click()
    page.get_by_role("button", name="Give back to the machine").click()
    done(page, "given back to the machine")
    assert bad_lumisections(on) == before


def test_while_live_new_runs_are_announced_and_come_when_they_are_asked_for(online: Page, on: Engine) -> None:
    online.get_by_text("Live", exact=True).click()
    online.get_by_role("columnheader", name="LS").first.click()
    online.wait_for_url("**sort=-lumisections**")  # said by the server, which knows by then that the page is live
    settled(online)
    assert "live=true" in online.url
    with transaction(on) as session:
        a_run(session, 325_999)
    online.get_by_role("columnheader", name="LS").first.click()
    new = online.get_by_role("button", name="1 new", exact=True)
    expect(new).to_be_visible()
    expect(online.get_by_role("gridcell", name="325999", exact=True)).to_have_count(0)
    new.click()
    expect(online.get_by_role("gridcell", name="325999", exact=True)).to_be_visible()
    expect(new).to_have_count(0)
