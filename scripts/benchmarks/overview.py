"""What Overview, Explore and Reports cost on a large registry: the reads behind them, and until a page is painted."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page
from sqlalchemy import Engine
from sqlmodel import Session

from backend.db import transaction
from backend.queries import columns_catalogue
from backend.queries.exploring import by_dcs_bits, runs_as_points
from backend.queries.periods import Period
from backend.queries.quantities import quantity, worst_of
from backend.queries.reporting import report_of
from scripts.benchmarks.measure import Measure, timed
from scripts.benchmarks.web import ENTRY, chromium, new_page, served

_WEEK = "2018-W20"
_TARGET_MS = 1_000


def measure_exploring(on: Engine) -> Iterator[Measure]:
    """The lines about reading, on a registry that is filled already."""
    with transaction(on) as session:
        catalogue = columns_catalogue(session)
    strip, run, recorded = (quantity(text, catalogue) for text in ("tracker-strip BAD", "run", "recorded"))
    worst = worst_of("tracker-strip")
    asked: dict[str, Callable[[Session], object]] = {
        "Explore: an attribute of 60,000 runs against the run": lambda s: runs_as_points(s, y=recorded, x=run),
        "Explore: the share of a status, coloured by the worst": lambda s: runs_as_points(
            s, y=strip, x=run, colour=worst
        ),
        "Explore: its correlation with all DCS bits": lambda s: by_dcs_bits(s, y=strip),
        "Reports: a week": lambda s: report_of(s, Period.read(_WEEK)),
    }
    for what, read in asked.items():
        with transaction(on) as session:
            yield timed(what, lambda read=read, session=session: read(session), times=9, warm_up=1)  # type: ignore[misc]


def measure_overview(database_url: str) -> Iterator[Measure]:
    """The lines about pages: Overview and Explore in front of anybody."""
    environment = {"DATABASE_URL": database_url, "RR_DEMO_ROLE": "dc-expert"}
    with served(ENTRY, environment) as address, chromium() as browser:
        page = new_page(browser)
        yield timed(
            "Overview of 60,000 runs from navigation to painted",
            lambda: see_overview(page, address),
            times=7,
            target_ms=_TARGET_MS,
            warm_up=2,
        )
        yield timed(
            "Explore: 60,000 runs as density from navigation to painted",
            lambda: _explore(page, address),
            times=5,
            target_ms=_TARGET_MS,
            warm_up=1,
        )


def see_overview(page: Page, address: str) -> None:
    """Go there, and wait until all of it is painted."""
    page.goto(address)
    page.locator(".heat[data-painted]").wait_for()
    page.locator(".ov-figures").wait_for()
    page.locator(".ov-card .ov-item").first.wait_for()


def _explore(page: Page, address: str) -> None:
    page.goto(f"{address}/explore")
    page.locator(".js-plotly-plot .hm image").first.wait_for(state="attached")
    page.locator(".js-plotly-plot .legend").first.wait_for()
    page.get_by_text("60,000 runs").wait_for()
