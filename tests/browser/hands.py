"""What a person does on a page, counted: clicks, and what is typed or pressed."""

import json
import os
import time
from pathlib import Path

from playwright.sync_api import Locator, Page


class Hands:
    """The hands of one person on one page: every click and every word typed or key pressed is counted."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.clicks = 0
        self.keys = 0
        self._begun = time.monotonic()

    def click(self, what: Locator, *, times: int = 1, **how: object) -> None:
        """Click, or with ``times=2`` double-click."""
        self.clicks += times
        if times == 2:
            what.dblclick()
        else:
            what.click(**how)  # type: ignore[arg-type]

    def type(self, into: Locator, text: str, *, end: str = "") -> None:
        """Click a field and type a text, then a key; the text counts as one key."""
        self.click(into)
        self.keys += 1
        into.fill(text)
        if end:
            self.press(end)

    def press(self, key: str) -> None:
        """Press a key or a chord."""
        self.keys += 1
        self._page.keyboard.press(key)

    def end(self, journey: str) -> tuple[int, int]:
        """Clicks and keys; with RR_JOURNEYS naming a file, a line of it tells them and the seconds."""
        if path := os.environ.get("RR_JOURNEYS"):
            told = {"journey": journey, "clicks": self.clicks, "keys": self.keys}
            seconds = round(time.monotonic() - self._begun, 1)
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(told | {"seconds": seconds}) + "\n")
        return self.clicks, self.keys
