"""The lumisection strip: what was said of every component along a run, DCS bits beneath it, luminosity under all."""

from dashboard.components.lumi_strip.component import event_of, lumi_strip
from dashboard.components.lumi_strip.words import (
    AsOfMark,
    StripBitRow,
    StripEvent,
    StripNote,
    StripPrescale,
    StripRow,
    StripSegment,
)

__all__ = [
    "AsOfMark",
    "StripBitRow",
    "StripEvent",
    "StripNote",
    "StripPrescale",
    "StripRow",
    "StripSegment",
    "event_of",
    "lumi_strip",
]
