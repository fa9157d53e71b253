"""The units that OMS gives with each row: inverse picobarns for protons, but not for every run.

A run with little luminosity is given in inverse nanobarns and ion beams in inverse microbarns, so the unit has to be
read with the number.
"""

from dataclasses import dataclass

from scripts.simulator.oms import Units
from scripts.simulator.season import RunKind, SeasonRun


@dataclass(frozen=True, slots=True)
class LumiUnits:
    """How the luminosity of one run is given."""

    integrated: str
    per_pb: float
    """How many of the unit make one /pb."""
    instantaneous: str
    per_e34: float
    """How many of the unit make 1e34 per square centimetre and second."""


PROTONS = LumiUnits("pb^{-1}", 1.0, "10^{34}cm^{-2}s^{-1}", 1.0)
LITTLE = LumiUnits("nb^{-1}", 1e3, "10^{34}cm^{-2}s^{-1}", 1.0)
IONS = LumiUnits(r"{\mu}b^{-1}", 1e6, "10^{27}cm^{-2}s^{-1}", 1e7)

PER_PB = {units.integrated: units.per_pb for units in (PROTONS, LITTLE, IONS)}
"""How many of each unit make one /pb."""

LITTLE_PER_PB = 1.5
"""Runs that recorded less are given in inverse nanobarns."""


def lumi_units(run: SeasonRun) -> LumiUnits:
    """The units in which OMS gives the luminosity of this run and of its lumisections."""
    if run.kind is RunKind.IONS:
        return IONS
    if run.luminosity is not None and float(run.luminosity.recorded.sum()) < LITTLE_PER_PB:
        return LITTLE
    return PROTONS


def of_run(lumi: LumiUnits) -> Units:
    """The units beside the attributes of a run."""
    machine = {"b_field": "T", "energy": "GeV", "crossing_angle_start": r"{\mu}rad", "crossing_angle_stop": r"{\mu}rad",
               "beta_star_start": "cm", "beta_star_stop": "cm"}  # fmt: skip
    rates = {"l1_rate": "Hz", "hlt_physics_rate": "Hz", "hlt_physics_size": "GB", "hlt_physics_throughput": "GB/s",
             "duration": "s"}  # fmt: skip
    return machine | rates | _luminosity(lumi)


def of_lumisection(lumi: LumiUnits, *, per_lumisection: bool) -> Units:
    """The units beside the attributes of a lumisection."""
    single = ("delivered_lumi_per_lumisection", "recorded_lumi_per_lumisection") if per_lumisection else ()
    return _luminosity(lumi) | dict.fromkeys(single, lumi.integrated)


def _luminosity(lumi: LumiUnits) -> dict[str, str]:
    return {
        "delivered_lumi": lumi.integrated,
        "recorded_lumi": lumi.integrated,
        "init_lumi": lumi.instantaneous,
        "end_lumi": lumi.instantaneous,
    }
