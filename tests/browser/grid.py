"""The quality grid on a page: where its rows and cells are, and what the app was told."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

APP = Path(__file__).parent / "apps" / "grid_app.py"
LONG_RUN = "325158"
ROW_PX = 26


def open_grid(page: Page, address: str, query: str = "rows=40&columns=24") -> Locator:
    """Go to the page and wait until the grid is painted, knows the moment, and what stands below it is there."""
    page.goto(f"{address}/?{query}")
    page.wait_for_function("performance.getEntriesByName('quality-grid-painted').length > 0")
    expect(page.locator(".foot")).to_contain_text("Rows 1–")
    expect(page.locator('[data-testid="stCode"]')).to_be_visible()
    return page.locator(".rr .scroll")


def row(page: Page, run: str) -> Locator:
    return page.locator(f'.row[data-id="{run}"]')


def cell(page: Page, run: str, column: str) -> Locator:
    return row(page, run).locator(f'.k[data-column="{column}"]')


def told(page: Page) -> dict[str, Any]:
    """What the app was told so far, as it prints it."""
    return json.loads(page.locator('[data-testid="stCode"]').inner_text())


def wait_told(page: Page, what: str) -> list[dict[str, Any]]:
    """The events that the app has got, once one of this kind is among them."""
    page.wait_for_function(
        "what => JSON.parse(document.querySelector('[data-testid=stCode]').innerText).events"
        ".some(event => event[what] !== null)",
        arg=what,
    )
    return told(page)["events"]


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


def current(page: Page) -> str | None:
    return page.evaluate(
        "document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot"
        ".querySelector('.row.current')?.dataset.id ?? null"
    )
