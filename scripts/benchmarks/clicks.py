"""What a person waits for on a large registry: from a click on a sort, or Enter in the filter, to the painted grid."""

import re
from collections.abc import Callable, Iterator, Sequence

from playwright.sync_api import Page

from scripts.benchmarks.measure import Measure, p95_of
from scripts.benchmarks.web import ENTRY, chromium, new_page, served

_ROUNDS = 6
TARGET_MS = 400
OFFLINE, ONLINE = "offline?workspace=tracker", "online"
CLOCK = """root => {
    window.begun = window.painted = window.ended = null;
    const begin = (event) => { if ((event.key ?? "Enter") === "Enter") window.begun ??= performance.now(); };
    for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, begin, true);
    const seen = () => requestAnimationFrame(() => { if (window.begun !== null) window.painted = performance.now(); });
    new MutationObserver(seen).observe(root, { attributes: true, attributeFilter: ["data-painted"] });
    const app = document.querySelector("[data-testid=stApp]");
    const ran = () => { if (app.dataset.testScriptState === "notRunning") window.ended = performance.now(); };
    new MutationObserver(ran).observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
}"""
"""Given the painted root, keeps when an act began, ``window.begun``, and when it was painted, ``window.painted``."""

_DONE = "window.painted !== null || (window.ended !== null && performance.now() - window.ended > 1000)"
"""It was painted; or the script ended a second ago, so that nothing will be."""
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
    with served(ENTRY, environment) as address, chromium() as browser:
        for name, where, asked in (("Offline", OFFLINE, _OFFLINE), ("Online", ONLINE, _ONLINE)):
            page = new_page(browser)
            watch(page, f"{address}/{where}")
            filtered(page, asked)
            yield _line(f"{name}: from Enter in the filter to painted", filtered(page, asked * _ROUNDS))
            yield _line(f"{name}: from the click on a sort to painted", sorted_anew(page, times=_ROUNDS))
            page.close()


def watch(page: Page, address: str) -> None:
    """Go to a page with a grid, and let it tell from now on when it was painted."""
    page.goto(address)
    page.locator("[data-painted]").wait_for()
    settle(page)
    page.locator("[data-painted]").evaluate(CLOCK)


def filtered(page: Page, asked: Sequence[str]) -> list[float]:
    """How long each filter takes from Enter to the painted grid, in ms; one after which nothing changes tells nothing.

    What comes twice in a row is asked once, for there is nothing to do the second time.
    """
    field = page.get_by_label("Filter as text", exact=True)
    taken = []
    for typed, before in zip(asked, ("", *asked), strict=False):
        if typed != before:
            field.fill(typed)
            taken.append(_waited(page, lambda: field.press("Enter")))
    return [ms for ms in taken if ms is not None]


def sorted_anew(page: Page, *, times: int) -> list[float]:
    """How long each click on the head of a column takes, twice by run and twice by length each time."""
    heads = [page.get_by_role("columnheader", name=re.compile(name)).first for name in ("^Run", "^LS")]
    taken = [_waited(page, head.click) for _ in range(2 * times) for head in heads]
    return [ms for ms in taken if ms is not None]


def _line(what: str, taken: Sequence[float]) -> Measure:
    return Measure(f"{what}, 95th of 100", p95_of(taken), max(taken), len(taken), TARGET_MS)


def _waited(page: Page, act: Callable[[], None]) -> float | None:
    """None where the script ended and painted nothing else."""
    page.evaluate("window.begun = window.painted = window.ended = null")
    act()
    page.wait_for_function(_DONE, timeout=30_000)
    taken = page.evaluate("window.painted && window.painted - window.begun")
    settle(page)
    return taken


def settle(page: Page, *, timeout: float | None = None) -> None:
    """Wait until the script has ended."""
    ended = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
    ended.wait_for(state="attached", timeout=timeout)
