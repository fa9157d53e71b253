"""What a person waits for on a history, in a real Chromium in front of the web process with the API in it."""

import statistics
import time
from collections.abc import Callable, Iterator
from itertools import islice

import httpx
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from backend.db import transaction
from scripts.benchmarks import clicks
from scripts.benchmarks.dataset_questions import dataset_questions
from scripts.benchmarks.grid import measure_large_grid
from scripts.benchmarks.growth.histories import History
from scripts.benchmarks.growth.table import Figure
from scripts.benchmarks.measure import p95_of
from scripts.benchmarks.overview import see_overview
from scripts.benchmarks.run_questions import run_questions
from scripts.benchmarks.serving import questions
from scripts.benchmarks.web import APP, Web, chromium, new_page, web

_YEAR = "/PromptReco/Collisions2016%/DQM"
_GOLDEN = "golden?recipe=golden+2016"
_CLOCK = """() => { window.begun = null;
    document.addEventListener("pointerdown", () => { window.begun = performance.now(); }, true); }"""
_SINCE = "new Promise(done => requestAnimationFrame(() => done(performance.now() - window.begun)))"
_MATCHED = text("SELECT count(*) FROM dataset WHERE name LIKE :pattern AND NOT is_hidden")
_BUSY = text("""
    SELECT run_number FROM dataset d JOIN segments s ON s.dataset_id = d.id
    WHERE d.name = 'online' ORDER BY cardinality(s.firsts) DESC, run_number LIMIT :most
""")


