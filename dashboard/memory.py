"""Memory: what a page has loaded once is kept out of the way of the garbage collector.

It would look through all of that again at every twentieth click or so, and take a sixth of a second for it.
"""

import ctypes
import gc
import sys
from functools import cache

_M_ARENA_MAX = -8
"""Which setting of glibc's ``mallopt`` it is (malloc.h)."""

HEAPS = 2


def share_heaps() -> None:
    """Let the threads of this process share two heaps; by glibc's own choice each of some forty had pages to itself.

    Elsewhere than with glibc nothing happens: other allocators give back what threads leave.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if libc is not None and hasattr(libc, "mallopt") and hasattr(libc, "gnu_get_libc_version"):
        libc.mallopt(_M_ARENA_MAX, HEAPS)


@cache
def keep_what_is_loaded(page: str) -> None:
    """What is in memory after the first look at a page is not looked through again; called at every look.

    ``page`` is its path: each page loads something of its own.
    """
    gc.collect()
    gc.freeze()
