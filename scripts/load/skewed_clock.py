"""The wall clock of one process set forwards or back by hours, while the machine keeps its own."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

_SOURCE = Path(__file__).with_name("skewed_clock.c")


class NoCompiler(Exception):
    """The clock of a process cannot be set here: there is no C compiler."""


class SkewedClock:
    """A clock for the programs that are started with its ``environment``; they all jump at once.

    It is a library of our own that is loaded before the C library (``skewed_clock.c``), compiled when it is made.
    """

    def __init__(self, folder: Path, name: str) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise NoCompiler("there is no C compiler to make a clock with")
        library, self._file = folder / f"{name}.clock.so", folder / f"{name}.clock"
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl", "-lm"]
        subprocess.run(command, check=True, capture_output=True)
        self._file.write_bytes(struct.pack("d", 0.0))
        self.environment = {"LD_PRELOAD": str(library), "SKEWED_CLOCK_FILE": str(self._file)}

    def set(self, hours: float) -> None:
        """Set it so far from the machine's; it goes on from there."""
        with self._file.open("r+b") as file:
            file.write(struct.pack("d", hours * 3600))
