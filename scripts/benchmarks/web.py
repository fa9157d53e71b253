"""Pages for benchmarks: a script that Streamlit serves in a process of its own, and the browser in front of it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.processes import free_port

ROOT = Path(__file__).parents[2]
ENTRY = ROOT / "dashboard" / "entry.py"
APP = ROOT / "dashboard" / "app.py"
"""The web process as it is deployed, with the HTTP API in it."""
CHROMIUM = os.environ.get("RR_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_SECONDS_TO_COME_UP = 30


@dataclass(frozen=True, slots=True)
class Web:
    """A web process: where it answers, and when it was begun (of ``time.perf_counter``)."""

    address: str
    process: subprocess.Popen[bytes]
    begun: float

    def memory(self) -> tuple[float, float]:
        """Its resident memory, and what of it is its own alone, in MB."""
        used = psutil.Process(self.process.pid).memory_full_info()
        return used.rss / 1e6, used.uss / 1e6


@contextmanager
def web(script: Path, environment: dict[str, str]) -> Iterator[Web]:
    """A script that Streamlit serves in the demo, once it answers; stopped afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}", "--server.headless=true"]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--server.address=127.0.0.1"],
        cwd=ROOT,
        env={**os.environ, "RR_AUTH": "demo", "RR_ENVIRONMENT": "demo", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}")
        yield Web(f"http://127.0.0.1:{port}", process, begun)
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def served(script: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of such a process."""
    with web(script, environment) as started:
        yield started.address


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def new_page(browser: Browser) -> Page:
    """A page of a person whose browser has fetched nothing yet.

    What it may run is not limited by the page's policy: waiting for a condition is code from outside.
    """
    page = browser.new_context(viewport={"width": 1600, "height": 1000}, bypass_csp=True).new_page()
    page.set_default_timeout(60_000)
    return page


def _wait(address: str) -> None:
    until = time.monotonic() + _SECONDS_TO_COME_UP
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/_stcore/health", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise TimeoutError(f"Nothing answers at {address} after {_SECONDS_TO_COME_UP} s.")
