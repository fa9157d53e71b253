"""What a load came to: how long each reaction and each edit took, and what went wrong, with the moment of it."""

import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

_MOST_NAMED = 12


@dataclass(slots=True)
class Tally:
    """Kept by one load; times in ms, those of the first seconds (``warm_up``) only counted."""

    warm_up: float = 0.0
    reactions: dict[str, list[float]] = field(default_factory=dict)
    edits: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    @property
    def is_warm(self) -> bool:
        """Whether what is measured now counts."""
        return time.monotonic() - self.begun >= self.warm_up

    def reaction(self, what: str, ms: float) -> None:
        """A page has reacted to something."""
        times = self.reactions.setdefault(what, [])
        if self.is_warm:
            times.append(ms)

    def edit(self, ms: float) -> None:
        """An act was told as recorded."""
        if self.is_warm:
            self.edits.append(ms)

    def answer(self, ms: float) -> None:
        """The API has answered."""
        if self.is_warm:
            self.answers.append(ms)

    def error(self, what: str) -> None:
        """Something that nobody should see."""
        self.errors.append(f"{time.monotonic() - self.begun:6.1f} s  {what}")

    def all_reactions(self) -> list[float]:
        """Of whichever kind."""
        return [ms for times in self.reactions.values() for ms in times]

    def named_errors(self) -> list[str]:
        """The first of them, and how many more."""
        more = len(self.errors) - _MOST_NAMED
        return [*self.errors[:_MOST_NAMED], *([f"and {more:,} more"] if more > 0 else [])]


def p95(times: Sequence[float]) -> float:
    """The time that 95 of 100 do not exceed; of a few, the longest."""
    return max(times, default=0.0) if len(times) < 20 else statistics.quantiles(times, n=20)[-1]
