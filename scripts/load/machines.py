"""Two machines, each with a web and a worker process behind a relay of its own, and one database; one is cut off.

Its lines are reset (the network says that it is gone), or fall silent (a cable is pulled): what people and scripts see
on both machines, how soon the other worker does the jobs, and how soon all is as before; nothing lost, nothing twice.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import Engine, text

from backend.db import engine_for
from backend.rebuild.check import differences
from scripts.benchmarks.web import CHROMIUM, FLAGS
from scripts.load.edits import Account, Editor, account
from scripts.load.relay import Relay
from scripts.load.stack import Stack

HOW: Mapping[str, Callable[[Relay], None]] = {"reset": Relay.cut, "silent": Relay.stall}
TOLD = "The database "
"""What every sentence of an outage begins with."""
_PATIENCE_SECONDS = 90.0
_RUN = text("""
    SELECT run_number FROM run
    WHERE coalesce(state, 'OPEN') = 'OPEN' AND lumisections > 5 ORDER BY run_number DESC LIMIT 1
""")
_BEGAN = text("""
    SELECT extract(epoch FROM min(started_at)) FROM job_run
    WHERE worker LIKE :worker || '-%' AND job = 'oms' AND started_at > to_timestamp(:since)
""")
_OVERLAPS = text("""
    SELECT count(*) FROM job_run a JOIN job_run b ON a.job = b.job AND a.id < b.id AND a.worker <> b.worker
    WHERE NOT a.detail ? 'task' AND a.outcome = 'ok' AND b.outcome = 'ok'
      AND a.started_at < b.ended_at AND b.started_at < a.ended_at
""")
_GAPS = text("SELECT max(id) - count(*) FROM change_set")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one time that machine 1 was cut off, in seconds; ``told`` are its sentences, each once."""

    how: str
    edit_refused: float
    page_told: float
    other_slowest: float
    other_errors: int
    worker_took_over: float
    web_back: float
    page_back: float
    worker_back: float
    told: frozenset[str]


def measure(
    folder: Path, *, seconds: float, say: Callable[[str], None]
) -> tuple[list[Seen], Account, Mapping[str, int]]:
    """Cut machine 1 off for so long, in each way, while everybody works; then hold the log against all answers."""
    with Stack(folder, pace="60", environment={"RR_DEMO_ROLE": "admin"}) as stack:
        on = engine_for(stack.url)
        with Relay(stack.url) as first, Relay(stack.url) as second:
            webs = [
                stack.web(f"web-{number}", {"DATABASE_URL": relay.url}) for number, relay in ((1, first), (2, second))
            ]
            for number, relay in ((1, first), (2, second)):
                stack.worker(f"worker-{number}", {"DATABASE_URL": relay.url})
            run = int(_until(lambda: _scalar(on, _RUN)))
            editors = [Editor(str(number), address, run) for number, address in enumerate(webs, 1)]
            with _pages(webs) as pages:
                for editor in editors:
                    editor.start()
                seen = []
                for how in HOW:
                    say(f"machine 1 is cut off: {how}")
                    seen.append(_cut_off(on, first, how, seconds, editors=editors, pages=pages, webs=webs, run=run))
                for editor in editors:
                    editor.stop()
            told = account(on, editors)
        for name in ("worker-1", "worker-2"):
            stack.terminate(name)
        others = {
            "ticks of one job side by side": int(_scalar(on, _OVERLAPS)),
            "gaps in the log": int(_scalar(on, _GAPS)),
            "rows that are not what the log says": len(list(differences(on, [run]))),
        }
        on.dispose()
    return seen, told, others


def _cut_off(
    on: Engine,
    relay: Relay,
    how: str,
    seconds: float,
    *,
    editors: list[Editor],
    pages: list[Page],
    webs: list[str],
    run: int,
) -> Seen:
    _shows(pages[0], webs[1], run, f"Before{how}")
    since, cut_at = time.time(), time.monotonic()
    HOW[how](relay)
    page_told = _until_told(pages[0], cut_at)
    time.sleep(max(cut_at + seconds - time.monotonic(), 0))
    relay.restore()
    restored, restored_since = time.monotonic(), time.time()
    web_back = _until(lambda: _since_answer(webs[0], restored))
    page_back = _shows(pages[0], webs[1], run, f"After{how}", since=restored)
    worker_back = float(_until(lambda: _scalar(on, _BEGAN, worker="worker-1", since=restored_since))) - restored_since
    took_over = _until(lambda: _scalar(on, _BEGAN, worker="worker-2", since=since))
    hit = [one for one in editors[0].since(cut_at - 30, restored) if one.status != 200]
    other = editors[1].since(cut_at, restored)
    return Seen(
        how=how,
        edit_refused=max((one.seconds for one in hit), default=0.0),
        page_told=page_told,
        other_slowest=max(one.seconds for one in other),
        other_errors=sum(one.status != 200 for one in other),
        worker_took_over=float(took_over) - since,
        web_back=web_back,
        page_back=page_back,
        worker_back=worker_back,
        told=frozenset(one.said for one in hit),
    )


