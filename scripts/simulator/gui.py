"""The listing of the DQM GUI: which datasets of which run it has, in the names of the GUI."""

from collections.abc import Callable
from dataclasses import dataclass
from re import compile
from re import error as BadPattern

from scripts.simulator.season import RunKind, SeasonRun

EXPRESS_AFTER_RUNS = 2.0
"""Express datasets are there some hours, here runs, after the run is over."""

PROMPT_AFTER_RUNS = 15.0
"""Prompt reconstruction is there two days later."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One dataset of one run in the GUI, and how many runs later it appears."""

    run_number: int
    dataset: str
    after_runs: float = 0.0


def samples_of(run: SeasonRun) -> tuple[Sample, ...]:
    """The datasets that a run of a season gets: Express and one PromptReco; ion tests get none."""
    era = f"Run{run.year.year}{run.year.era(run.run_number)}"
    express, prompt = {
        RunKind.COLLISIONS: ("StreamExpress", "ZeroBias"),
        RunKind.COSMICS: ("StreamExpressCosmics", "Cosmics"),
        RunKind.COMMISSIONING: ("StreamExpress", None),
        RunKind.IONS: (None, None),
    }[run.kind]
    names = (
        (express, f"{era}-Express-v1", EXPRESS_AFTER_RUNS),
        (prompt, f"{era}-PromptReco-{_version(run)}", PROMPT_AFTER_RUNS),
    )
    return tuple(Sample(run.run_number, f"/{primary}/{rest}/DQMIO", after) for primary, rest, after in names if primary)


def matching(samples: list[Sample], pattern: str) -> list[Sample]:
    """The samples whose dataset or run a pattern finds; ``*.``, which the old pinger sends, finds all.

    Raises
    ------
    ValueError
        If the pattern cannot be read.
    """
    found = _finder(pattern)
    return [s for s in samples if found(s.dataset) or found(str(s.run_number))]


def legacy_listing(samples: list[Sample]) -> dict[str, object]:
    """As ``data/json/samples`` gives it; the run is a string."""
    kind = {"type": "offline_data"}
    items = [
        {**kind, "run": str(s.run_number), "dataset": s.dataset, "version": "", "importversion": 1} for s in samples
    ]
    return {"samples": [{**kind, "items": items}]} if items else {"samples": []}


def v1_listing(samples: list[Sample]) -> dict[str, object]:
    """As ``api/v1/samples`` gives it; the run is a string, lumisection 0 the whole run."""
    return {"data": [{"run": str(s.run_number), "lumi": 0, "dataset": s.dataset} for s in samples]}


def _version(run: SeasonRun) -> str:
    """The processing version of an era goes up in its middle."""
    return "v2" if run.run_number % 1000 >= 500 else "v1"


def _finder(pattern: str) -> Callable[[str], bool]:
    if pattern in {"", "*", "*."}:
        return lambda text: True
    try:
        compiled = compile(pattern)
    except BadPattern as error:
        raise ValueError(f"{pattern!r} is not a pattern: {error}.") from error
    return lambda text: compiled.search(text) is not None
