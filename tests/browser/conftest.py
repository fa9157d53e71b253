"""A real Chromium, and Streamlit scripts served to it on free loopback ports."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from backend.embedded import Embedded
from tests.browser.desk import PATIENCE_MS
from tests.browser.offline_desk import a_certified_season, address_of
from tests.browser.second_try import end_what_is_shared
from tests.browser.serving import Servers
from tests.browser.strip import APP as STRIP
from tests.browser.strip import Strip
from tests.databases import a_database, name_in

CHROMIUM = Path(os.environ.get("RR_CHROMIUM", "/usr/bin/chromium"))
SERVERS = Servers()
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PROFILE = {"viewport": {"width": 1600, "height": 1000}, "locale": "en-GB", "timezone_id": "Europe/Zurich"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is driven in a browser is tried a second time before it has failed (docs/decisions/0026)."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A second try meets nothing of the first: what its file's tests share, databases and servers too, is made anew."""
    if getattr(item, "execution_count", 1) > 1:
        end_what_is_shared(item)
        SERVERS.end()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the machine has it, without a window."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        expect.set_options(timeout=PATIENCE_MS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open a fresh browser profile; keywords are Playwright's (``color_scheme="dark"``). Closed after the test."""
    opened = []

    def open_context(**options: object) -> BrowserContext:
        opened.append(browser.new_context(**PROFILE | options))
        opened[-1].set_default_timeout(PATIENCE_MS)
        return opened[-1]

    yield open_context
    for context in opened:
        context.close()


@pytest.fixture(scope="module")
def light_profile(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile in the light theme, so that what servers say may be kept is fetched and compiled once."""
    context = browser.new_context(**PROFILE, color_scheme="light")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(light_profile: BrowserContext) -> Iterator[Page]:
    """A page of 1600 × 1000 in the light theme; the test fails if a script on it throws.

    Its profile has no cookies and nothing stored: both are taken away after each test.
    """
    thrown: list[str] = []
    page = light_profile.new_page()
    page.on("pageerror", lambda error: thrown.append(str(error)))
    expect.set_options(timeout=PATIENCE_MS)
    yield page
    for opened in light_profile.pages:
        _forget_what_is_stored(light_profile, opened)
        opened.close()
    light_profile.clear_cookies()
    assert thrown == []


def _forget_what_is_stored(profile: BrowserContext, page: Page) -> None:
    """By the site of that page; what it fetched stays."""
    site = urlsplit(page.url)
    if site.scheme == "http":
        asked = {"origin": f"{site.scheme}://{site.netloc}", "storageTypes": "local_storage,indexeddb"}
        profile.new_cdp_session(page).send("Storage.clearDataForOrigin", asked)


@pytest.fixture(scope="session")
def certified_season(postgresql: Embedded) -> Iterator[str]:
    """The name of a database with a season of which datasets are being certified, to copy from."""
    with a_certified_season(postgresql) as url:
        yield name_in(url)


@pytest.fixture(scope="module")
def certified_url(postgresql: Embedded, certified_season: str) -> Iterator[str]:
    """The URL of a season of which datasets are being certified, for the tests of one module to write in."""
    with a_database(postgresql, of=certified_season) as url:
        yield url


@pytest.fixture
def certifier(streamlit_app: Callable[..., str], certified_url: str) -> str:
    """The address of the dashboard in front of A. Keller, who certifies the tracker."""
    return address_of(streamlit_app, certified_url, "tracker-certifier")


@pytest.fixture
def expert(streamlit_app: Callable[..., str], certified_url: str) -> str:
    """The address of the dashboard in front of J. Novak of data certification."""
    return address_of(streamlit_app, certified_url, "dc-expert")


@pytest.fixture
def open_strip(page: Page, streamlit_app: Callable[..., str]) -> Callable[..., Strip]:
    """Opens the strip on a drawing of its app: ``open_strip("hole", last=2000)``."""

    def open_case(case: str, *, last: int, query: str = "") -> Strip:
        page.goto(f"{streamlit_app(STRIP)}/?case={case}{query}")
        return Strip(page, last=last)

    return open_case


@pytest.fixture(scope="session")
def streamlit_app() -> Iterator[Callable[..., str]]:
    """Serve a script, ``streamlit_app(path, RR_X="…")``, and give its address. Asked twice, it is served once."""
    yield SERVERS.serve
    SERVERS.end()
