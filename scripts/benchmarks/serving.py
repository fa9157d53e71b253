"""What the HTTP API holds: sixteen readers, each asking for runs twice a second, beside a dashboard that is open."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx

from scripts.benchmarks.measure import Measure, p95_of
from scripts.benchmarks.web import ENTRY, ROOT, chromium, new_page, served
from scripts.processes import free_port

READERS, PER_SECOND, ROWS = 16, 2, 25
_SECONDS = 30
_TARGET_MS = 150
_SECONDS_TO_COME_UP = 30
_CLASSES = ("Collisions18", "Cosmics18", "Commissioning18", "Collisions22")
_COMPONENTS = ("tracker-strip", "tracker-pixel", "ecal-ecal", "csc-csc", "hcal-hcal", "muon-muon")
_SORTS = (("run_number", "DESC"), ("oms_attributes.start_time", "DESC"), ("oms_attributes.ls_duration", "ASC"))

Question = dict[str, Any]


def questions(seed: int) -> Iterator[Question]:
    """What one reader asks, without end: a filter and its first pages, then another, as clients do."""
    dice = random.Random(seed)
    while True:
        asked = dict(dice.choice(_FILTERS)(dice) for _ in range(dice.choices((0, 1, 2, 3), (2, 5, 4, 1))[0]))
        sortings = [list(dice.choice(_SORTS))] if dice.random() < 0.2 else []
        for page in range(dice.randint(1, 4)):
            yield {"page": page, "page_size": ROWS, "sortings": sortings, "filter": asked}


_FILTERS = (
    lambda dice: ("rr_attributes.class", {"=": dice.choice(_CLASSES)}),
    lambda dice: ("rr_attributes.class", {"like": dice.choice(("%Collisions%", "%18"))}),
    lambda dice: ("rr_attributes.state", {"=": dice.choice(("OPEN", "SIGNOFF", "COMPLETED"))}),
    lambda dice: ("rr_attributes.significant", {"=": True}),
    lambda dice: ("run_number", {"and": [{">": 265_000 + dice.randrange(50_000)}, {"<": 325_000}]}),
    lambda dice: ("oms_attributes.ls_duration", {">": dice.randrange(1_500)}),
    lambda dice: ("oms_attributes.hlt_key", {"like": f"%v{dice.randrange(90)}/%"}),
    lambda dice: (f"triplet_summary.{dice.choice(_COMPONENTS)}.GOOD", {">": 0}),
)


def measure_serving(database_url: str) -> Iterator[Measure]:
    """The line about the API under load, on a registry that is filled already; somebody looks at Online meanwhile."""
    environment = {"DATABASE_URL": database_url, "RR_DEMO_ROLE": "visitor"}
    with api_served(environment) as api, served(ENTRY, environment) as dashboard, chromium() as browser:
        page = new_page(browser)
        page.goto(f"{dashboard}/online")
        page.locator("[data-painted]").wait_for(timeout=60_000)
        taken = _load(api)
    what = f"{READERS} readers, {PER_SECOND} requests a second each, {ROWS} runs with filters: 95th of 100"
    yield Measure(what, p95_of(taken), max(taken), len(taken), _TARGET_MS, "7–9 ms for one alone, at 300 runs")


@contextmanager
def api_served(environment: dict[str, str]) -> Iterator[str]:
    """The address of the API in a process of its own, in the demo, stopped afterwards."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "backend.api:app", f"--port={port}", "--log-level=error"],
        cwd=ROOT,
        env={**os.environ, "RR_AUTH": "demo", "RR_ENVIRONMENT": "demo", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + _SECONDS_TO_COME_UP
        while not _answers(f"http://127.0.0.1:{port}/health"):
            if time.monotonic() > until:
                raise TimeoutError(f"The API does not answer after {_SECONDS_TO_COME_UP} s.")
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).is_success
    except httpx.TransportError:
        return False


def _load(api: str, seconds: float = _SECONDS) -> list[float]:
    """How long each answer took in ms; the first second of each reader is not counted."""
    with ThreadPoolExecutor(READERS) as readers:
        taken = readers.map(lambda seed: _read(api, seed, seconds), range(READERS))
        return [of_answer for of_reader in taken for of_answer in of_reader[PER_SECOND:]]


def _read(api: str, seed: int, seconds: float) -> list[float]:
    taken, asked = list[float](), questions(seed)
    time.sleep(seed / READERS / PER_SECOND)
    begun = time.perf_counter()
    with httpx.Client(base_url=api, timeout=30) as client:
        for turn in range(int(seconds * PER_SECOND)):
            time.sleep(max(begun + turn / PER_SECOND - time.perf_counter(), 0))
            sent = time.perf_counter()
            client.post("/runs_filtered_ordered", json=next(asked)).raise_for_status()
            taken.append((time.perf_counter() - sent) * 1000)
    return taken
