"""What the quality grid costs: 1,000 rows × 40 columns, from navigation to painted, in a real Chromium."""

from collections.abc import Iterator

from scripts.benchmarks.measure import Measure, timed
from scripts.benchmarks.web import ENTRY, ROOT, chromium, new_page, served

_ALONE = ROOT / "tests" / "browser" / "apps" / "grid_app.py"


def measure_grid(database_url: str) -> Iterator[Measure]:
    """The lines about the grid: the component alone with 1,000 × 40, and the Online page of the season."""
    yield measure_large_grid()
    with served(ENTRY, {"DATABASE_URL": database_url}) as address:
        yield _painted(f"{address}/online", "Online page from navigation to painted, 100 runs × 44 columns")


def measure_large_grid(*, times: int = 7) -> Measure:
    """The line about the component alone."""
    with served(_ALONE, {}) as address:
        what = "grid of 1,000 × 40 from navigation to painted"
        return _painted(f"{address}?rows=1000", what, target_ms=1500, times=times)


def _painted(address: str, what: str, *, target_ms: float | None = None, times: int = 7) -> Measure:
    with chromium() as browser:
        page = new_page(browser)

        def look() -> None:
            page.goto(address)
            page.wait_for_selector("[data-painted]", timeout=30_000)

        return timed(what, look, times=times, target_ms=target_ms, warm_up=2)