def seen(history: History, *, starts: int, rounds: int, people: int) -> Iterator[Figure]:
    """All pages, and what the web process holds when several people have looked at all of them."""
    environment = {"DATABASE_URL": history.url, "RR_DEMO_ROLE": "admin"}
    yield Figure(
        "grid of 1,000 × 40 from navigation to painted",
        measure_large_grid(times=2 + rounds // 2).median_ms,
        target=1_500,
    )
    with chromium() as browser:
        first = statistics.median(_started(browser, environment) for _ in range(starts))
        yield Figure("the web process from its start to the first page painted", first, target=3_000)
        with web(APP, environment) as process:
            yield from _clicked(browser, process, history, rounds=rounds)
            yield from _run_pages(browser, process, history, times=2 * rounds)
            yield from _golden(browser, process, history)
            yield _api_page(process)
            yield from _held(browser, process, history, people=people)


def _started(browser: Browser, environment: dict[str, str]) -> float:
    page = new_page(browser)
    with web(APP, environment) as process:
        see_overview(page, process.address)
        taken = time.perf_counter() - process.begun
    page.close()
    return taken * 1_000


def _clicked(browser: Browser, process: Web, history: History, *, rounds: int) -> Iterator[Figure]:
    typed = {
        "Online": (clicks.ONLINE, [question[0] for question in run_questions(history.runs)]),
        "Offline": (clicks.OFFLINE, [question[2] for question in dataset_questions(history.runs)]),
    }
    for name, (where, asked) in typed.items():
        page = new_page(browser)
        clicks.watch(page, f"{process.address}/{where}")
        clicks.filtered(page, asked[:4])
        for what, taken in (
            ("Enter in the filter", clicks.filtered(page, asked[: 4 * rounds])),
            ("the click on a sort", clicks.sorted_anew(page, times=rounds)),
        ):
            figure = f"{name}: from {what} to painted, 95th of 100"
            yield Figure(figure, p95_of(taken), target=clicks.TARGET_MS)
        page.close()


def _run_pages(browser: Browser, process: Web, history: History, *, times: int) -> Iterator[Figure]:
    """The runs with most segments by the address; and from the last of them back, run by run, by a click."""
    with transaction(history.engine) as session:
        runs = session.execute(_BUSY, {"most": times + 2}).scalars().all()
    page = new_page(browser)
    taken = [_ms(lambda run=run: _see_run(page, process, run)) for run in runs][2:]  # type: ignore[misc]
    yield Figure("Run page from the address to painted, median", statistics.median(taken))
    page.evaluate(_CLOCK)
    stepped = [_stepped(page) for _ in range(times + 2)][2:]
    yield Figure("Run page from the click on the run before to painted, median", statistics.median(stepped), target=600)
    yield Figure("Run page from the click on the run before to painted, 95th of 100", p95_of(stepped), target=600)
    page.close()


def _see_run(page: Page, process: Web, run: int) -> None:
    page.goto(f"{process.address}/run?run={run}")
    page.get_by_role("heading", name=f"Run {run}").wait_for()
    page.locator("svg.plot").wait_for()
    page.locator(".rr-timeline").wait_for()


def _stepped(page: Page) -> float:
    heading = page.locator(".st-key-run-head h1, .st-key-run-head [role=heading]")
    before = heading.inner_text()
    page.evaluate("window.begun = null")
    page.get_by_role("button", name="‹").first.click()
    page.wait_for_function(
        "before => document.querySelector('.st-key-run-head [role=heading]').textContent !== before"
        " && document.querySelector('.rr-timeline')"
        " && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'",
        arg=before,
    )
    page.locator("svg.plot").wait_for()
    return float(page.evaluate(_SINCE))


def _golden(browser: Browser, process: Web, history: History) -> Iterator[Figure]:
    with transaction(history.engine) as session:
        datasets = session.execute(_MATCHED, {"pattern": _YEAR}).scalar_one()
    page = new_page(browser)
    page.goto(f"{process.address}/{_GOLDEN}")
    page.locator(".gj-live", has_text="matches").wait_for()
    page.evaluate(_CLOCK)
    taken = [_made(page) for _ in range(5)]
    what = "Golden of a year: from the click to the result"
    yield Figure("datasets of the year of the golden JSON", datasets, "")
    yield Figure(f"{what}, the first time", taken[0], target=1_000)
    yield Figure(f"{what}, median of the next four", statistics.median(taken[1:]), target=1_000)
    page.close()


def _made(page: Page) -> float:
    name = page.locator(".gj-name .rr-pill").first
    before = name.inner_text() if name.count() else ""
    page.evaluate("window.begun = null")
    page.get_by_role("button", name="Make JSON").click()
    page.wait_for_function(
        "before => window.begun !== null && document.querySelector('.gj-figures')"
        " && (document.querySelector('.gj-name .rr-pill')?.textContent ?? before) !== before"
        " && document.querySelector('.st-key-act-bar')?.textContent.includes('is made and kept')",
        arg=before,
    )
    taken = float(page.evaluate(_SINCE))
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    return taken


def _api_page(process: Web) -> Figure:
    """As the client asks, through the web process."""
    taken = []
    with httpx.Client(base_url=f"{process.address}/api", timeout=30, trust_env=False) as client:
        for question in islice(questions(2018), 60):
            began = time.perf_counter()
            client.post("/runs_filtered_ordered", json=question).raise_for_status()
            taken.append((time.perf_counter() - began) * 1_000)
    return Figure("API: a page of 25 runs with filters, 95th of 100", p95_of(taken[5:]), target=150)


def _held(browser: Browser, process: Web, history: History, *, people: int) -> Iterator[Figure]:
    """Everybody looks at every page, filters and sorts there, and stays; the API lists all runs beside."""
    typed = [question[0] for question in run_questions(history.runs, seed=7) if question[0]]
    offline = [question[2] for question in dataset_questions(history.runs, seed=7) if question[2]]
    for person in range(people):
        page = new_page(browser)
        for where, asked in ((clicks.ONLINE, typed), (clicks.OFFLINE, offline)):
            clicks.watch(page, f"{process.address}/{where}")
            clicks.filtered(page, asked[3 * person : 3 * person + 3])
            clicks.sorted_anew(page, times=1)
        for where in ("explore", "reports", "log", "cycles", "classifiers", "settings", "golden", ""):
            page.goto(f"{process.address}/{where}")
            page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    listed = httpx.get(
        f"{process.address}/api/v2/runs", params={"format": "arrow"}, timeout=60, trust_env=False
    ).raise_for_status()
    assert listed.content
    resident, own = process.memory()
    yield Figure(f"the web process when {people} people have seen all pages, resident", resident, "MB", 700)
    yield Figure(f"the web process when {people} people have seen all pages, its own", own, "MB")


def _ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1_000
