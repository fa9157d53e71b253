"""The fills of the LHC as OMS gives them: one row for all runs that were taken in the same fill."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from scripts.simulator.oms import OmsRun, Row, Units
from scripts.simulator.schema import FILLS
from scripts.simulator.units import IONS, PER_PB, PROTONS


def fills(runs: Iterable[OmsRun]) -> Iterator[tuple[Row, Units]]:
    """The fills that these runs, in order, were taken in, each with its units."""
    for _, group in groupby(runs, key=lambda run: run.attributes["fill_number"]):
        yield _fill(list(group))


def _fill(runs: Sequence[OmsRun]) -> tuple[Row, Units]:
    first, last = runs[0], runs[-1]
    unit = IONS if all(run.units["delivered_lumi"] == IONS.integrated for run in runs) else PROTONS
    row: Row = {name: first.attributes.get(name) for name in FILLS}
    row |= {
        "first_run_number": first.run_number,
        "last_run_number": last.run_number,
        "end_time": last.attributes["end_time"],
        "stable_beams": any(run.attributes["stable_beam"] is True for run in runs),
        "crossing_angle": first.attributes.get("crossing_angle_start"),
        "beta_star": first.attributes.get("beta_star_start"),
        "delivered_lumi": _total(runs, "delivered_lumi", per_pb=unit.per_pb),
        "recorded_lumi": _total(runs, "recorded_lumi", per_pb=unit.per_pb),
    }
    units = {name: text for name, text in first.units.items() if name in FILLS}
    return row, units | dict.fromkeys(("delivered_lumi", "recorded_lumi"), unit.integrated)


def _total(runs: Sequence[OmsRun], name: str, *, per_pb: float) -> float | None:
    """The luminosity of the runs in one unit, whatever theirs is; ``None`` without collisions."""
    known = [(value, run.units[name]) for run in runs if isinstance(value := run.attributes[name], int | float)]
    return round(sum(value / PER_PB[unit] for value, unit in known) * per_pb, 6) if known else None
