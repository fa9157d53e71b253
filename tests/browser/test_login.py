"""Login by the real flow, in a real browser against the simulated provider: each person sees and does what they may.

One walk for each of three people on one server; the whole matrix is asked of the commands and of the API elsewhere.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import Engine, text

from backend.access import demo_actor
from backend.certify.cycles import create_cycle
from backend.configuration import GLOBAL
from backend.db import transaction
from backend.embedded import Embedded
from backend.queries import EVERYTHING, ids_of
from models.lumis import LumiSet
from scripts.simulator.feed import feed_of
from scripts.simulator.running import Simulator, running_simulator
from scripts.simulator.season import build_season
from tests.browser.desk import a_registry, done, settled, typed
from tests.certifying import a_dataset, a_judged_run
from tests.factories import RUN

pytestmark = pytest.mark.browser
APP = Path(__file__).parents[2] / "dashboard" / "app.py"
SIGNIFICANCE = re.compile("^(Mark|Not) significant$")
PROXY_SECRET = "what-the-proxy-of-the-tests-shows-to-us"
DESKS = (GLOBAL, "tracker", "ecal")
RUN_PAGE = f"/run?run={RUN}&ls=10-20"
DC_EXPERTS = "cms-dqm-runregistry-data-certification"
SHIFTERS = "cms-dqm-runregistry-online-shifters"


@pytest.fixture(scope="module")
def on(postgresql: Embedded) -> Iterator[Engine]:
    """A run that can be signed off, and its dataset in a cycle, open in every workspace."""
    with a_registry(postgresql, "login") as (_, engine):
        with transaction(engine) as session:
            a_judged_run(session)
            a_dataset(session)
            ids = ids_of(session, EVERYTHING, workspace=GLOBAL, which="all")
            expert, deadline = demo_actor("dc-expert"), date(2031, 10, 26)
            create_cycle(session, expert, name="2022 week 43", deadline=deadline, ids=ids, desks=DESKS)
        yield engine


@pytest.fixture(scope="module")
def provider() -> Iterator[Simulator]:
    runs = {RUN: LumiSet.span(1, 100)}
    with running_simulator(feed_of(build_season("login", runs, runs))) as simulator:
        yield simulator


@pytest.fixture
def address(streamlit_app: Callable[..., str], on: Engine, provider: Simulator) -> str:
    return streamlit_app(
        APP,
        DATABASE_URL=on.url.render_as_string(hide_password=False),
        RR_AUTH="oidc",
        RR_OIDC_ISSUER=provider.issuer,
        RR_OIDC_CLIENT_ID="run-registry",
        RR_OIDC_CLIENT_SECRET="secret",
        RR_OIDC_REDIRECT_URL="http://127.0.0.1:{port}/oauth2callback",
        RR_COOKIE_SECRET="for-the-tests-of-login-and-nothing-else",
    )


@pytest.fixture
def behind_proxy(streamlit_app: Callable[..., str], on: Engine) -> str:
    """The address of a registry that believes the proxy of this machine."""
    return streamlit_app(
        APP,
        DATABASE_URL=on.url.render_as_string(hide_password=False),
        RR_AUTH="proxy",
        RR_PROXY_NETWORKS="127.0.0.1/32",
        RR_PROXY_SECRET=PROXY_SECRET,
    )


@pytest.fixture
def log_in(new_context: Callable[..., BrowserContext], address: str) -> Callable[[str, str], Page]:
    """A new browser, in which somebody opens that page and logs in."""

    def logged_in(role: str, path: str) -> Page:
        page = new_context().new_page()
        page.goto(f"{address}{path}")
        press_link(page, "Log in")
        page.locator(f"#{role}").click()
        expect(page.locator(".st-key-identity")).to_be_visible()
        return page

    return logged_in


def press_link(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def button(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press a button once the page has come to rest."""
    settled(page)
    button(page, name).click()


def refused(page: Page, name: str | re.Pattern[str], *, egroup: str) -> None:
    """See that the button is disabled and says which e-group it needs."""
    settled(page)
    found = button(page, name)
    expect(found).to_be_disabled()
    found.hover(force=True)
    expect(page.get_by_role("tooltip")).to_contain_text(egroup)
    page.mouse.move(5, 500)


def last_act(on: Engine) -> tuple[int, str]:
    """The newest change set: its number, and whose it is."""
    with on.connect() as connection:
        number, by = connection.execute(text("SELECT id, by FROM change_set ORDER BY id DESC LIMIT 1")).one()
    return number, by


