"""Coroutines in tests that are not coroutines: run in a thread of their own, whatever loop the test process has."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """What the coroutine gives. Browser tests leave a loop running in their thread, where ``asyncio.run`` may not."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, coroutine).result()
