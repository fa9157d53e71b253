"""OMS asked again about a run in a real browser, and what OMS changed after sign-off accepted or left alone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from backend.access import demo_actor
from backend.certify.moving_runs import move_run
from backend.certify.runs import edit_stop_reason
from backend.classify.recording import classify_run
from backend.db import transaction
from backend.embedded import Embedded
from backend.ingest.looks import refresh_run
from backend.ingest.oms import open_oms
from backend.settings import Settings
from models.vocabulary import RunState
from scripts.benchmarks.season import ingest_season
from scripts.simulator.running import Simulator, running_simulator
from tests.browser.desk import a_registry, done, opener

pytestmark = pytest.mark.browser
OPEN_RUN, RESET_RUN, SIGNED_RUN, KEPT_RUN = 325_172, 325_170, 325_159, 325_117
ADMIN = demo_actor("admin")
NAMED = {"oms_client_id": "test", "oms_client_secret": "test"}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with running_simulator("2018", pace="max") as simulator:
        yield simulator


@pytest.fixture(scope="module")
def registry(postgresql: Embedded, simulator: Simulator) -> Iterator[tuple[str, Engine]]:
    """The newest runs of the season; two of them signed off, and changed in OMS since."""
    with a_registry(postgresql, "run_oms") as (url, on):
        ingest_season(on, simulator, most=14)
        for run in (SIGNED_RUN, KEPT_RUN):
            with transaction(on) as session:
                move_run(session, ADMIN, run, RunState.SIGNOFF, seen=None)
            simulator.change(run, energy=1234)
            known = {"oms_url": simulator.oms_url, "oms_token_url": simulator.oms_token_url, **NAMED}
            with open_oms(Settings(**known)) as oms:
                refresh_run(on, oms, run, classify=classify_run)
        yield url, on


@pytest.fixture
def open_run(
    streamlit_app: Callable[..., str], registry: tuple[str, Engine], simulator: Simulator, page: Page
) -> Callable[[int, str], Page]:
    def opened(run: int, role: str = "admin") -> Page:
        oms = {"oms_url": simulator.oms_url, "oms_token_url": simulator.oms_token_url, **NAMED}
        environment = {"DATABASE_URL": registry[0]} | {f"RR_{name}".upper(): said for name, said in oms.items()}
        return opener(streamlit_app, page, path="run", heading=f"Run {run}", **environment)(role, f"?run={run}")

    return opened


def energy(registry: tuple[str, Engine], run: int) -> float:
    with registry[1].connect() as connection:
        asked = text("SELECT (oms ->> 'energy')::float FROM run WHERE run_number = :run")
        return connection.execute(asked, {"run": run}).scalar_one()


def stop_reason(registry: tuple[str, Engine], run: int) -> str | None:
    with registry[1].connect() as connection:
        asked = text("SELECT stop_reason FROM run WHERE run_number = :run")
        return connection.execute(asked, {"run": run}).scalar_one()


def test_a_run_is_refreshed_from_oms(
    open_run: Callable[..., Page], registry: tuple[str, Engine], simulator: Simulator
) -> None:
    simulator.change(OPEN_RUN, energy=4321)
    page = open_run(OPEN_RUN)
    page.get_by_role("button", name="OMS", exact=True).click()
    page.get_by_role("button", name="Refresh", exact=True).click()
    done(page, f"Run {OPEN_RUN} is as OMS says now")
    assert energy(registry, OPEN_RUN) == 4321


def test_a_reset_leaves_peoples_words_unless_asked_and_undo_brings_them_back(
    open_run: Callable[..., Page], registry: tuple[str, Engine]
) -> None:
    with transaction(registry[1]) as session:
        edit_stop_reason(session, ADMIN, RESET_RUN, "beam dump", seen=None)
    page = open_run(RESET_RUN)
    page.get_by_role("button", name="OMS", exact=True).click()
    page.get_by_role("button", name="Reset", exact=True).click()
    done(page, f"Run {RESET_RUN} is reset to what OMS and the rules say")
    assert stop_reason(registry, RESET_RUN) == "beam dump"
    page = open_run(RESET_RUN)
    page.get_by_role("button", name="OMS", exact=True).click()
    page.get_by_text("What people said is withdrawn too").click()
    expect(page.get_by_role("checkbox", name="What people said is withdrawn too")).to_be_checked()
    page.get_by_role("button", name="Reset", exact=True).click()
    done(page, "people's words withdrawn")
    assert stop_reason(registry, RESET_RUN) != "beam dump"
    page.get_by_role("button", name="Undo").click()
    done(page, "Undone:")
    assert stop_reason(registry, RESET_RUN) == "beam dump"


def test_what_oms_changed_after_sign_off_is_shown_and_accepted(
    open_run: Callable[..., Page], registry: tuple[str, Engine]
) -> None:
    before = energy(registry, SIGNED_RUN)
    page = open_run(SIGNED_RUN)
    card = page.locator(".st-key-run-proposal")
    expect(card).to_contain_text("OMS changed this run after its sign-off")
    expect(card).to_contain_text("1234")
    assert before != 1234
    card.get_by_role("button", name="Accept").click()
    done(page, f"Run {SIGNED_RUN} is as OMS says now")
    expect(card).to_have_count(0)
    assert energy(registry, SIGNED_RUN) == 1234


def test_or_the_run_is_left_as_it_was_signed_off(open_run: Callable[..., Page], registry: tuple[str, Engine]) -> None:
    before = energy(registry, KEPT_RUN)
    page = open_run(KEPT_RUN)
    page.get_by_role("button", name="Leave it as it was").click()
    done(page, f"Run {KEPT_RUN} stays as it was signed off")
    expect(page.locator(".st-key-run-proposal")).to_have_count(0)
    assert energy(registry, KEPT_RUN) == before != 1234


def test_of_a_run_that_is_signed_off_oms_is_not_asked_again(open_run: Callable[..., Page]) -> None:
    page = open_run(SIGNED_RUN)
    page.get_by_role("button", name="OMS", exact=True).click()
    expect(page.get_by_role("button", name="Refresh", exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="Reset", exact=True)).to_be_disabled()
