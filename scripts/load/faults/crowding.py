"""Every connection in use, and a migration while people read."""

from __future__ import annotations

import threading
import time

import psycopg

from models.migrations.patience import MIGRATION_OPTIONS
from scripts.load.faults.row import Row
from scripts.load.faults.scene import Scene

CROWD = 60
"""Readers at once: more than two processes have connections."""

SECONDS_HELD = 24.0


def connections_in_use(scene: Scene) -> Row:
    """Whatever reads or writes runs waits behind a lock, until no process has a connection left."""
    with scene.ordeal("every connection in use", readers=CROWD) as ordeal:
        with psycopg.connect(scene.stack.url) as holder:
            holder.execute("LOCK TABLE run IN ACCESS EXCLUSIVE MODE")
            let_go = threading.Timer(SECONDS_HELD, holder.rollback)
            let_go.start()
            time.sleep(SECONDS_HELD / 4)
            asked = time.monotonic()
            told = scene.look.asks_again("every connection in use")
            seconds = time.monotonic() - asked
            ordeal.page = told or (
                f"one that has a connection waits for the lock, {seconds:.0f} s, then shows the runs",
            )
            let_go.join()
        ordeal.counts_from_now()
        ordeal.until_served()
        ordeal.note = f"{CROWD} readers while the table of runs is locked for {SECONDS_HELD:.0f} s"
    return ordeal.row()


def migration_while_reading(scene: Scene) -> Row:
    """A migration wants a table that a long question reads: it waits, with everybody behind it, and gives up."""
    with scene.ordeal("a migration while people read") as ordeal:
        outcomes = []
        with psycopg.connect(scene.stack.url) as reader:
            reader.execute("SELECT count(*) FROM run")  # its lock lasts as long as its transaction
            outcomes.append(_migrate(scene))
        ordeal.counts_from_now()
        ordeal.page = scene.look.asks_again("a migration while people read")
        outcomes.append(_migrate(scene))
        ordeal.until_served()
        if outcomes != ["gave up", "done"]:
            ordeal.wrong.append(f"the migration behind a reader {outcomes[0]}, the one after it {outcomes[1]}")
        longest = ordeal.traffic.said.longest_seconds
        ordeal.note = (
            f"behind a long question it gives up, afterwards it is done; nobody waited longer than {longest:.1f} s"
        )
    return ordeal.row()


def _migrate(scene: Scene) -> str:
    """What a migration does: a column comes and goes, under the patience that migrations have."""
    try:
        with psycopg.connect(scene.stack.url, options=MIGRATION_OPTIONS) as connection:
            connection.execute("ALTER TABLE run ADD COLUMN tried_by_faults integer")
        with psycopg.connect(scene.stack.url, options=MIGRATION_OPTIONS) as connection:
            connection.execute("ALTER TABLE run DROP COLUMN tried_by_faults")
    except psycopg.errors.LockNotAvailable:
        return "gave up"
    return "done"