@contextmanager
def _pages(webs: list[str]) -> Iterator[list[Page]]:
    """Somebody looks at Online, live, on each machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = [browser.new_context(viewport={"width": 1600, "height": 1000}).new_page() for _ in webs]
        for page, address in zip(opened, webs, strict=True):
            page.goto(f"{address}/online?live=true")
            page.locator("[data-painted]").wait_for(timeout=_PATIENCE_SECONDS * 1000)
        yield opened
        browser.close()


def _shows(page: Page, other_web: str, run: int, run_class: str, *, since: float | None = None) -> float:
    """Seconds until a page shows a class that somebody says on the other machine."""
    begun = time.monotonic() if since is None else since
    said = httpx.put(
        f"{other_web}/api/manual_run_edit/{run}/class", json={"class": run_class}, timeout=60, trust_env=False
    )
    said.raise_for_status()
    shown = page.locator(f'.row[data-id="{run}"]').get_by_text(run_class)
    shown.wait_for(timeout=_PATIENCE_SECONDS * 1000)
    return time.monotonic() - begun


def _until_told(page: Page, since: float) -> float:
    """Seconds until the page says in a sentence that the database is away; it looks again by itself."""
    page.get_by_text(TOLD).first.wait_for(timeout=_PATIENCE_SECONDS * 1000)
    return time.monotonic() - since


def _since_answer(web: str, since: float) -> float | None:
    try:
        answer = httpx.get(f"{web}/api/health", timeout=5, trust_env=False)
    except httpx.HTTPError:
        return None
    return time.monotonic() - since if answer.status_code == 200 else None


def _scalar(on: Engine, statement: Any, **asked: object) -> Any:
    with on.connect() as connection:
        return connection.execute(statement, asked).scalar_one_or_none()


def _until(condition: Callable[[], Any]) -> Any:
    """What a condition gives, once it gives something."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while (found := condition()) is None:
        if time.monotonic() > end:
            raise TimeoutError("It did not come to be.")
        time.sleep(0.2)
    return found


_LINES: tuple[tuple[str, Callable[[Seen], str]], ...] = (
    ("machine 1: an edit is refused with a sentence after, at most", lambda s: f"{s.edit_refused:.1f} s"),
    ("machine 1: an open live page says so after (it looks every 15 s)", lambda s: f"{s.page_told:.1f} s"),
    ("machine 2: the slowest edit meanwhile", lambda s: f"{s.other_slowest:.1f} s"),
    ("machine 2: errors", lambda s: f"{s.other_errors}"),
    ("the other worker begins the next look at OMS after", lambda s: f"{s.worker_took_over:.1f} s"),
    ("back: machine 1 answers after", lambda s: f"{s.web_back:.1f} s"),
    ("back: its open page shows what machine 2 says after", lambda s: f"{s.page_back:.1f} s"),
    ("back: its worker begins a job after", lambda s: f"{s.worker_back:.1f} s"),
)


def table(seen: list[Seen], told: Account, others: Mapping[str, int]) -> str:
    """What was seen, in Markdown."""
    lines = [f"| | {' | '.join(f'lines {one.how}' for one in seen)} |", "| --- |" + " ---: |" * len(seen)]
    lines += [f"| {what} | {' | '.join(cell(one) for one in seen)} |" for what, cell in _LINES]
    lines += ["", f"Of {told.done} edits that were answered {told.lost} are lost, {told.doubled} are in the log twice;"]
    lines += [f"{told.refused_but_done} were refused and are there; of {told.uncertain} people were told to look."]
    lines += [", ".join(f"{what}: {count}" for what, count in others.items()) + "."]
    lines += ["", *(f"> {sentence}" for sentence in sorted({said for one in seen for said in one.told}))]
    return "\n".join(lines)


def is_well(told: Account, others: Mapping[str, int]) -> bool:
    """Whether nothing is lost, doubled or untrue."""
    return not (told.lost or told.doubled or told.refused_but_done or any(others.values()))


def main() -> int:
    parser = argparse.ArgumentParser(prog="./scripts/machines", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=45.0, help="for how long machine 1 is cut off, each time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="run-registry-machines-") as folder:
        found = measure(
            Path(folder), seconds=options.seconds, say=lambda what: print(what, file=sys.stderr, flush=True)
        )
    print(table(*found))
    return 0 if is_well(*found[1:]) else 1


if __name__ == "__main__":
    sys.exit(main())
