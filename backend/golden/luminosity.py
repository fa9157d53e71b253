"""The luminosity of a golden JSON: delivered and recorded, run by run, and what nobody knows the luminosity of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy import text
from sqlmodel import Session

from backend.golden.sums import LuminositySums
from backend.queries import BEST_FIRST, luminosities
from models.lumi_json import GoldenJson
from models.vocabulary import LuminositySource

_THERE = text("SELECT run_number FROM run WHERE run_number = ANY(:runs)")


@dataclass(frozen=True, slots=True)
class RunOfJson:
    """A run of a JSON: how many of its lumisections the JSON holds, and what they hold in /pb.

    ``without`` of these lumisections have no known luminosity and add nothing to the figures. ``source`` is none if no
    source knows the run; ``is_registered`` says whether the registry does.
    """

    run_number: int
    lumisections: int
    without: int
    delivered_per_pb: float
    recorded_per_pb: float
    source: LuminositySource | None
    is_registered: bool


@dataclass(frozen=True)
class JsonLuminosity:
    """What a JSON holds. ``missing`` are its lumisections of which delivered or recorded is not known.

    The figures are sums over the others: a JSON with anything missing holds at least so much.
    """

    runs: tuple[RunOfJson, ...]
    missing: GoldenJson

    @cached_property
    def delivered_per_pb(self) -> float:
        """Delivered, of all runs together."""
        return sum(run.delivered_per_pb for run in self.runs)

    @cached_property
    def recorded_per_pb(self) -> float:
        """Recorded, of all runs together."""
        return sum(run.recorded_per_pb for run in self.runs)

    @property
    def lumisections(self) -> int:
        """How many lumisections the JSON holds, those of which the luminosity is not known included."""
        return sum(run.lumisections for run in self.runs)

    @property
    def unregistered(self) -> tuple[int, ...]:
        """The runs of the JSON that the registry does not know; their luminosity counts, if a source knows it."""
        return tuple(run.run_number for run in self.runs if not run.is_registered)

    def caveats(self) -> tuple[str, ...]:
        """What must be said beside the figures, one sentence each; nothing, if they are whole."""
        said = []
        if self.missing:
            said.append(
                f"The luminosity of {self.missing.lumisections:,} of {self.lumisections:,} lumisections, in "
                f"{len(self.missing):,} of {len(self.runs):,} runs, is not known and not in the figures."
            )
        if self.unregistered:
            said.append(f"The registry does not know {len(self.unregistered):,} of {len(self.runs):,} runs.")
        return tuple(said)


def luminosity_of_json(
    session: Session,
    json: GoldenJson,
    *,
    sources: Sequence[LuminositySource] = BEST_FIRST,
    as_of: int | None = None,
) -> JsonLuminosity:
    """The luminosity of a JSON, each run from the first of the sources that knows it.

    Parameters
    ----------
    as_of
        The change set after which luminosity is looked at; none: as it stands now. Which runs are registered is
        always of now.
    """
    held = luminosities(session, json, sources=sources, as_of=as_of)
    sums = LuminositySums.of(held)
    run, first, last = np.array(list(json.ranges()), np.int64).reshape(-1, 3).T
    weights = sums.over(run, first, last)
    place = np.searchsorted(np.array(list(json), np.int64), run)
    without, delivered, recorded = (
        np.bincount(place, of_ranges, len(json)).tolist()
        for of_ranges in (weights.without, weights.delivered, weights.recorded)
    )
    there = set(session.execute(_THERE, {"runs": list(json)}).scalars())
    runs = (
        RunOfJson(
            run_number=of,
            lumisections=count,
            without=int(without[at]),
            delivered_per_pb=delivered[at],
            recorded_per_pb=recorded[at],
            source=held.sources.get(of),
            is_registered=of in there,
        )
        for at, (of, count) in enumerate(json.counts().items())
    )
    lacking = np.flatnonzero(weights.without)
    missing = (
        (of, *unknown)
        for of, *where in zip(*(series[lacking].tolist() for series in (run, first, last)), strict=True)
        for unknown in sums.unknown(of, *where)
    )
    return JsonLuminosity(tuple(runs), GoldenJson.of_ranges(missing))