def test_nobody_sees_anything_before_a_login(page: Page, address: str) -> None:
    page.context.add_cookies([{"name": f"of-others-{at}", "value": "x" * 3_900, "url": address} for at in range(10)])
    page.goto(f"{address}{RUN_PAGE}")
    expect(page.get_by_role("link", name="Log in", exact=True)).to_be_visible()
    expect(page.get_by_text(str(RUN))).to_have_count(0)
    expect(page.get_by_role("link", name="Online", exact=True)).to_have_count(0)


def test_a_shifter_comes_back_to_the_page_and_works_on_runs_alone(log_in: Callable[..., Page], on: Engine) -> None:
    page = log_in("shifter", RUN_PAGE)
    expect(page.get_by_role("heading", name=f"Run {RUN}", exact=True)).to_be_visible()
    assert page.url.endswith(RUN_PAGE)
    settled(page)
    expect(button(page, "Sign off")).to_be_enabled()
    press(page, "Class · stop reason")
    refused(page, "Save class", egroup="cms-dqm-oncall")
    page.keyboard.press("Escape")
    press(page, "Not significant")
    done(page, f"Run {RUN} marked as not significant")
    assert last_act(on)[1] == "S. Tanaka (stanaka)"
    press_link(page, "Cycles (1)")
    refused(page, "New cycle", egroup=DC_EXPERTS)


def test_a_tracker_certifier_of_600_groups_works_on_the_tracker_alone(
    log_in: Callable[..., Page], on: Engine, provider: Simulator
) -> None:
    provider.provider.more_groups = 600
    page = log_in("tracker-certifier", "/cycles?workspace=ecal&cycle=1")
    provider.provider.more_groups = 0
    kept = [cookie for cookie in page.context.cookies() if cookie["name"].startswith("_streamlit_user")]
    assert sum(len(cookie["value"]) for cookie in kept) < 1_000
    refused(page, "Move 1 to COMPLETED", egroup="cms-dqm-runregistry-offline-ecal-certifiers")
    page.goto(page.url.replace("ecal", "tracker"))
    press(page, "Move 1 to COMPLETED")
    press(page, "Move 1 dataset to COMPLETED")
    done(page, "moved to COMPLETED in tracker")
    assert last_act(on)[1] == "A. Keller (akeller)"
    page.goto(page.url.partition("/cycles")[0] + RUN_PAGE)
    refused(page, SIGNIFICANCE, egroup=SHIFTERS)


def test_a_dc_expert_goes_on_after_a_login_that_ran_out_and_no_more_after_a_logout(
    log_in: Callable[..., Page], on: Engine, provider: Simulator
) -> None:
    provider.provider.keys.rotate(forget=True)
    provider.provider.token_seconds = 1
    page = log_in("dc-expert", "/cycles")
    provider.provider.token_seconds = 3600
    press(page, "New cycle")
    typed(page, "Name", "2022 week 44")
    typed(page, "Datasets, as a filter", "run > 1")
    before = last_act(on)
    press(page, "Make a cycle of 1 dataset")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Your login ended at")
    settled(page)
    assert last_act(on) == before
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("2022 week 44")
    with page.context.expect_page() as opened:
        dialog.get_by_role("link", name="Log in again").click()
    again = opened.value
    expect(again.locator(".st-key-identity")).to_be_visible()
    press(page, "Make a cycle of 1 dataset")
    done(page, "Cycle 2022 week 44")
    assert last_act(on)[1] == "J. Novak (jnovak)"
    press(again, "JN")
    press(again, "Log out")
    again.wait_for_url("**/")
    before = last_act(on)
    press(page, "Edit")
    expect(page.get_by_text("You logged out at")).to_be_visible()
    expect(page.get_by_role("button", name="Edit", exact=True)).to_have_count(0)
    assert last_act(on) == before


def test_whom_a_trusted_proxy_names_is_in_front_of_the_page(
    new_context: Callable[..., BrowserContext], behind_proxy: str, on: Engine
) -> None:
    said = {"X-Forwarded-User": "stanaka", "X-Forwarded-Groups": SHIFTERS}
    page = new_context(extra_http_headers=said | {"X-RR-Proxy-Secret": PROXY_SECRET}).new_page()
    page.goto(f"{behind_proxy}{RUN_PAGE}")
    press(page, SIGNIFICANCE)
    done(page, f"Run {RUN} marked as")
    assert last_act(on)[1] == "stanaka"
    page = new_context(extra_http_headers=said | {"X-RR-Proxy-Secret": "made up"}).new_page()
    page.goto(f"{behind_proxy}{RUN_PAGE}")
    expect(page.get_by_text("The proxy in front of this registry did not say who you are.")).to_be_visible()
