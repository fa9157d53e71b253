"""Every page in both themes before axe-core; and what stands on a live page stays where it is.

A finding that axe-core calls serious or critical fails, be it ours or Streamlit's: style sheets mend both.
"""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from backend.access import demo_actor
from backend.db import engine_for, transaction
from backend.golden.uploading import keep_upload
from tests.browser.desk import arrived, settled
from tests.browser.offline_desk import address_of

pytestmark = pytest.mark.browser
RUN = 325_172
PAGES = {
    "Overview": "",
    "Online": f"online?selected={RUN}",
    "Online, nothing matches": "online?filter=lumisections+>+100000",
    "Offline": "offline?workspace=tracker",
    "Run": f"run?run={RUN}",
    "Run, ranges": f"run?run={RUN}&tab=Ranges",
    "Run, why": f"run?run={RUN}&tab=Why",
    "Run, unknown": "run?run=7",
    "Cycles": "cycles",
    "Classifiers": "classifiers?kind=component",
    "Golden JSON": "golden?json=1",
    "Explore": "explore",
    "Reports": "reports?period=2018-10-24",
    "Log": "log?act=2",
    "Settings": "settings",
    "Settings, workspaces": "settings?tab=Workspaces",
    "Settings, causes": "settings?tab=Causes",
    "Settings, permissions": "settings?tab=Permissions",
    "Settings, tokens": "settings?tab=Tokens",
    "Settings, jobs": "settings?tab=Jobs+and+tasks",
}
DENSEST = ("Overview", "Online", "Offline", "Run", "Golden JSON", "Settings, permissions")
HEAVY = {"serious", "critical"}
OF_COLOUR = {"runOnly": ["color-contrast", "link-in-text-block"]}
MOST_SHIFT = 0.05
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"
WATCH = """() => {
    window.shifted = 0;
    window.reruns = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((one) => { window.shifted += one.value; }))
        .observe({ type: "layout-shift" });
    const app = document.querySelector("[data-testid=stApp]");
    new MutationObserver(() => { window.reruns += app.dataset.testScriptState === "notRunning"; })
        .observe(app, { attributeFilter: ["data-test-script-state"] });
}"""


@pytest.fixture
def address(streamlit_app: Callable[..., str], certified_url: str) -> str:
    """The dashboard in front of L. Moreau, who may everything, with a golden JSON to look at."""
    on = engine_for(certified_url)
    with transaction(on) as session:
        keep_upload(session, demo_actor("admin"), b'{"325159": [[1, 9]]}', came_as="x.json", label="nine", note="")
    on.dispose()
    return address_of(streamlit_app, certified_url, "admin")


def findings(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe-core finds that is serious, each with its place and what to do."""
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:200]} {node['failureSummary']}"
        for one in found
        if one["impact"] in HEAVY
        for node in one["nodes"]
    ]


def watched(context: BrowserContext, url: str) -> Page:
    """A live page that stands, and counts from now on by how much its parts are moved."""
    page = context.new_page()
    page.goto(url)
    expect(page.locator("[data-painted]").first).to_be_visible()
    settled(page)
    page.wait_for_timeout(1_000)
    page.evaluate(WATCH)
    return page


def the_tour_stays_away_until_it_is_asked_for(page: Page, address: str) -> None:
    """Here and not in a test of its own, which would need a registry of its own."""
    tour, hide = page.get_by_role("region", name="Tour"), page.get_by_role("button", name="Hide the tour")
    page.goto(address)
    expect(tour.get_by_role("link")).to_have_count(6)
    hide.click()
    expect(tour).to_be_hidden()
    page.goto(f"{address}/offline?workspace=tracker&filter=run+<+5")
    expect(page.get_by_text("No dataset matches.")).to_be_visible()
    arrived(page)
    page.locator(".rr-title").first.click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("GOOD, BAD, STANDBY, EXCLUDED, NOTSET")
    page.get_by_role("button", name="Help", exact=True).click()
    page.get_by_role("link", name="Show the tour").click()
    expect(hide).to_be_visible()


@pytest.mark.parametrize("names", [DENSEST, pytest.param(tuple(PAGES), marks=pytest.mark.long)], ids=["few", "all"])
def test_a_page_can_be_read_by_everybody_and_a_live_one_stands_still(
    page: Page, address: str, names: tuple[str, ...]
) -> None:
    live = [watched(page.context, f"{address}/{asked}?live=true") for asked in ("", "online")]
    wrong = {}
    for name in names:
        asked = PAGES[name]
        page.emulate_media(color_scheme="dark")
        page.goto(f"{address}/{asked}")
        expect(page.locator(".rr-banner")).to_be_visible()
        expect(page.get_by_role("heading", level=1).or_(page.locator(".st-key-toolbar")).first).to_be_visible()
        settled(page)
        page.add_style_tag(content=STILL)
        wrong[f"{name}, dark"] = findings(page, {})
        page.emulate_media(color_scheme="light")
        page.wait_for_timeout(100)
        wrong[f"{name}, light"] = findings(page, OF_COLOUR)
    assert {name: found for name, found in wrong.items() if found} == {}
    the_tour_stays_away_until_it_is_asked_for(page, address)
    for still in live:
        still.wait_for_function("window.reruns > 0")
        assert still.evaluate("window.shifted") <= MOST_SHIFT, still.url
