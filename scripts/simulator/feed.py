"""What the simulated CERN has to tell, in the order in which it happens: a season, or the recorded scenario."""

import json
import lzma
from collections.abc import Mapping
from dataclasses import dataclass

from scripts.simulator.attributes import oms_run
from scripts.simulator.gui import Sample, samples_of
from scripts.simulator.oms import OmsRun, Row
from scripts.simulator.season import Season
from scripts.simulator.seasons import DATA
from scripts.simulator.units import PROTONS, of_lumisection, of_run

SCENARIO = "scenario"


@dataclass(frozen=True, slots=True)
class Feed:
    """All runs of a season as OMS has them in the end, with the datasets that each gets in the DQM GUI."""

    name: str
    runs: tuple[OmsRun, ...]
    samples: Mapping[int, tuple[Sample, ...]]
    revisions: tuple[OmsRun, ...] = ()
    """Later versions of some runs, each put in place on request."""
    season: Season | None = None
    """Where the runs come from, unless they are recorded."""


def feed_of(season: Season) -> Feed:
    """A season as OMS and the DQM GUI tell it."""
    runs = tuple(oms_run(run) for run in season.runs.values())
    samples = {number: samples_of(run) for number, run in season.runs.items()}
    return Feed(season.name, runs, samples, season=season)


def recorded_scenario() -> Feed:
    """The recorded season: thirty runs of 2024, a second version of seven of them, and the GUI listing."""
    record = json.loads(lzma.decompress((DATA / "scenario.json.xz").read_bytes()))
    runs = [_recorded(run, record["lumisections"][str(run["run_number"])]) for run in record["runs"]]
    revisions = tuple(_recorded(entry["run"], entry["lumisections"]) for entry in record["revisions"])
    samples: dict[int, tuple[Sample, ...]] = {}
    for group in record["gui"]["samples"]:
        for item in group["items"]:
            run = int(item["run"])
            samples[run] = (*samples.get(run, ()), Sample(run, item["dataset"]))
    return Feed(SCENARIO, tuple(runs), samples, revisions)


def _recorded(attributes: Row, lumisections: list[Row]) -> OmsRun:
    rows = tuple(lumisections)
    units = {name: unit for name, unit in of_run(PROTONS).items() if name in attributes}
    lumi_units = of_lumisection(PROTONS, per_lumisection=False)
    return OmsRun(attributes, units, lumi_units, len(rows), lambda: rows)
