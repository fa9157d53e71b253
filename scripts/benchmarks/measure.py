"""A measure: what was done, how often, how long it took, what it may take, and what the original takes."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scripts.benchmarks.machine import today


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table. Times are in ms; ``original`` is from the measured speed of the original system."""

    what: str
    median_ms: float
    worst_ms: float
    times: int
    target_ms: float | None = None
    original: str = ""

    @property
    def is_met(self) -> bool:
        """Whether it takes no longer than it may."""
        return self.target_ms is None or self.median_ms <= self.target_ms

    def row(self) -> str:
        """The line in Markdown."""
        target = "" if self.target_ms is None else f"≤ {self.target_ms:,.0f}"
        met = "" if self.target_ms is None else ("yes" if self.is_met else "**no**")
        return (
            f"| {self.what} | {self.median_ms:,.1f} | {self.worst_ms:,.1f} | {self.times} | {target} | {met} "
            f"| {self.original} | {today()} |"
        )


HEAD = (
    "| what | median ms | worst ms | times | target ms | met | the original | measured |\n"
    "| --- | ---: | ---: | ---: | ---: | --- | --- | --- |"
)


def p95_of(taken: Sequence[float]) -> float:
    """The 95th of 100; the only one of one."""
    return statistics.quantiles(taken, n=20, method="inclusive")[-1] if len(taken) > 1 else taken[0]


def timed(
    what: str,
    act: Callable[[], object],
    *,
    times: int,
    target_ms: float | None = None,
    original: str = "",
    warm_up: int = 0,
) -> Measure:
    """Do it so often, after some times that do not count, and take the median."""
    for _ in range(warm_up):
        act()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return Measure(what, statistics.median(taken), max(taken), times, target_ms, original)
