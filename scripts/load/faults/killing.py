"""kill -9 of each process under load, and of one worker of two."""

from __future__ import annotations

import time

from scripts.load.faults.row import Row
from scripts.load.faults.scene import SECONDS_OF_SILENCE, Scene, number, wait

SECONDS_AWAY = 8.0
"""How long a web process is away: enough to look at the open page meanwhile."""

_LAST_TICK = "SELECT coalesce(max(id), 0) FROM job_run WHERE job = 'oms' AND outcome = 'ok'"
_LAST_OF_SECOND = """
    SELECT coalesce((SELECT (worker LIKE 'worker-2%')::int FROM job_run WHERE job = 'oms' ORDER BY id DESC LIMIT 1), 0)
"""
_TWICE = "SELECT count(*) - count(DISTINCT (job, slot)) FROM job_run"


def last_tick(scene: Scene) -> int:
    """The number of the last look at OMS that went well."""
    return number(scene.stack, _LAST_TICK)


def worker_killed(scene: Scene) -> Row:
    """The worker is killed in the middle of what it does, and started again at once, as a process manager does."""
    with scene.ordeal("kill -9 of the worker") as ordeal:
        last = last_tick(scene)
        ordeal.counts_from_now()
        scene.stack.kill("worker")
        scene.stack.restart("worker", wait=False)
        ordeal.until(lambda: last_tick(scene) > last, "the worker takes in runs again")
        ordeal.page = scene.look.asks_again("worker killed")
        ordeal.note = f"started again at once; dead after {SECONDS_OF_SILENCE} s of silence (default 30)"
    return ordeal.row()


def web_killed(scene: Scene) -> Row:
    """The web process is killed and stays away for a while; the API alone serves on."""
    with scene.ordeal("kill -9 of web") as ordeal:
        scene.stack.kill("web")
        time.sleep(SECONDS_AWAY)
        ordeal.page = scene.look.sees("web killed")
        ordeal.counts_from_now()
        scene.stack.restart("web")
        wait(lambda: not scene.look.sees("web back"), "the open page finds the new process by itself")
        ordeal.until_served()
        ordeal.note = "counted from its start; the API process serves meanwhile"
    return ordeal.row()


def database_killed(scene: Scene) -> Row:
    """Every process of PostgreSQL is killed at once; it comes back by replaying its log."""
    with scene.ordeal("kill -9 of the database") as ordeal:
        scene.stack.database.kill()
        ordeal.page = scene.look.asks_again("database killed")
        ordeal.counts_from_now()
        scene.stack.database.start()
        ordeal.until_served()
        ordeal.note = "counted from its start, the replay of its log included"
    return ordeal.row()


def one_of_two_workers(scene: Scene) -> Row:
    """Two workers: each slot of a job is one's alone; the one that worked last is killed, the other takes over."""
    if "worker-2" in scene.stack.names:
        scene.stack.restart("worker-2")
    else:
        scene.stack.worker("worker-2")
    try:
        with scene.ordeal("kill -9 of one of two workers") as ordeal:
            name = "worker-2" if number(scene.stack, _LAST_OF_SECOND) else "worker"
            last = last_tick(scene)
            ordeal.counts_from_now()
            scene.stack.kill(name)
            ordeal.until(lambda: last_tick(scene) > last, "the other worker takes over")
            ordeal.page = scene.look.asks_again("one of two workers killed")
            if number(scene.stack, _TWICE):
                ordeal.wrong.append("a slot was done twice")
            ordeal.note = f"dead after {SECONDS_OF_SILENCE} s of silence (default 30); each slot was done once"
        return ordeal.row()
    finally:
        if not scene.stack.is_alive("worker"):
            scene.stack.restart("worker")
        if scene.stack.is_alive("worker-2"):
            scene.stack.terminate("worker-2")
