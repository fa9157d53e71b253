"""Measures the growth: each size by itself, in the order of its table, with a line for each figure as it comes."""

import time
from collections.abc import Iterator, Sequence

from backend.embedded import Embedded
from scripts.benchmarks.growth import pages, reads
from scripts.benchmarks.growth.histories import History, history_of
from scripts.benchmarks.growth.table import Figure, Grown
from scripts.benchmarks.machine import today
from scripts.simulator.running import running_simulator

SIZES = (6_000, 20_000, 60_000)
_QUICK = {"starts": 1, "rounds": 2, "people": 1}
_WHOLE = {"starts": 3, "rounds": 6, "people": 5}


def measure_growth(server: Embedded, sizes: Sequence[int], *, is_quick: bool = False, with_pages: bool = True) -> Grown:
    """The figures at these numbers of runs; histories that the server has already are not made again.

    Parameters
    ----------
    is_quick
        Fewer questions, clicks and people.
    with_pages
        Also what wants a browser.
    """
    figures: dict[int, tuple[Figure, ...]] = {}
    with running_simulator("2018", pace="max") as simulator:
        told = reads.told_by_oms(simulator, runs=10 if is_quick else 30)
    for runs in sizes:
        began = time.perf_counter()
        history = history_of(server, runs)
        figures[runs] = tuple(_told(_figures(history, told, is_quick=is_quick, with_pages=with_pages), runs))
        history.engine.dispose()
        print(f"{runs:,} runs: all of it took {time.perf_counter() - began:.0f} s", flush=True)
    return Grown(figures, dict.fromkeys(sizes, today()))


def _figures(history: History, told: Sequence[reads.Told], *, is_quick: bool, with_pages: bool) -> Iterator[Figure]:
    yield from reads.made(history)
    yield from reads.asked(history, questions=50 if is_quick else 200)
    if with_pages:
        effort = _QUICK if is_quick else _WHOLE
        yield from pages.seen(history, **effort)
    yield reads.edited(history)
    yield reads.ingested(history, told)


def _told(figures: Iterator[Figure], runs: int) -> Iterator[Figure]:
    for figure in figures:
        print(f"{runs:,} runs: {figure.name}: {figure.value:,.1f} {figure.unit}".rstrip(), flush=True)
        yield figure
