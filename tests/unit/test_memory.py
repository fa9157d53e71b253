"""The threads of the web process share its heaps, as glibc itself tells."""

import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.memory import HEAPS

ROOT = Path(__file__).parents[2]
PROGRAM = """
import ctypes, sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from dashboard.memory import share_heaps

libc = ctypes.CDLL(None)
libc.fopen.restype = libc.malloc.restype = ctypes.c_void_p
if sys.argv[1] == "shared":
    share_heaps()
together = Barrier(12)

def take(_):
    together.wait()
    libc.malloc(100)
    together.wait()

with ThreadPoolExecutor(12) as threads:
    list(threads.map(take, range(12)))
file = libc.fopen(sys.argv[2].encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(file))
libc.fclose(ctypes.c_void_p(file))
"""


def heaps_of(program: str, told: Path, how: str) -> int:
    subprocess.run([sys.executable, "-c", program, how, str(told)], cwd=ROOT, check=True)
    return told.read_text(encoding="utf-8").count("<heap nr=")


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is asked")
def test_threads_share_two_heaps(tmp_path: Path) -> None:
    assert heaps_of(PROGRAM, tmp_path / "own.xml", "own") > HEAPS
    assert heaps_of(PROGRAM, tmp_path / "shared.xml", "shared") <= HEAPS
