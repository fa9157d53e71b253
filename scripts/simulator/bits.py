"""The DCS and beam bits of a lumisection, and why a lumisection is not DCS-good: the phases of a run.

A run is a row of *phases*: stretches of lumisections in which the same detector parts were not ready. The phase of a
DCS-good lumisection misses nothing; every other phase misses at least one of the bits that the golden rule of 2018
reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from models.lumis import LumiRange, LumiSet
from models.vocabulary import DCS_BITS, GOLDEN_2018_BITS

PIXEL = frozenset({"bpix_ready", "fpix_ready"})
STRIPS = frozenset({"tibtid_ready", "tob_ready", "tecm_ready", "tecp_ready"})
TRACKER = PIXEL | STRIPS
STABLE_BEAMS = frozenset({"beam1_stable", "beam2_stable"})
BEAMS = STABLE_BEAMS | {"beam1_present", "beam2_present"}
DAQ = frozenset({"cms_active"})
NOTHING: frozenset[str] = frozenset()

GLITCHES = (
    (frozenset({"rpc_ready"}), "RPC high voltage trip"),
    (frozenset({"tecm_ready"}), "TEC- power group off"),
    (frozenset({"tecp_ready"}), "TEC+ power group off"),
    (frozenset({"tibtid_ready"}), "TIB/TID power supply trip"),
    (frozenset({"bpix_ready"}), "BPix sector tripped"),
    (frozenset({"fpix_ready"}), "FPix power cycle"),
    (frozenset({"esp_ready"}), "ES+ high voltage trip"),
    (frozenset({"esm_ready"}), "ES- high voltage trip"),
    (frozenset({"eep_ready"}), "EE+ low voltage trip"),
    (frozenset({"ebm_ready"}), "EB- supermodule off"),
    (frozenset({"hbheb_ready"}), "HBHE-b low voltage glitch"),
    (frozenset({"ho_ready"}), "HO SiPM bias off"),
    (frozenset({"hf_ready"}), "HF high voltage trip"),
    (frozenset({"cscp_ready"}), "CSC+ chambers in standby"),
    (frozenset({"cscm_ready"}), "CSC- chambers in standby"),
    (frozenset({"dtp_ready"}), "DT+ wheel high voltage off"),
    (frozenset({"dt0_ready"}), "DT central wheel low voltage trip"),
    (DAQ, "data taking paused"),
)
"""What goes wrong in the middle of a run: the bits that drop, and the shifter's words for it."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of lumisections in which the same bits were false, and why."""

    lumisections: LumiRange
    missing: frozenset[str]
    why: str


def collision_phases(run_number: int, good: LumiSet, *, last: int, beam_dumped: bool) -> tuple[Phase, ...]:
    """The phases of a collision run: all bits true exactly in ``good``, the rest for reasons of their place."""
    random = Random(f"phases {run_number}")
    phases = [Phase(r, NOTHING, "DCS-good") for r in good.ranges]
    for gap in (LumiSet.span(1, last) - good).ranges:
        if gap.last < good.ranges[0].first:
            phases += _before_stable_beams(gap, random)
        elif gap.first > good.ranges[-1].last:
            phases += _after_the_last_good(gap, random, beam_dumped=beam_dumped)
        else:
            phases.append(_interruption(gap, random))
    return tuple(sorted(phases, key=lambda phase: phase.lumisections))


def idle_phases(last: int, *, missing: frozenset[str], why: str) -> tuple[Phase, ...]:
    """The one phase of a run that has no DCS-good lumisection."""
    return (Phase(LumiRange(1, last), missing, why),)


def bits_of(phase: Phase, *, has_gem: bool, with_ions: bool = False) -> dict[str, bool | None]:
    """The 35 bits of a lumisection in this phase; null where OMS had no word from the detector.

    CASTOR and the zero-degree calorimeter take data with ions only, the Roman pots without them.
    """
    bits: dict[str, bool | None] = dict.fromkeys(DCS_BITS)
    bits |= {bit: bit not in phase.missing for bit in GOLDEN_2018_BITS}
    if has_gem:
        bits |= {"gemp_ready": True, "gemm_ready": not phase.missing & BEAMS}
    if with_ions:
        bits |= {"castor_ready": True, "zdc_ready": True}
    else:
        bits |= dict.fromkeys(("rp_sect_45_ready", "rp_sect_56_ready"), not phase.missing & STABLE_BEAMS)
        bits["castor_ready"] = False
    return bits


def _before_stable_beams(gap: LumiRange, random: Random) -> Iterator[Phase]:
    """The beams are brought into collision, then the tracker's high voltage is ramped, strips first."""
    numbers = list(LumiSet.of([gap]))
    pixel = random.randint(1, 3)
    tracker = pixel + random.randint(2, 5)
    yield from _stretch(numbers[:-tracker], TRACKER | STABLE_BEAMS, "beams not yet stable")
    yield from _stretch(numbers[-tracker:-pixel], TRACKER, "tracker high voltage ramping")
    yield from _stretch(numbers[-pixel:], PIXEL, "pixel high voltage ramping")


def _after_the_last_good(gap: LumiRange, random: Random, *, beam_dumped: bool) -> Iterator[Phase]:
    """Either the beams were dumped and the tracker goes to standby, or the run was being stopped."""
    if not beam_dumped:
        yield Phase(gap, DAQ, "run being stopped")
        return
    numbers, powered = list(LumiSet.of([gap])), random.randint(0, 2)
    yield from _stretch(numbers[:powered], BEAMS, "beams dumped")
    yield from _stretch(numbers[powered:], BEAMS | TRACKER, "beams dumped, tracker in standby")


def _stretch(numbers: list[int], missing: frozenset[str], why: str) -> Iterator[Phase]:
    if numbers:
        yield Phase(LumiRange(numbers[0], numbers[-1]), missing, why)


def _interruption(gap: LumiRange, random: Random) -> Phase:
    """A single detector part in short gaps; in long ones sometimes the whole tracker, for beam adjustments."""
    if len(gap) > 20 and random.random() < 0.5:
        return Phase(gap, STABLE_BEAMS | TRACKER, "beams being adjusted, tracker in standby")
    missing, why = random.choice(GLITCHES)
    return Phase(gap, missing, why)
