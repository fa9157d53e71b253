"""Which subsystem a clause of a recipe stands for when luminosity is lost by it. The one table of it.

The names are those of the field's loss tables (field.md §4.4), and of what has no place there. A clause counts under
what it reads, whatever it asks of it: ``>=``, ``<=``, ``in``, a nested ``or`` and ``!`` alike.
"""

from collections.abc import Iterable
from enum import StrEnum

from models.vocabulary import DCS_BITS, SUBSYSTEM_OF_BIT


class Category(StrEnum):
    """Under what a loss is counted; the first sixteen and their colours are fixed in the field."""

    CSC = "CSC"
    DT = "DT"
    ECAL = "ECAL"
    ES = "ES"
    HCAL = "HCAL"
    PIX = "Pix"
    RPC = "RPC"
    STRIP = "Strip"
    HLT = "HLT"
    L1T = "L1t"
    LUMI = "Lumi"
    MIXED = "Mixed"
    EGAMMA = "Egamma"
    JETMET = "JetMET"
    MUON = "Muon"
    TRACK = "Track"
    TRACKER_HV = "Tracker HV"
    SHORT_RUN = "Short run"
    BEAM = "Beam"
    CMS = "CMS"
    RUN = "Run"
    DATASET = "Dataset"
    GEM = "GEM"
    CTPPS = "CTPPS"
    CASTOR = "Castor"
    ZDC = "ZDC"
    TAU = "Tau"
    BTAG = "Btag"
    LUMISECTION = "Lumisection"


class ClauseKind(StrEnum):
    """What a clause judges by: what OMS says of the detector, what people and rules say, or a cut on anything else."""

    DCS = "DCS"
    QUALITY = "quality"
    CUT = "cut"


CLASSES = (Category.SHORT_RUN, Category.TRACKER_HV, Category.MIXED)
"""Categories that are told by all clauses that fail together, not by one of them."""

DETECTORS = frozenset(
    {Category.CSC, Category.DT, Category.ECAL, Category.ES, Category.HCAL, Category.PIX, Category.RPC, Category.STRIP}
)
"""The detectors of the field's tables. An object that is bad where one of them is bad is bad because of it."""

OBJECTS = frozenset(
    {
        Category.HLT, Category.L1T, Category.LUMI, Category.EGAMMA, Category.JETMET, Category.MUON, Category.TRACK,
        Category.TAU, Category.BTAG,
    }
)  # fmt: skip
"""What is triggered and reconstructed with them."""

TRACKER_PARTS = frozenset(bit for bit, subsystem in SUBSYSTEM_OF_BIT.items() if subsystem in ("pixel", "strip"))
"""The bits of the tracker: where none of them is true, its high voltage is off."""

RECORDED_OF_RUN = frozenset({"run.oms.recorded_lumi", "run.oms.delivered_lumi", "lumisection.rr.dc-lowlumi"})
"""What tells that a run is short: its luminosity, and the flag that is made of it."""

_OF_SUBSYSTEM = {
    "pixel": Category.PIX,
    "strip": Category.STRIP,
    "ecal": Category.ECAL,
    "es": Category.ES,
    "hcal": Category.HCAL,
    "dt": Category.DT,
    "csc": Category.CSC,
    "rpc": Category.RPC,
    "gem": Category.GEM,
    "castor": Category.CASTOR,
    "zdc": Category.ZDC,
    "ctpps": Category.CTPPS,
    "beam": Category.BEAM,
    "cms": Category.CMS,
}
_OF_COMPONENT = {
    "tracker-pixel": Category.PIX,
    "tracker-strip": Category.STRIP,
    "tracker-track": Category.TRACK,
    "ecal-es": Category.ES,
    "dc-lowlumi": Category.SHORT_RUN,
}
_OF_WORKSPACE = {
    "tracker": Category.TRACK,
    "ecal": Category.ECAL,
    "hcal": Category.HCAL,
    "dt": Category.DT,
    "csc": Category.CSC,
    "rpc": Category.RPC,
    "gem": Category.GEM,
    "l1t": Category.L1T,
    "hlt": Category.HLT,
    "lumi": Category.LUMI,
    "egamma": Category.EGAMMA,
    "muon": Category.MUON,
    "jetmet": Category.JETMET,
    "tau": Category.TAU,
    "btag": Category.BTAG,
    "ctpps": Category.CTPPS,
    "castor": Category.CASTOR,
    "cms": Category.CMS,
}
_OF_OTHER_ATTRIBUTE = {
    "physics_flag": Category.CMS,
    "prescale_index": Category.HLT,
    "prescale_name": Category.HLT,
}
_FLAG, _OMS = "lumisection.rr.", "lumisection.oms."


def category_of(name: str) -> Category:
    """What a fact of a recipe stands for.

    >>> category_of("lumisection.oms.tecp_ready"), category_of("run.oms.recorded_lumi")
    (<Category.STRIP: 'Strip'>, <Category.SHORT_RUN: 'Short run'>)
    """
    if name in RECORDED_OF_RUN:
        return Category.SHORT_RUN
    if name.startswith(_FLAG):
        return _of_component(name.removeprefix(_FLAG))
    if name.startswith(_OMS):
        return _of_attribute(name.removeprefix(_OMS))
    if name.startswith("dataset."):
        return Category.DATASET
    return Category.RUN if name.startswith("run.") else Category.LUMISECTION


def categories_of(reads: Iterable[str]) -> frozenset[Category]:
    """What a clause that reads these facts stands for; a clause that reads none is a cut on lumisections."""
    return frozenset(map(category_of, reads)) or frozenset({Category.LUMISECTION})


def kind_of(reads: Iterable[str]) -> ClauseKind:
    """What a clause that reads these facts judges by; one flag in it makes it a clause about quality."""
    facts = tuple(reads)
    if any(name.startswith(_FLAG) for name in facts):
        return ClauseKind.QUALITY
    return ClauseKind.DCS if any(_is_bit(name) for name in facts) else ClauseKind.CUT


def tracker_part(reads: Iterable[str]) -> bool:
    """Whether a clause that reads these facts is about a bit of the tracker and nothing else."""
    parts = {name.removeprefix(_OMS) for name in reads}
    return bool(parts) and parts <= TRACKER_PARTS


def _is_bit(name: str) -> bool:
    return name.startswith(_OMS) and name.removeprefix(_OMS) in DCS_BITS


def _of_component(component: str) -> Category:
    component = component.partition(".")[0]
    if component in _OF_COMPONENT:
        return _OF_COMPONENT[component]
    return _OF_WORKSPACE.get(component.partition("-")[0], Category.LUMISECTION)


def _of_attribute(attribute: str) -> Category:
    if attribute in SUBSYSTEM_OF_BIT:
        return _OF_SUBSYSTEM[SUBSYSTEM_OF_BIT[attribute]]
    if "lumi" in attribute or attribute in ("recorded", "delivered"):
        return Category.LUMI
    return _OF_OTHER_ATTRIBUTE.get(attribute, Category.LUMISECTION)
