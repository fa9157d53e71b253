"""What a soak came to: one table with each figure beside its target, and a sentence for each target that was missed."""

import statistics
from dataclasses import dataclass, field

from scripts.benchmarks.measure import HEAD, Measure
from scripts.load.ledger import Ledger, Outcome
from scripts.load.memory import Memory
from scripts.load.tally import Tally, p95

REACTION_MS, EDIT_MS, ANSWER_MS = 700.0, 300.0, 150.0
RUNS_PER_SECOND = 0.95
"""One a second arrive; the last ones may be under way when the load ends."""

MB_PER_HOUR = 60.0
"""A process that grows faster than this after the warm-up is not flat."""

_MEMORY_HEAD = (
    "| memory | begins MB | warm MB | ends MB | MB per hour, warm | target | met |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | --- |"
)
_FEW_MINUTES = 300.0


@dataclass(slots=True)
class Soaked:
    """Everything that is told of a soak."""

    people: int
    readers: int
    runs: int
    seconds: float
    warm_up: float
    ledger: Ledger
    tally: Tally = field(default_factory=Tally)
    painted: Tally = field(default_factory=Tally)
    memory: list[Memory] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    runs_per_second: float = 0.0
    checked_runs: int = 0
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tally.warm_up = self.painted.warm_up = self.warm_up

    def measures(self) -> list[Measure]:
        """The times, as the table of benchmarks tells them: 95th of 100, and the worst."""
        return [
            _of(f"{self.people} people: a page reaction, 95th of 100", self.tally.all_reactions(), REACTION_MS),
            _of("an edit, from the click until it is told as recorded, 95th of 100", self.tally.edits, EDIT_MS),
            _of(f"{self.readers} API readers beside them, 95th of 100", self.tally.answers, ANSWER_MS),
        ]


def table(soaked: Soaked) -> str:
    """The table in Markdown, and beneath it the reactions by what was done."""
    checks = [
        ("errors", f"{len(soaked.tally.errors) + len(soaked.painted.errors)}", "0"),
        ("runs taken in per second", f"{soaked.runs_per_second:.2f}", f"≥ {RUNS_PER_SECOND}"),
        ("acts told as done", f"{soaked.ledger.count(Outcome.TOLD):,}", ""),
        ("acts refused in a sentence", f"{soaked.ledger.count(Outcome.REFUSED):,}", ""),
        (f"acts lost or doubled, and rows of {soaked.checked_runs:,} runs that differ from a rebuild",
         f"{len(soaked.wrong)}", "0"),
    ]  # fmt: skip
    return "\n".join(
        [
            f"{soaked.people} people, {soaked.readers} readers, {soaked.runs:,} runs of history, "
            f"{soaked.seconds / 60:g} minutes, of which the first {soaked.warm_up:.0f} s do not count\n",
            HEAD,
            *(measure.row() for measure in soaked.measures()),
            "",
            _MEMORY_HEAD,
            *(_memory(memory, soaked) for memory in soaked.memory),
            "",
            "| what | figure | target |\n| --- | ---: | ---: |",
            *(f"| {what} | {figure} | {target} |" for what, figure, target in checks),
            "",
            "| reactions by what was done | median ms | 95th of 100 | times |\n| --- | ---: | ---: | ---: |",
            *(_row(what, times) for what, times in sorted(soaked.tally.reactions.items()) if times),
            *(_row(f"{what}, painted in Chromium", times) for what, times in soaked.painted.reactions.items() if times),
            f"\nThe load itself was late by {p95(soaked.late):.0f} ms in 95 of 100 looks.",
        ]
    )


def what_was_missed(soaked: Soaked) -> list[str]:
    """A sentence for each target that was missed; none of a green soak."""
    missed = [
        f"{m.what}: {m.median_ms:,.0f} ms, target {m.target_ms:,.0f} ms."
        for m in soaked.measures()
        if m.target_ms is not None and (m.median_ms > m.target_ms or not m.times)
    ]
    if soaked.runs_per_second < RUNS_PER_SECOND:
        missed.append(f"{soaked.runs_per_second:.2f} runs were taken in per second, target {RUNS_PER_SECOND}.")
    for memory in soaked.memory:
        if _grows(memory, soaked):
            missed.append(f"{memory.name} grows by {memory.slope(soaked.warm_up):,.0f} MB per hour.")
    missed += soaked.tally.named_errors() + soaked.painted.named_errors()
    return missed + soaked.wrong


def _grows(memory: Memory, soaked: Soaked) -> bool:
    """In less than five minutes a slope says nothing."""
    return soaked.seconds >= _FEW_MINUTES and memory.slope(soaked.warm_up) > MB_PER_HOUR


def _memory(memory: Memory, soaked: Soaked) -> str:
    met = "**no**" if _grows(memory, soaked) else "yes" if soaked.seconds >= _FEW_MINUTES else ""
    cells = (memory.samples[0][1], memory.at(soaked.warm_up), memory.samples[-1][1], memory.slope(soaked.warm_up))
    return f"| {memory.name} | {' | '.join(f'{cell:,.0f}' for cell in cells)} | ≤ {MB_PER_HOUR:.0f} | {met} |"


def _of(what: str, times: list[float], target_ms: float) -> Measure:
    return Measure(what, p95(times), max(times, default=0.0), len(times), target_ms)


def _row(what: str, times: list[float]) -> str:
    return f"| {what} | {statistics.median(times):,.0f} | {p95(times):,.0f} | {len(times)} |"
