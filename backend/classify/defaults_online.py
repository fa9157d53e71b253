"""The first verdict on each component during data taking: from what took part in the run and from the DCS bits.

Asked in this order: EXCLUDED if the component was not in the run, STANDBY if its high voltage is off while beams are
not stable, BAD if a bit is false, GOOD if every bit is true, NOTSET if OMS does not know.
"""

from collections.abc import Iterator

from backend.classify.bodies import ComponentBody
from backend.classify.defaults_clauses import (
    ALWAYS,
    Clause,
    all_of,
    any_of,
    every,
    fact,
    is_false,
    is_not_true,
    is_true,
)
from backend.configuration import Side
from models.vocabulary import SUBSYSTEM_OF_BIT, Status

WITH_HIGH_VOLTAGE = frozenset({"pixel", "strip", "dt", "csc", "rpc", "gem", "ctpps"})
"""Detectors that are kept safe, and so are not ready, while the beams are not stable."""

DETECTORS = {
    "castor-castor": "castor",
    "csc-csc": "csc",
    "ctpps-ctpps": "ctpps",
    "dt-dt": "dt",
    "ecal-ecal": "ecal",
    "ecal-es": "es",
    "gem-gem": "gem",
    "hcal-hcal": "hcal",
    "rpc-rpc": "rpc",
    "tracker-pixel": "pixel",
    "tracker-strip": "strip",
}
"""Components that are detectors, with the subsystem whose bits they have."""

UNUSED_BITS = frozenset({"rp_time_ready"})
"""Bits of a detector that say nothing of it as a whole: the timing pots of CTPPS are not always in use."""

PRIORITY = {Status.EXCLUDED: 1, Status.STANDBY: 2, Status.BAD: 3, Status.GOOD: 4, Status.NOTSET: 9}

_UNSTABLE = any_of(is_not_true("beam1_stable"), is_not_true("beam2_stable"))
_MUON_SYSTEMS = ("dt", "csc", "rpc")
_CALORIMETERS = ("ecal", "hcal")

Rules = dict[Status, tuple[Clause, str]]


def online_component_defaults() -> Iterator[tuple[str, ComponentBody]]:
    """The rules for the seventeen components that are certified online."""
    for component, subsystem in DETECTORS.items():
        yield from _bodies(component, _detector(subsystem))
    for component, rules in _OTHERS.items():
        yield from _bodies(component, rules)


def _detector(subsystem: str) -> Rules:
    part = "tracker" if subsystem == "strip" else subsystem
    bits = [bit for bit, of in SUBSYSTEM_OF_BIT.items() if of == subsystem and bit not in UNUSED_BITS]
    off = any_of(*map(is_false, bits))
    rules: Rules = {Status.EXCLUDED: (is_not_true(f"{part}_included"), f"{part} was not in the run")}
    if subsystem in WITH_HIGH_VOLTAGE:
        rules[Status.STANDBY] = (all_of(off, _UNSTABLE), "a part is not ready while a beam is not stable")
    return rules | {
        Status.BAD: (off, "a part is not ready"),
        Status.GOOD: (every(map(is_true, bits)), "every part is ready"),
        Status.NOTSET: (ALWAYS, "OMS does not know whether it is ready"),
    }


def _trigger(*parts: str) -> Rules:
    """Level-1 with those that it triggers on; without all of them it has nothing to look at."""
    excluded = is_not_true("trg_included")
    without = [every(is_not_true(f"{part}_included") for part in parts)] if parts else []
    told = f"the trigger was not in the run{', or none of ' + ', '.join(parts) if parts else ''}"
    return {
        Status.EXCLUDED: (any_of(excluded, *without), told),
        Status.GOOD: (is_true("trg_included"), "the trigger was in the run"),
    }


_OTHERS: dict[str, Rules] = {
    "cms-cms": {
        Status.BAD: (is_false("cms_active"), "CMS does not take data"),
        Status.GOOD: (is_true("cms_active"), "CMS takes data"),
        Status.NOTSET: (ALWAYS, "OMS does not know whether CMS takes data"),
    },
    "hlt-hlt": {
        Status.GOOD: ({"!=": [fact("hlt_key"), None]}, "there is an HLT key"),
        Status.NOTSET: (ALWAYS, "there is no HLT key"),
    },
    "l1t-l1t": _trigger(),
    "l1t-l1tcalo": _trigger(*_CALORIMETERS),
    "l1t-l1tmu": _trigger(*_MUON_SYSTEMS),
    "lumi-lumi": {
        Status.GOOD: (all_of(is_true("beam1_stable"), is_true("beam2_stable")), "beams are stable"),
        Status.NOTSET: (ALWAYS, "without stable beams there is no luminosity to measure"),
    },
}
"""Components that have no bits of their own."""


def _bodies(component: str, rules: Rules) -> Iterator[tuple[str, ComponentBody]]:
    for status, (rule, told) in rules.items():
        body = ComponentBody(
            side=Side.ONLINE,
            component=component,
            status=status,
            priority=PRIORITY[status],
            rule=rule,
            description=f"{told[0].upper()}{told[1:]}.",
        )
        yield body.about, body
