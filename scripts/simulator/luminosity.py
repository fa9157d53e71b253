"""Luminosity per lumisection: high at the start of a fill, decaying through it, summing to the year's certified one.

All values are in /pb, in arrays whose element 0 is lumisection 1.
"""

from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt

from models.lumis import LumiSet
from scripts.simulator.bits import DAQ, STABLE_BEAMS, Phase

Values = npt.NDArray[np.float64]

PER_PB_PER_GOLDEN_LUMISECTION = 0.25
"""The mean of 2018, used where no published number says what the year should sum to."""

LOWEST_GOLDEN_PER_PB = 0.12
"""No golden run gets less: the golden rule wants 0.08 /pb."""

LIFETIME = 2200.0
"""Lumisections (about 14 hours) after which the luminosity of a fill has fallen to half."""


@dataclass(frozen=True, slots=True)
class RunLuminosity:
    """What the LHC delivered and CMS recorded in each lumisection of a run, in /pb."""

    delivered: Values
    recorded: Values

    def times(self, factor: float) -> "RunLuminosity":
        """The same run with more or less luminosity."""
        return RunLuminosity(self.delivered * factor, self.recorded * factor)

    def recorded_in(self, lumisections: LumiSet) -> float:
        """The recorded luminosity of these lumisections, in /pb."""
        return float(self.recorded[_mask(lumisections, len(self.recorded))].sum())

    def rounded(self) -> "RunLuminosity":
        """As OMS gives it: six decimals per lumisection."""
        return RunLuminosity(self.delivered.round(6), self.recorded.round(6))


def shape(
    run_number: int, phases: tuple[Phase, ...], *, last: int, known: LumiSet, fill_age: int, intensity: float
) -> RunLuminosity:
    """The luminosity of a run in arbitrary units, before the season is scaled to its sum.

    Parameters
    ----------
    fill_age
        Lumisections with stable beams that the fill had before this run.
    intensity
        How full the machine was, 1 for a normal fill.
    """
    random = np.random.default_rng(run_number)
    stable, active = np.zeros(last, bool), np.zeros(last, bool)
    for phase in phases:
        at = _mask(LumiSet.of([phase.lumisections]), last)
        stable[at] = not phase.missing & STABLE_BEAMS
        active[at] = not phase.missing & DAQ
    stable &= _mask(known, last)
    age = fill_age + np.cumsum(stable)
    delivered = stable * intensity / (1.0 + age / LIFETIME) * random.normal(1.0, 0.003, last)
    live = np.clip(random.normal(random.uniform(0.95, 0.985), 0.005, last), 0.0, 1.0)
    live[random.random(last) < 0.003] *= 0.3
    return RunLuminosity(delivered, delivered * live * active)


def scaled(
    shapes: dict[int, RunLuminosity], golden: dict[int, LumiSet], *, certified_per_fb: float | None
) -> dict[int, RunLuminosity]:
    """The runs with real luminosities: the golden lumisections sum to what was certified in the year."""
    lumisections = sum(map(len, golden.values()))
    wanted = 1000.0 * certified_per_fb if certified_per_fb else PER_PB_PER_GOLDEN_LUMISECTION * lumisections
    recorded = sum(shapes[run].recorded_in(golden[run]) for run in golden)
    factor = wanted / recorded if recorded else PER_PB_PER_GOLDEN_LUMISECTION
    return {run: _enough(shape.times(factor), is_golden=run in golden).rounded() for run, shape in shapes.items()}


def intensity(run_number: int, *, first_golden: int, share_of_year: float) -> float:
    """How full the machine is: pilot beams before physics, a ramp in the first weeks, then full fills."""
    random = Random(f"intensity {run_number}")
    if run_number < first_golden:
        return random.uniform(0.0005, 0.02)
    ramp = min(1.0, 0.3 + share_of_year * 8.0)
    return ramp * random.uniform(0.92, 1.08)


def of_ions(run_number: int, last: int) -> RunLuminosity:
    """A test with ion beams: a few inverse microbarns, that is some 1e-6 /pb, in each lumisection."""
    random = np.random.default_rng(run_number)
    delivered = random.normal(0.011e-6, 0.0005e-6, last)
    return RunLuminosity(delivered, delivered * 0.83)


def _enough(luminosity: RunLuminosity, *, is_golden: bool) -> RunLuminosity:
    total = float(luminosity.recorded.sum())
    if is_golden and total < LOWEST_GOLDEN_PER_PB:
        return luminosity.times(LOWEST_GOLDEN_PER_PB / total)
    return luminosity


def _mask(lumisections: LumiSet, last: int) -> npt.NDArray[np.bool_]:
    """Where the lumisections are in an array whose element 0 is lumisection 1."""
    mask = np.zeros(last, bool)
    for r in lumisections.ranges:
        mask[r.first - 1 : r.last] = True
    return mask
