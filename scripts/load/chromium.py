"""One person with a real Chromium beside the virtual ones: the same clicks, measured until they are painted."""

import random
import time
from threading import Event

from playwright.sync_api import Error, Page, sync_playwright

from scripts.benchmarks.clicks import CLOCK, settle
from scripts.benchmarks.web import CHROMIUM, FLAGS
from scripts.load.tally import Tally

_FILTERS = (
    "lumisections > {n}",
    "run > 270000 and lumisections > {n}",
    "significant and recorded > {n}",
    "state = OPEN",
)
_PATIENCE_MS = 60_000


def look_on(address: str, seconds: float, *, tally: Tally, think: float, stopped: Event) -> None:
    """Filter Online again and again; what Chromium needs to paint goes to the tally as a reaction of its own kind."""
    dice, until = random.Random(4), time.monotonic() + seconds
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_context(viewport={"width": 1600, "height": 1000}, bypass_csp=True).new_page()
            page.goto(f"{address}/online")
            page.locator("[data-painted]").wait_for(timeout=_PATIENCE_MS)
            settle(page)
            page.locator("[data-painted]").evaluate(CLOCK)
            while not stopped.wait(think * dice.uniform(0.5, 1.5)) and time.monotonic() < until:
                wanted = dice.choice(_FILTERS).format(n=dice.randrange(5, 60))
                tally.reaction("filter of Online", _filtered(page, wanted))
        except Error as error:
            tally.error(f"Chromium: {error.message}")
        finally:
            browser.close()


def _filtered(page: Page, wanted: str) -> float:
    """From Enter in the filter until the grid is painted."""
    field = page.get_by_label("Filter as text", exact=True)
    field.fill(wanted)
    page.evaluate("window.begun = window.painted = null")
    field.press("Enter")
    page.wait_for_function("window.painted !== null", timeout=_PATIENCE_MS)
    taken = float(page.evaluate("window.painted - window.begun"))
    settle(page, timeout=_PATIENCE_MS)
    return taken
