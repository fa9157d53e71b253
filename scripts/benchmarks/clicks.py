"""What a person waits for on a large registry: from a click on a sort, or Enter in the filter, to the painted grid."""

import re
import statistics
from collections.abc import Callable, Iterator, Sequence

from playwright.sync_api import Page, sync_playwright

from scripts.benchmarks.grid import CHROMIUM, ENTRY, FLAGS, served
from scripts.benchmarks.measure import Measure

_ROUNDS = 6
_TARGET_MS = 400
CLOCK = """root => {
    window.begun = window.painted = null;
    const begin = (event) => { if ((event.key ?? "Enter") === "Enter") window.begun ??= performance.now(); };
    for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, begin, true);
    const seen = () => requestAnimationFrame(() => { if (window.begun !== null) window.painted = performance.now(); });
    new MutationObserver(seen).observe(root, { attributes: true, attributeFilter: ["data-painted"] });
}"""
"""Given the painted root, keeps when an act began, ``window.begun``, and when it was painted, ``window.painted``."""

_OFFLINE = (
    "run > 270000 and tracker-strip BAD",
    "tracker-strip no BAD",
    "in_gui",
    "class = Collisions18 and recorded > 10",
)
_ONLINE = (
    "run > 270000 and lumisections > 50",
    "significant",
    "class = Collisions18 and recorded > 10",
    "state = OPEN",
)


def measure_clicks(database_url: str) -> Iterator[Measure]:
    """The lines about clicks: Offline in front of an expert of tracker, Online in front of anybody."""
    environment = {"DATABASE_URL": database_url, "RR_DEMO_ROLE": "dc-expert"}
    with served(ENTRY, environment) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, where, asked in (("Offline", "offline?workspace=tracker", _OFFLINE), ("Online", "online", _ONLINE)):
            page = browser.new_context(viewport={"width": 1600, "height": 1000}).new_page()
            page.goto(f"{address}/{where}")
            page.locator("[data-painted]").wait_for()
            settle(page)
            page.locator("[data-painted]").evaluate(CLOCK)
            yield _line(f"{name}: from Enter in the filter to painted", _filtered(page, asked))
            yield _line(f"{name}: from the click on a sort to painted", _sorted(page))
            page.close()
        browser.close()


def _line(what: str, taken: Sequence[float]) -> Measure:
    p95 = statistics.quantiles(taken, n=20)[-1]
    return Measure(f"{what}, 95th of 100", p95, max(taken), len(taken), _TARGET_MS)


def _filtered(page: Page, asked: Sequence[str]) -> list[float]:
    field = page.get_by_label("Filter as text", exact=True)
    taken = []
    for typed in (*asked, *asked * _ROUNDS):
        field.fill(typed)
        taken.append(_waited(page, lambda: field.press("Enter")))
    return taken[len(asked) :]


def _sorted(page: Page) -> list[float]:
    heads = [page.get_by_role("columnheader", name=re.compile(name)).first for name in ("^Run", "^LS")]
    return [_waited(page, head.click) for _ in range(2 * _ROUNDS) for head in heads]


def _waited(page: Page, act: Callable[[], None]) -> float:
    page.evaluate("window.begun = window.painted = null")
    act()
    page.wait_for_function("window.painted !== null", timeout=30_000)
    taken = float(page.evaluate("window.painted - window.begun"))
    settle(page)
    return taken


def settle(page: Page, *, timeout: float | None = None) -> None:
    """Wait until no script of the page runs; ``timeout`` in ms."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached", timeout=timeout)
