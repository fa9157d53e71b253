"""What comparing golden JSONs costs: the two files of 2018, with luminosity of every lumisection."""

from collections.abc import Iterator

import numpy as np

from backend.golden.compare import compare
from backend.queries.luminosities import Luminosities
from models.lumi_formats import read_golden_json
from scripts.benchmarks.measure import Measure, timed
from scripts.simulator.seasons import DATA, PUBLISHED

_LENGTH = 3_000


def measure_comparing() -> Iterator[Measure]:
    """The line about comparing."""
    dcs_only, golden = (read_golden_json((DATA / name).read_text(encoding="utf-8")) for name in PUBLISHED["2018"])
    runs = np.array(sorted({*dcs_only, *golden}), np.int64)
    held = np.random.default_rng(2018).random(len(runs) * _LENGTH)
    luminosity = Luminosities(runs, np.arange(len(runs) + 1) * _LENGTH, held, held * 0.94, {})

    def compare_both() -> None:
        found = compare({"golden": golden, "DCS-only": dcs_only}, luminosity)
        found.two(), found.by_pattern(), found.by_run(), found.part("B−A")

    what = f"two year files compared: {len(golden)} and {len(dcs_only)} runs, by part, run and range"
    yield timed(what, compare_both, times=15, target_ms=100, warm_up=1)
