"""What the quality grid costs: 1,000 rows × 40 columns, from navigation to painted, in a real Chromium."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

from scripts.benchmarks.measure import Measure, timed
from scripts.processes import free_port

ROOT = Path(__file__).parents[2]
ENTRY = ROOT / "dashboard" / "entry.py"
CHROMIUM = os.environ.get("RR_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_SECONDS_TO_COME_UP = 30


def measure_grid(database_url: str) -> Iterator[Measure]:
    """The lines about the grid: the component alone with 1,000 × 40, and the Online page of the season."""
    alone = ROOT / "tests" / "browser" / "apps" / "grid_app.py"
    with served(alone, {}) as address:
        yield from _painted(f"{address}?rows=1000", "grid of 1,000 × 40 from navigation to painted", target_ms=1500)
    with served(ENTRY, {"DATABASE_URL": database_url}) as address:
        yield from _painted(f"{address}/online", "Online page from navigation to painted, 100 runs × 44 columns")


def _painted(address: str, what: str, *, target_ms: float | None = None) -> Iterator[Measure]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(viewport={"width": 1600, "height": 1000}).new_page()

        def look() -> None:
            page.goto(address)
            page.wait_for_selector("[data-painted]", timeout=30_000)

        yield timed(what, look, times=7, target_ms=target_ms, warm_up=2)
        browser.close()


@contextmanager
def served(script: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of a page that Streamlit serves in the demo, stopped afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}", "--server.headless=true"]
    process = subprocess.Popen(
        [*command, "--server.address=127.0.0.1"],
        cwd=ROOT,
        env={**os.environ, "RR_AUTH": "demo", "RR_ENVIRONMENT": "demo", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(address: str) -> None:
    until = time.monotonic() + _SECONDS_TO_COME_UP
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/_stcore/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(f"Nothing answers at {address} after {_SECONDS_TO_COME_UP} s.")
