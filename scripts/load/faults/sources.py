"""OMS falls silent and comes back; the clock of the worker, and that of the database, jumps."""

from __future__ import annotations

import time

from scripts.load.faults.killing import last_tick
from scripts.load.faults.row import Row
from scripts.load.faults.scene import Scene, number, wait
from scripts.load.skewed_clock import SkewedClock

SECONDS_SILENT = 40.0
"""Twenty looks at every 2 s, which is ten minutes of looks at the default 30 s."""

HOURS = 3.0
_SAID_TWICE = """
    SELECT count(*) FROM (
        SELECT said = lag(said) OVER (PARTITION BY r.run_number ORDER BY r.id) AS again
        FROM run_change r JOIN change_set c ON c.id = r.change_set WHERE c.kind = 'ingest'
    ) words WHERE again
"""
_MADE_TWICE = "SELECT count(*) - count(DISTINCT run_number) FROM dataset_identity WHERE name = 'online'"


def oms_silent(scene: Scene, *, seconds: float = SECONDS_SILENT) -> Row:
    """OMS hangs up on whoever asks, while runs go on being taken; then it speaks again."""
    stack = scene.stack
    with scene.ordeal("OMS silent, then back") as ordeal:
        stack.oms.silence()
        time.sleep(seconds)
        ordeal.page = scene.look.asks_again("OMS silent")
        header = scene.look.source()
        if "silent for" not in header:
            ordeal.wrong.append(f"the header does not say since when OMS is silent: {header}")
        ordeal.page = (*ordeal.page, f"in the header: {header.partition(' for ')[0]} for …")
        stack.oms.speak()
        ordeal.counts_from_now()
        there = int(stack.oms.state()["runs"]) - 1  # the newest is being taken
        ordeal.until(lambda: number(stack, "SELECT count(*) FROM run") >= there, "every run of the silence is taken in")
        _refuse_twice(scene, ordeal.wrong)
        ordeal.note = (
            f"{seconds:.0f} s at a look every 2 s (default 30 s); {there:,} runs in OMS, all taken in, none twice"
        )
    return ordeal.row()


def clock_of_worker(scene: Scene, clock: SkewedClock) -> Row:
    """The clock of the worker's machine jumps forwards, then back behind where it was."""
    return _clock(scene, clock, "clock of the worker", which="worker")


def clock_of_database(scene: Scene, clock: SkewedClock) -> Row:
    """The clock of the database's machine jumps forwards, then back behind where it was."""
    return _clock(scene, clock, "clock of the database", which="database")


def _clock(scene: Scene, clock: SkewedClock, what: str, *, which: str) -> Row:
    with scene.ordeal(f"{what} {HOURS:.0f} h forwards, then {2 * HOURS:.0f} h back") as ordeal:
        taken = []
        for hours in (HOURS, -HOURS, 0.0):
            clock.set(hours)
            ordeal.counts_from_now()
            time.sleep(3)  # a look that began before may end
            last = last_tick(scene)
            ordeal.until(lambda last=last: last_tick(scene) > last, f"{which} works on at {hours:+.0f} h")
            taken.append(ordeal.seconds)
        ordeal.page = scene.look.asks_again(what)
        ordeal.seconds = max(taken)
        _refuse_twice(scene, ordeal.wrong)
        ordeal.note = "until the next look at OMS, the longest of three jumps; the times of the log never go back"
    return ordeal.row()


def _refuse_twice(scene: Scene, wrong: list[str]) -> None:
    if number(scene.stack, _SAID_TWICE) or number(scene.stack, _MADE_TWICE):
        wrong.append("something of OMS was said twice")


def restarted_with(scene: Scene, clock: SkewedClock) -> None:
    """Give the worker a clock that can be set."""
    scene.stack.restart("worker", clock.environment)
    last = last_tick(scene)
    wait(lambda: last_tick(scene) > last, "the worker works")
