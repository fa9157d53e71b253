"""When each run of a season was taken, and in which fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from models.vocabulary import SECONDS_PER_LUMI
from scripts.simulator.years import DataYear

LONGEST_FILL = (900, 1500)
"""Good lumisections after which the beams are dumped: six to ten hours."""

PAUSE_SECONDS = 90
"""The least time between two runs."""

PAUSE_SECONDS_PER_NUMBER = 1800
"""The most time that one run number in between stands for."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the timeline needs to know of a run."""

    run_number: int
    last: int
    good: int
    """How many lumisections were DCS-good; none: a run between fills."""
    begins_before_stable_beams: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run stands in its season."""

    fill_number: int
    fill_age: int
    """Lumisections with stable beams that the fill had before this run."""
    beam_dumped: bool
    """Whether the fill ended with this run."""


def places(drafts: Sequence[Draft], year: DataYear) -> dict[int, Place]:
    """The fill of each run: runs follow one another in a fill until the beams are dumped.

    A new fill begins with a run that saw its beams become stable, after a run without beams, after a jump in run
    numbers, or when the fill has lasted as long as fills do.
    """
    fills = _fills(drafts)
    out, fill_number = {}, year.first_fill
    for fill in fills:
        age = 0
        for draft in fill:
            out[draft.run_number] = Place(fill_number, age, beam_dumped=draft is fill[-1])
            age += draft.good
        fill_number += Random(f"fill {fill_number}").choice((1, 1, 1, 2, 3))
    return out


def starts(lengths: Mapping[int, int], year: DataYear) -> dict[int, datetime]:
    """When each run began: in the order of the numbers, never overlapping, spread over the year as its numbers are.

    Parameters
    ----------
    lengths
        Lumisections by run number, ascending.
    """
    runs = list(lengths)
    now = _day_of(runs[0], year).timestamp()
    spare = _day_of(runs[-1], year).timestamp() - now - sum(lengths.values()) * SECONDS_PER_LUMI
    per_number = min(max(spare / max(runs[-1] - runs[0], 1), 0.0), PAUSE_SECONDS_PER_NUMBER)
    out = {}
    for run, following in zip(runs, [*runs[1:], runs[-1]], strict=True):
        out[run] = datetime.fromtimestamp(int(now), UTC)
        now += lengths[run] * SECONDS_PER_LUMI + PAUSE_SECONDS + per_number * (following - run)
    return out


def _fills(drafts: Sequence[Draft]) -> list[list[Draft]]:
    fills: list[list[Draft]] = []
    good, limit = 0, 0
    for draft in drafts:
        previous = fills[-1][-1] if fills else None
        same = previous and previous.good and draft.good and draft.run_number - previous.run_number <= 15
        if not same or draft.begins_before_stable_beams or good >= limit:
            fills.append([])
            good, limit = 0, Random(f"length {draft.run_number}").randint(*LONGEST_FILL)
        fills[-1].append(draft)
        good += draft.good
    return fills


def _day_of(run_number: int, year: DataYear) -> datetime:
    share = (run_number - year.first_run) / (year.last_run - year.first_run)
    return year.begin + (year.end - year.begin) * min(max(share, 0.0), 1.0)
