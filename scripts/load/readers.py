"""API readers: each asks for runs on its own beat, whether the last answer was quick or not, and reads the answer."""

import asyncio
import time

import httpx

from scripts.benchmarks.serving import PER_SECOND, READERS, questions
from scripts.load.tally import Tally

_PATIENCE_SECONDS = 30


async def readers(api: str, seconds: float, *, tally: Tally, count: int = READERS) -> None:
    """Let so many readers ask for so long; an answer that is late or no answer is an error."""
    async with asyncio.TaskGroup() as all_of_them:
        for number in range(count):
            all_of_them.create_task(_reader(api, number, seconds, tally, late=number / count / PER_SECOND))


async def _reader(api: str, number: int, seconds: float, tally: Tally, *, late: float) -> None:
    asked = questions(number)
    await asyncio.sleep(late)
    begun = time.monotonic()
    async with httpx.AsyncClient(base_url=api, timeout=_PATIENCE_SECONDS, trust_env=False) as client:
        for turn in range(int(seconds * PER_SECOND)):
            await asyncio.sleep(max(begun + turn / PER_SECOND - time.monotonic(), 0))
            if time.monotonic() - begun > seconds:
                return
            question, sent = next(asked), time.perf_counter()
            try:
                answer = await client.post("/runs_filtered_ordered", json=question)
            except httpx.HTTPError as error:
                tally.error(f"reader {number}: {error!r}")
                continue
            tally.answer((time.perf_counter() - sent) * 1000)
            if answer.is_error:
                tally.error(f"reader {number}: {answer.status_code} {answer.text[:120]}")
