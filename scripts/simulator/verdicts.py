"""What people will say: which component is bad in the DCS-good lumisections that are not golden, and why."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from models.lumis import LumiRange, LumiSet


class Verdict(NamedTuple):
    """One component is bad in these lumisections: the cause as people pick it, the comment as they write it."""

    run_number: int
    component: str
    lumisections: LumiRange
    cause: str
    comment: str


def verdicts_on(run_number: int, lost: LumiSet, *, is_commissioning: bool) -> Iterator[Verdict]:
    """One verdict for each stretch of DCS-good lumisections that the golden JSON of the year does not have.

    Parameters
    ----------
    is_commissioning
        The run was taken before the year's physics began: its detectors were still being timed in.
    """
    random = Random(f"verdicts {run_number}")
    catalogue = _COMMISSIONING if is_commissioning else _PHYSICS
    for lumisections in lost.ranges:
        component, cause, comments = random.choices(catalogue, weights=[row[0] for row in catalogue])[0][1:]
        yield Verdict(run_number, component, lumisections, cause, random.choice(comments))


_Row = tuple[int, str, str, tuple[str, ...]]
"""Weight, component, cause, comments."""

_COMMISSIONING: tuple[_Row, ...] = (
    (5, "tracker-pixel", "Commissioning", ("timing scan of the pixel detector", "pixel bias scan ongoing")),
    (4, "tracker-strip", "Commissioning", ("strips not yet timed in", "strip latency scan")),
    (3, "ecal-es", "Commissioning", ("preshower gain being changed",)),
    (3, "hcal-hcal", "Commissioning", ("HCAL phase scan", "HE SiPM gains not final")),
    (3, "hlt-hlt", "Trigger test", ("commissioning menu, no physics paths",)),
    (2, "l1t-l1tcalo", "Trigger test", ("calorimeter trigger firmware test",)),
    (2, "lumi-lumi", "No calibration", ("luminometers not yet calibrated",)),
)

_PHYSICS: tuple[_Row, ...] = (
    (
        9,
        "tracker-pixel",
        "Power supply",
        ("power cycle of BPix sectors", "Layer 1 ROCs not programmed after SEU recovery", "FPix disk lost power"),
    ),
    (
        8,
        "tracker-strip",
        "DAQ",
        (
            "FED out of sync, TIB layer missing",
            "TOB modules excluded, occupancy hole",
            "high rate of FED errors in TEC+",
        ),
    ),
    (5, "tracker-track", "Reconstruction", ("track rate low, follows the pixel", "no tracks in half of the barrel")),
    (7, "ecal-ecal", "DAQ", ("EB FED 619 in error", "TT status errors in EB-08", "missing supermodule")),
    (4, "ecal-es", "Power supply", ("ES+ plane without bias", "preshower FEDs in warning")),
    (7, "hcal-hcal", "Electronics", ("HBHE noise in one RBX", "HF lost synchronisation", "HEP17 without data")),
    (6, "l1t-l1tmu", "Trigger", ("OMTF excluded", "EMTF rate drop after resync", "BMTF link down")),
    (
        5,
        "l1t-l1tcalo",
        "Trigger",
        ("Layer 2 calorimeter trigger out of sync", "masked towers in the calorimeter trigger"),
    ),
    (5, "hlt-hlt", "Prescale", ("run in Emergency column", "wrong prescale column at the start", "HLT menu test")),
    (4, "muon-muon", "Detector", ("hole in the muon occupancy, DT wheel off", "CSC chambers without trigger")),
    (4, "jetmet-jetmet", "Noise", ("MET tail from HCAL noise", "jet hot spot in the forward region")),
    (3, "egamma-egamma", "Reconstruction", ("photon occupancy hole, follows ECAL",)),
    (3, "lumi-lumi", "No data", ("no luminosity published", "BRIL DAQ restarted")),
)

CATALOGUE = frozenset((component, cause) for _, component, cause, _ in (*_COMMISSIONING, *_PHYSICS))
"""What may be bad of which component, by its cause."""
