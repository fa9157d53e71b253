"""The disk of the database is full, and has room again."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.load.faults.row import Row
from scripts.load.faults.scene import Scene

MEGABYTES = 300
SECONDS_FULL = 10.0
FAULT = "disk of the database full"


class NoSmallDisk(Exception):
    """A small file system may not be mounted here."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own, in memory."""
    folder.mkdir(parents=True)
    options = f"size={MEGABYTES}m,mode=0755"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise NoSmallDisk(f"a tmpfs may not be mounted here ({made.stderr.strip().splitlines()[-1]})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


def disk_full(scene: Scene) -> Row:
    """Something else fills the volume to the last byte; then it goes, and PostgreSQL is started if it gave up."""
    ballast = scene.stack.database.folder / "ballast"
    with scene.ordeal(FAULT) as ordeal:
        _fill(ballast)
        until = time.monotonic() + SECONDS_FULL
        while time.monotonic() < until:
            ordeal.page = scene.look.asks_again(FAULT) or ordeal.page
            time.sleep(0.5)
        ordeal.note = "PostgreSQL goes on reading" if scene.stack.database.is_answering() else "PostgreSQL ends itself"
        ballast.unlink()
        ordeal.counts_from_now()
        scene.stack.database.start()
        ordeal.until_served()
        ordeal.note += f" ({MEGABYTES} MB tmpfs, full for {SECONDS_FULL:.0f} s); counted from when there is room"
    return ordeal.row()


def _fill(file: Path) -> None:
    """To the last byte."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
    try:
        for size in (2**20, 4096):
            while True:
                try:
                    os.write(descriptor, bytes(size))
                except OSError:
                    break
    finally:
        os.close(descriptor)
