"""Memory: what a page has loaded once is kept out of the way of the garbage collector.

It would look through all of that again at every twentieth click or so, and take a sixth of a second for it.
"""

import gc
from functools import cache


@cache
def keep_what_is_loaded(page: str) -> None:
    """What is in memory after the first look at a page is not looked through again; called at every look.

    ``page`` is its path: each page loads something of its own.
    """
    gc.collect()
    gc.freeze()
