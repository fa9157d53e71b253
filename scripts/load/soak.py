"""Fifty people, sixteen API readers and a worker that takes in a run a second, together, on ten years of history.

``./scripts/soak`` prints one table, what went wrong, and ends with 0 only if every target is met.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from sqlalchemy import Engine, text

from backend.db import engine_for
from backend.embedded import Embedded
from backend.rebuild.check import differences
from scripts.load import chromium
from scripts.load.database import Database
from scripts.load.ledger import Ledger, latest_act, touched_runs, what_is_wrong
from scripts.load.memory import watched
from scripts.load.people import THINK_SECONDS, people
from scripts.load.readers import readers
from scripts.load.registry import loaded_registry
from scripts.load.report import Soaked, table, what_was_missed
from scripts.load.stack import Stack

SEASON = "2022"
"""Its runs are newer than every run of the history."""

WATCHED = ("web", "worker", "api", "database")
_SECONDS_TO_CATCH_UP = 180.0
_SAMPLES = 100
_RUNS_AT_ONCE = 10
_TAKEN_IN = text("SELECT count(*) FROM run_identity WHERE change_set > :since")


def main() -> int:
    """Parse, make the registry, put the load on it, and tell; 1 if a target was missed."""
    options = _options()
    with _folder(options.data) as folder:
        server = Embedded(folder / "database").start()
        try:
            url = loaded_registry(server, options.runs, say=_say)
            soaked = _soak(options, folder, url)
        finally:
            server.release()
    print(table(soaked), flush=True)
    missed = what_was_missed(soaked)
    for sentence in missed:
        print(f"missed: {sentence}")
    return 1 if missed else 0


def _soak(options: argparse.Namespace, folder: Path, url: str) -> Soaked:
    """The load on a registry that is filled, and the check of its log afterwards."""
    with Stack(folder / "soak", database_url=url, season=SEASON, pace="1") as stack:
        on = engine_for(url)
        before = latest_act(on)
        stack.worker()
        web, api = stack.web(), stack.api()
        _say("waiting until the worker has caught up")
        _catch_up(stack, on, since=before)
        seconds = options.minutes * 60
        _say(f"{options.people} people, {options.readers} readers and the worker, for {options.minutes:g} minutes")
        soaked = asyncio.run(_together(options, stack, on, web=web, api=api, seconds=seconds))
        _say("checking the log")
        soaked.wrong += what_is_wrong(on, soaked.ledger)
        runs = touched_runs(on, soaked.ledger.since)
        soaked.checked_runs = len(runs)
        soaked.wrong += map(str, differences(on, runs, chunk=_RUNS_AT_ONCE))
        soaked.tally.errors += [line for name in ("web", "api", "worker") for line in _traces(stack.log(name))]
        on.dispose()
    return soaked


async def _together(
    options: argparse.Namespace, stack: Stack, on: Engine, *, web: str, api: str, seconds: float
) -> Soaked:
    warm_up = min(60.0, seconds / 5)
    soaked = Soaked(options.people, options.readers, options.runs, seconds, warm_up, Ledger(latest_act(on)))
    before, begun = soaked.ledger.since, time.monotonic()
    server = Database(stack.folder.parent / "database")
    memory_of = lambda name: server.memory() if name == "database" else stack.memory(name)  # noqa: E731
    watching = asyncio.create_task(watched(memory_of, WATCHED, every=seconds / _SAMPLES))
    late = asyncio.create_task(_lateness(soaked.late))
    stopped = Event()
    painted = {"tally": soaked.painted, "think": THINK_SECONDS, "stopped": stopped}
    beside = (
        asyncio.create_task(asyncio.to_thread(chromium.look_on, web, seconds, **painted)) if options.browser else None
    )
    try:
        await asyncio.gather(
            people(web, options.people, seconds, tally=soaked.tally, ledger=soaked.ledger, seed=options.seed),
            readers(api, seconds, tally=soaked.tally, count=options.readers),
        )
    finally:
        stopped.set()
        late.cancel()
        watching.cancel()
        soaked.memory = await watching
        if beside is not None:
            await beside
    soaked.runs_per_second = _taken_in(on, since=before) / (time.monotonic() - begun)
    return soaked


async def _lateness(late: list[float]) -> None:
    """How late the load itself is to look at what came, in ms: what it measures is too long by so much."""
    while True:
        asleep = time.perf_counter()
        await asyncio.sleep(0.1)
        late.append((time.perf_counter() - asleep - 0.1) * 1000)


def _catch_up(stack: Stack, on: Engine, *, since: int) -> None:
    """Until the worker has what the simulated OMS had at first."""
    there, until = stack.oms.state()["runs"], time.monotonic() + _SECONDS_TO_CATCH_UP
    while (taken := _taken_in(on, since=since)) < there - 1:
        if time.monotonic() > until:
            raise TimeoutError(f"The worker took in {taken} of {there} runs in {_SECONDS_TO_CATCH_UP:.0f} s.")
        time.sleep(1)


def _taken_in(on: Engine, *, since: int) -> int:
    with on.connect() as connection:
        return int(connection.execute(_TAKEN_IN, {"since": since}).scalar_one())


def _traces(log: str) -> list[str]:
    """What a program wrote that nobody should have to read: traces, and errors that it logged."""
    return [line.strip()[:200] for line in log.splitlines() if "Traceback" in line or " ERROR " in line]


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        yield data.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="run-registry-soak-") as made:
        Path(made).chmod(0o755)  # the database may have to run as another account
        yield Path(made)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./scripts/soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=60_000, help="of the history beneath (60,000)")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (10)")
    parser.add_argument("--people", type=int, default=50, help="virtual people on the dashboard (50)")
    parser.add_argument("--readers", type=int, default=16, help="API readers, two requests a second each (16)")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="keep the history here, made once and copied each time"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the people's dice (1)")
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="without the Chromium beside them")
    return parser.parse_args()


def _say(what: str) -> None:
    print(f"  {what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
