"""A page in a real browser on a registry that the tests of a module write in."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine

from backend.db import engine_for
from backend.embedded import Embedded
from backend.start import make_ready
from tests.databases import a_database

ENTRY = Path(__file__).parents[2] / "dashboard" / "entry.py"
PATIENCE_MS = 60_000
AT_REST_MS = 100
Open = Callable[..., Page]
_asked = itertools.count()


@contextmanager
def a_registry(server: Embedded, name: str) -> Iterator[tuple[str, Engine]]:
    """A registry with what a fresh one starts with, dropped afterwards; its address and an engine on it."""
    with a_database(server, name=name) as url:
        on = engine_for(url)
        make_ready(on)
        yield url, on
        on.dispose()


def opener(streamlit_app: Callable[..., str], page: Page, *, path: str, heading: str, **environment: str) -> Open:
    """Open that page as somebody in a role of the demo: ``open_as("admin", "?tab=Causes")``."""

    def opened(role: str, search: str = "", on: Page = page) -> Page:
        demo = {"RR_AUTH": "demo", "RR_ENVIRONMENT": "demo", "RR_DEMO_ROLE": role}
        address = streamlit_app(ENTRY, **demo, **environment)
        on.goto(f"{address}/{path}{search}")
        expect(on.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        arrived(on)
        return on

    return opened


def settled(page: Page) -> None:
    """The script has run to its end, and the page has not begun to run it again."""
    page.wait_for_function(
        """([asked, enough]) => {
            const isAtRest = document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]");
            if (window.settling?.asked !== asked || !isAtRest) window.settling = { asked, since: performance.now() };
            return performance.now() - window.settling.since >= enough;
        }""",
        arg=[str(next(_asked)), AT_REST_MS],
    )


def arrived(page: Page) -> None:
    """The page that was opened has come to rest, and its keys are heard."""
    settled(page)
    expect(page.locator(".keys > div").first).to_be_attached()


def row(page: Page, id_: str) -> Locator:
    """The row of a row list by its id."""
    return page.locator(f'tr[data-id="{id_}"]')


def typed(page: Page, label: str, text: str) -> None:
    """Type into a field and leave it, once the page has come to rest."""
    settled(page)
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Tab")


def done(page: Page, sentence: str) -> None:
    """See that the act bar says so."""
    expect(page.locator(".st-key-act-bar")).to_contain_text(sentence)
