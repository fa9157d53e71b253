"""Arranges files of brilcalc: the published one, and small ones as brilcalc writes them."""

import gzip
from collections.abc import Iterable
from pathlib import Path

PUBLISHED = Path(__file__).parent / "data" / "brilcalc" / "brilcalc_lumi_26_IsoMu24_byls.csv.gz"
TAGS = "#Data tag : 24v1 , Norm tag: normtag_BRIL"
HEADER = "#run:fill,ls,time,beamstatus,E(GeV),delivered({unit}),recorded({unit}),avgpu,source"
SUMMARY = "#Summary:\n#nfill,nrun,nls,ncms,totdelivered({unit}),totrecorded({unit})"

Line = tuple[int, int, float, float]
"""Run, lumisection, delivered, recorded."""


def published() -> bytes:
    """What brilcalc said of 58 runs of 2026."""
    return gzip.decompress(PUBLISHED.read_bytes())


def row(run: int, number: int, delivered: float, recorded: float) -> str:
    """A line; of a lumisection of which nothing was recorded, CMS has no number."""
    of_cms = number if recorded else 0
    place = f"{run}:9666,{number}:{of_cms},05/24/24 11:04:03,STABLE BEAMS,6800"
    return f"{place},{delivered:.9f},{recorded:.9f},59.6,HFET"


def a_file(lines: Iterable[Line], *, unit: str = "/pb", summary: bool = True) -> str:
    """The CSV of these lumisections."""
    lines = list(lines)
    told = [TAGS, HEADER.format(unit=unit), *(row(*line) for line in lines)]
    if summary:
        sums = ",".join(f"{sum(line[side] for line in lines):.9f}" for side in (2, 3))
        runs, by_cms = len({line[0] for line in lines}), sum(line[3] != 0 for line in lines)
        told += [SUMMARY.format(unit=unit), f"#1,{runs},{len(lines)},{by_cms},{sums}"]
    return "\n".join(told) + "\n"
