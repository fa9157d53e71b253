"""The contract of a season: from a DCS-only and a golden JSON, what OMS says of every run, and what people will say.

* Every run of the DCS-only file is there, and some cosmics and commissioning runs between them, and ion tests after.
* All 28 bits that the golden rule of 2018 reads are true exactly in the DCS-only lumisections (and in those that only
  the golden file has: :attr:`Season.golden_without_dcs` names them); elsewhere at least one is false.
* For every DCS-good lumisection outside the golden file, :attr:`Season.verdicts` says which component is bad, and why.

The same files give the same season, always: whatever looks like chance is seeded by the run number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from random import Random

from models.lumis import LumiRange, LumiSet
from scripts.simulator import bits, luminosity, timeline
from scripts.simulator.bits import Phase
from scripts.simulator.luminosity import RunLuminosity
from scripts.simulator.timeline import Place
from scripts.simulator.verdicts import Verdict, verdicts_on
from scripts.simulator.years import DataYear, year_of


class RunKind(StrEnum):
    """What a run was taken for."""

    COLLISIONS = "Collisions"
    COSMICS = "Cosmics"
    COMMISSIONING = "Commissioning"
    IONS = "Ion tests"


@dataclass(frozen=True, slots=True)
class SeasonRun:
    """One run of the season, before it is dressed as OMS would say it."""

    run_number: int
    year: DataYear
    kind: RunKind
    last: int
    """The last lumisection that the run had."""
    known: LumiSet
    """The lumisections that OMS lists: in a few runs some are missing, none of them DCS-good."""
    good: LumiSet
    phases: tuple[Phase, ...]
    place: Place
    start: datetime
    luminosity: RunLuminosity | None
    """``None`` without collisions."""

    @property
    def run_class(self) -> str:
        """What the registry should call it: ``Collisions18``; a test with ion beams is commissioning."""
        kind = RunKind.COMMISSIONING if self.kind is RunKind.IONS else self.kind
        return f"{kind}{self.year.year % 100}"


@dataclass(frozen=True, slots=True)
class Season:
    """All runs of a season by number, ascending, and what will be said about them."""

    name: str
    runs: Mapping[int, SeasonRun]
    dcs: Mapping[int, LumiSet]
    golden: Mapping[int, LumiSet]
    verdicts: tuple[Verdict, ...]

    @property
    def golden_without_dcs(self) -> dict[int, LumiSet]:
        """Lumisections that are golden but not DCS-good in the files; they are served DCS-good."""
        extra = {run: lumis - self.dcs.get(run, LumiSet()) for run, lumis in self.golden.items()}
        return {run: lumis for run, lumis in extra.items() if lumis}

    @property
    def report(self) -> str:
        """What the season holds, in a few sentences."""
        kinds = ", ".join(f"{sum(r.kind is kind for r in self.runs.values())} {kind}" for kind in RunKind)
        extra = self.golden_without_dcs
        lines = [
            f"Season {self.name}: {len(self.runs)} runs ({kinds}).",
            f"{sum(map(len, self.dcs.values()))} DCS-good lumisections in {len(self.dcs)} runs, "
            f"{sum(map(len, self.golden.values()))} golden in {len(self.golden)}; {len(self.verdicts)} verdicts.",
            f"{sum(map(len, extra.values()))} golden lumisections are not DCS-good in the files; they are served so.",
        ]
        return "\n".join(lines + [f"  {run}: {lumis}" for run, lumis in extra.items()])


def build_season(name: str, dcs: Mapping[int, LumiSet], golden: Mapping[int, LumiSet]) -> Season:
    """The season that these two files describe.

    Raises
    ------
    ValueError
        If the DCS-only file has no run.
    """
    if not dcs:
        raise ValueError(f"The season {name} has no DCS-good run, so there is nothing to serve.")
    good = {run: dcs.get(run, LumiSet()) | golden.get(run, LumiSet()) for run in sorted({*dcs, *golden})}
    outlines = _outlines(good)
    year = year_of(next(iter(good)))
    places = timeline.places([outline.draft for outline in outlines.values()], year)
    starts = timeline.starts({run: outline.last for run, outline in outlines.items()}, year)
    phases = {run: outline.phases(places[run]) for run, outline in outlines.items()}
    known = {run: _known(run, phases[run], outline.last) for run, outline in outlines.items()}
    light = _luminosities(outlines, golden, places=places, phases=phases, known=known)
    runs = {
        run: SeasonRun(run, year_of(run), outline.kind, outline.last, known[run], outline.good, phases[run],
                       places[run], starts[run], light.get(run))
        for run, outline in outlines.items()
    }  # fmt: skip
    return Season(name, runs, dict(dcs), dict(golden), tuple(_verdicts(good, golden)))


@dataclass(frozen=True, slots=True)
class _Outline:
    """A run before it has a place in time."""

    run_number: int
    kind: RunKind
    last: int
    good: LumiSet
    idle: tuple[Phase, ...] = ()

    @property
    def draft(self) -> timeline.Draft:
        late = bool(self.good) and self.good.ranges[0].first >= 15
        return timeline.Draft(self.run_number, self.last, len(self.good), begins_before_stable_beams=late)

    def phases(self, place: Place) -> tuple[Phase, ...]:
        if not self.good:
            return self.idle
        return bits.collision_phases(self.run_number, self.good, last=self.last, beam_dumped=place.beam_dumped)


def _outlines(good: Mapping[int, LumiSet]) -> dict[int, _Outline]:
    """The collision runs and those that were taken between them, by number."""
    numbers = list(good)
    outlines = {run: _collisions(run, lumis) for run, lumis in good.items()}
    longest_stop = max(pairwise(numbers), key=lambda pair: pair[1] - pair[0], default=(0, 0))
    for before, after in pairwise(numbers):
        very_long = (before, after) == longest_stop and after - before > 100
        for at, run in enumerate(_between(before, after)):
            outlines[run] = _idle(run, very_long=very_long and at == 0)
    for run in range(numbers[-1] + 40, numbers[-1] + 100, 20):
        outlines[run] = _ions(run)
    return {run: outlines[run] for run in sorted(outlines)}


def _collisions(run: int, good: LumiSet) -> _Outline:
    tail = Random(f"tail {run}").choice((0, 1, 1, 2, 3, 5, 8, 14))
    return _Outline(run, RunKind.COLLISIONS, good.ranges[-1].last + tail, good)


def _between(before: int, after: int) -> list[int]:
    """The numbers of the cosmics and commissioning runs taken between two collision runs."""
    random, gap = Random(f"between {before}"), after - before
    if gap < 4 or (gap < 60 and random.random() < 0.65):
        return []
    return sorted(random.sample(range(before + 1, after), min(1 + gap // 60, 4)))


def _idle(run: int, *, very_long: bool = False) -> _Outline:
    """A cosmics or commissioning run: no stable beams, so no DCS-good lumisection.

    One cosmics run of the season, in its longest stop, is longer than any page of OMS.
    """
    random = Random(f"idle {run}")
    if very_long:
        return _unlit(run, RunKind.COSMICS, 5400, missing=bits.BEAMS, why="no beams")
    if random.random() < 0.6:
        off = random.choice((bits.NOTHING, bits.NOTHING, bits.PIXEL, bits.TRACKER))
        return _unlit(run, RunKind.COSMICS, random.randint(60, 700), missing=bits.BEAMS | off, why="no beams")
    missing = bits.STABLE_BEAMS | bits.TRACKER
    return _unlit(run, RunKind.COMMISSIONING, random.randint(20, 250), missing=missing, why="beams not stable")


def _ions(run: int) -> _Outline:
    """A test with ion beams: collisions, but the beams are never declared stable and the muon system is off."""
    missing = frozenset({"beam1_stable", "beam2_stable", "rpc_ready"})
    return _unlit(run, RunKind.IONS, 60 + run % 17, missing=missing, why="ion beams not declared stable")


def _unlit(run: int, kind: RunKind, last: int, *, missing: frozenset[str], why: str) -> _Outline:
    return _Outline(run, kind, last, LumiSet(), bits.idle_phases(last, missing=missing, why=why))


def _known(run: int, phases: tuple[Phase, ...], last: int) -> LumiSet:
    """What OMS lists: in a few runs the middle of a stretch that was not DCS-good is missing."""
    whole, random = LumiSet.span(1, last), Random(f"holes {run}")
    wide = [p.lumisections for p in phases if p.missing and len(p.lumisections) >= 8]
    if not wide or random.random() > 0.15:
        return whole
    middle = wide[0].first + len(wide[0]) // 2
    return whole - LumiSet.of([LumiRange(middle, middle + random.randint(0, 2))])


def _luminosities(
    outlines: Mapping[int, _Outline],
    golden: Mapping[int, LumiSet],
    *,
    places: Mapping[int, Place],
    phases: Mapping[int, tuple[Phase, ...]],
    known: Mapping[int, LumiSet],
) -> dict[int, RunLuminosity]:
    first, last = (min(golden), max(golden)) if golden else (0, 0)
    shapes = {}
    for run, outline in outlines.items():
        if outline.kind is RunKind.COLLISIONS:
            share = (run - first) / max(last - first, 1)
            intensity = luminosity.intensity(run, first_golden=first, share_of_year=share)
            shapes[run] = luminosity.shape(
                run,
                phases[run],
                last=outline.last,
                known=known[run],
                fill_age=places[run].fill_age,
                intensity=intensity,
            )
    per_fb = _certified_per_fb(golden)
    ions = {
        run: luminosity.of_ions(run, outline.last) for run, outline in outlines.items() if outline.kind is RunKind.IONS
    }
    return luminosity.scaled(shapes, dict(golden), certified_per_fb=per_fb) | ions


def _certified_per_fb(golden: Mapping[int, LumiSet]) -> float | None:
    """The year's published number, if the file is about the whole year."""
    whole_year = sum(map(len, golden.values())) > 50_000
    return year_of(min(golden)).certified_per_fb if whole_year else None


def _verdicts(good: Mapping[int, LumiSet], golden: Mapping[int, LumiSet]) -> Iterator[Verdict]:
    first_golden = min(golden, default=0)
    for run, lumis in good.items():
        yield from verdicts_on(run, lumis - golden.get(run, LumiSet()), is_commissioning=run < first_golden)
