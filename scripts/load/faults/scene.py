"""Where faults happen: the registry as processes, scripts at work on it, and somebody who looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from backend.db import engine_for
from scripts.load.acts_kept import kept
from scripts.load.faults.onlooker import Onlooker, onlooker
from scripts.load.faults.row import Row
from scripts.load.stack import Stack
from scripts.load.writing import COMPONENTS, LAST_LUMISECTION, Said, Traffic

SECONDS_OF_SILENCE = 5
ENVIRONMENT = {
    "RR_DEMO_ROLE": "admin",
    "RR_API_ACCESS_LOG": "false",
    "RR_INGEST_EVERY_SECONDS": "2",
    "RR_WORKER_SILENCE_SECONDS": str(SECONDS_OF_SILENCE),
    "RR_OMS_TIMEOUT_SECONDS": "5",
}
"""Scaled, so that minutes are seconds: OMS is asked every 2 s, and a worker counts as dead after 5 s."""

_RUNS_AT_FIRST = 4
_PATIENCE_SECONDS = 240.0


class NotWell(Exception):
    """The registry did not come to be as it must."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A registry at work. ``calm_seconds`` is how long it works undisturbed before a fault, and after it."""

    stack: Stack
    look: Onlooker
    calm_seconds: float = 4.0
    writers: int = 4
    readers: int = 4

    @contextmanager
    def ordeal(self, fault: str, *, readers: int | None = None) -> Iterator[Ordeal]:
        """A fault under load: what happens to ``stack`` within; the log is judged afterwards."""
        addresses = [f"{self.stack.address('web')}/api", self.stack.address("api")]
        self.look.open()
        self.look.wrong.clear()
        name = f"{fault} {time.time_ns()}"
        runs = open_runs(addresses[1])
        traffic = Traffic(addresses, runs, writers=self.writers, readers=readers or self.readers, name=name)
        ordeal = Ordeal(fault, self, traffic)
        traffic.begin()
        try:
            time.sleep(self.calm_seconds)
            yield ordeal
            time.sleep(self.calm_seconds)
        finally:
            ordeal.said = traffic.end()


@dataclass(slots=True)
class Ordeal:
    """A fault that is under way, and what was seen of it."""

    fault: str
    scene: Scene
    traffic: Traffic
    page: tuple[str, ...] = ()
    seconds: float = 0.0
    note: str = ""
    said: Said = field(default_factory=Said)
    wrong: list[str] = field(default_factory=list)
    _begun: float = 0.0

    def counts_from_now(self) -> None:
        """From here the seconds are counted until all is well."""
        self._begun = time.monotonic()

    def until_served(self) -> None:
        """Wait until scripts read and write again; then a page loaded anew must show the runs."""
        self.until(lambda: self.traffic.has_been_well_since(self._begun), "scripts read and write")
        wait(lambda: not self.scene.look.asks_again(f"{self.fault} after"), "the page shows the runs")

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until something is so; that is when all is well."""
        wait(is_so, what)
        self.seconds = time.monotonic() - self._begun

    def row(self) -> Row:
        """The line of the table; every run is folded anew for it."""
        told = tuple(self.said.sentences)
        wrong = [*self.wrong, *self.scene.look.wrong]
        wrong += [f"the API: {one}" for one in told if not one.startswith("503") or "no sentence" in one]
        if self.said.lacking_retry_after:
            wrong.append(f"{self.said.lacking_retry_after} answers 503 without Retry-After")
        if not self.said.acknowledged:
            wrong.append("no act was acknowledged: nothing was tried")
        found = kept(self.scene.stack.url, [self.said])
        return Row(self.fault, self.page, told, self.seconds, found, note=self.note, wrong=tuple(wrong))


@contextmanager
def scene(
    folder: Path,
    *,
    database_folder: Path | None = None,
    database_environment: Mapping[str, str] | None = None,
    quick: bool = False,
) -> Iterator[Scene]:
    """Start everything, and wait until OMS has been taken in so far that people can work; a run a second follows.

    ``quick``: few writers and readers, for a short time.
    """
    with Stack(
        folder, database_folder=database_folder, database_environment=database_environment, environment=ENVIRONMENT
    ) as stack:
        stack.worker()
        stack.api()
        address = stack.web()
        wait(lambda: len(open_runs(stack.address("api"))) >= _RUNS_AT_FIRST, "there are runs to work on")
        with onlooker(address, folder / "pictures") as look:
            yield Scene(stack, look, 1.5, writers=2, readers=2) if quick else Scene(stack, look)


def open_runs(api: str, *, most: int = 8) -> list[int]:
    """Runs that people may flag in their first lumisections: open ones, which were tried."""
    attributes = {"rr_attributes.state": {"=": "OPEN"}, "oms_attributes.ls_duration": {">": 20}}
    question = {"page": 0, "page_size": 3 * most, "sortings": [], "filter": attributes}
    answer: list[dict[str, Any]] = httpx.post(f"{api}/runs_filtered_ordered", json=question, timeout=60).json()["runs"]
    tried = {"start": 1, "end": LAST_LUMISECTION, "status": "GOOD", "comment": "", "cause": ""}
    found = []
    for run in answer:
        flag = {"run_number": run["run_number"], "dataset_name": "online", "component": COMPONENTS[0]}
        said = flag | {"new_lumisection_range": tried}
        if httpx.put(f"{api}/lumisections/edit_rr_lumisections", json=said, timeout=60).is_success:
            found.append(run["run_number"])
    return found[:most]


def wait(is_so: Callable[[], bool], what: str, *, seconds: float = _PATIENCE_SECONDS) -> None:
    """Wait for something; :class:`NotWell` if it never is so."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            raise NotWell(f"after {seconds:.0f} s it still is not so that {what}")
        time.sleep(0.1)


def number(stack: Stack, query: str) -> int:
    """The number that a query gives, asked of the database itself."""
    on = engine_for(stack.url)
    try:
        with on.connect() as connection:
            return int(connection.execute(text(query)).scalar_one())
    finally:
        on.dispose()
