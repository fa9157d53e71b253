"""Somebody with the Online page open in a real Chromium, who looks at it while something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

from scripts.benchmarks.web import CHROMIUM, FLAGS

_TOLD = "[data-testid=stAlert]:visible, [data-testid=stDialog]:visible, [data-testid=stConnectionStatus]:visible"
_TRACE = "[data-testid=stException]"
_PATIENCE_MS = 60_000


class Onlooker:
    """The page; every look is kept as a picture."""

    def __init__(self, page: Page, address: str, pictures: Path) -> None:
        self._page, self._address, self._pictures = page, address, pictures
        self.wrong: list[str] = []
        page.set_default_timeout(_PATIENCE_MS)

    def open(self) -> None:
        """Open it, and wait until the grid is painted."""
        self._page.goto(f"{self._address}/online")
        self._page.locator("[data-painted]").wait_for()

    def asks_again(self, name: str) -> tuple[str, ...]:
        """Load the page anew, as people do; gives the sentences that it shows, none if it shows the runs."""
        try:
            self._page.goto(f"{self._address}/online")
            self._page.locator(f"[data-painted], {_TOLD}, {_TRACE}").first.wait_for()
        except Error as error:
            self.wrong.append(f"{name}: the page shows neither runs nor a sentence ({str(error).splitlines()[0]})")
        return self.sees(name)

    def sees(self, name: str) -> tuple[str, ...]:
        """What stands on the page as it is, untouched: the sentences, none if there is only the registry."""
        self._page.screenshot(path=self._pictures / f"{name.replace(' ', '-')}.png")
        if self._page.locator(_TRACE).count():
            self.wrong.append(f"{name}: a trace on the page")
        if len(self._page.locator("body").inner_text().strip()) < 40:
            self.wrong.append(f"{name}: a blank page")
        told = [text.strip() for text in self._page.locator(_TOLD).all_inner_texts()]
        return tuple(dict.fromkeys(" ".join(_said(text)) for text in told if text))

    def source(self) -> str:
        """What the header says of OMS, as ``OMS 3 s``."""
        return " ".join(self._page.locator(".st-key-status-line .line").inner_text().split())


def _said(text: str) -> list[str]:
    """Without the names of icons."""
    return [line for line in text.split("\n") if line.strip() and line.strip() not in {"error", "warning", "info"}]


@contextmanager
def onlooker(address: str, pictures: Path) -> Iterator[Onlooker]:
    """An onlooker in front of a dashboard; pictures go into a folder."""
    pictures.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Onlooker(browser.new_context(viewport={"width": 1440, "height": 900}).new_page(), address, pictures)
        browser.close()
