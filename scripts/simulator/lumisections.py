"""What OMS says of each lumisection of a run: bits, beams, prescale column, luminosity since the run began."""

from random import Random

import numpy as np

from models.lumis import LumiSet
from models.vocabulary import SECONDS_PER_LUMI
from scripts.simulator.bits import STABLE_BEAMS, bits_of
from scripts.simulator.luminosity import Values
from scripts.simulator.oms import Row
from scripts.simulator.season import RunKind, SeasonRun
from scripts.simulator.units import LumiUnits

E34_PER_PB_AND_LUMISECTION = 100.0 / SECONDS_PER_LUMI
"""1 /pb is 1e36 per square centimetre; over one lumisection that is a mean luminosity of 4.29e34."""

COLUMNS = ((1.9, 1, "2p0E34"), (1.7, 2, "1p8E34"), (1.5, 3, "1p6E34"), (1.3, 4, "1p4E34"), (1.1, 5, "1p2E34"),
           (0.9, 6, "1p0E34"), (0.0, 7, "8p0E33"))  # fmt: skip
"""Prescale columns: above which luminosity (1e34), index, name."""

PILEUP_PER_E34 = 28.0
"""Collisions per crossing at 1e34 with some 2,500 bunches."""


def totals(run: SeasonRun, lumi: LumiUnits) -> Row:
    """The luminosity attributes of the whole run; null without collisions."""
    if run.luminosity is None:
        return dict.fromkeys(("delivered_lumi", "recorded_lumi", "init_lumi", "end_lumi"))
    instantaneous = _instantaneous(run.luminosity.delivered, lumi)
    return {
        "delivered_lumi": round(float(run.luminosity.delivered.sum()) * lumi.per_pb, 6),
        "recorded_lumi": round(float(run.luminosity.recorded.sum()) * lumi.per_pb, 6),
        "init_lumi": instantaneous[0],
        "end_lumi": instantaneous[-1],
    }


def rows(run: SeasonRun, lumi: LumiUnits) -> tuple[Row, ...]:
    """The lumisections that OMS lists, ascending."""
    numbers = list(run.known)
    bits = _bits(run)
    columns = {"lumisection_number": numbers} | _times(run, numbers) | _luminosity(run, lumi, numbers=numbers)
    columns |= _prescales(run, numbers)
    common: Row = {"run_number": run.run_number, "fill_number": run.place.fill_number}
    keys = tuple(columns)
    return tuple(
        {**common, **bits[number], **dict(zip(keys, values, strict=True))}
        for number, values in zip(numbers, zip(*columns.values(), strict=True), strict=True)
    )


def _bits(run: SeasonRun) -> dict[int, Row]:
    """The bits of each lumisection by number; one object for all of a phase."""
    out: dict[int, Row] = {}
    for phase in run.phases:
        words: Row = dict(bits_of(phase, has_gem=run.year.has_gem, with_ions=run.kind is RunKind.IONS))
        words["physics_flag"] = run.kind is RunKind.COLLISIONS and not phase.missing & STABLE_BEAMS
        out |= dict.fromkeys(LumiSet.of([phase.lumisections]), words)
    return out


def _times(run: SeasonRun, numbers: list[int]) -> Row:
    begin = np.datetime64(run.start.replace(tzinfo=None), "s")
    ends = (np.array(numbers) * SECONDS_PER_LUMI).astype("timedelta64[s]")
    starts = ((np.array(numbers) - 1) * SECONDS_PER_LUMI).astype("timedelta64[s]")
    return {
        "start_time": [f"{time}Z" for time in (begin + starts).astype(str)],
        "end_time": [f"{time}Z" for time in (begin + ends).astype(str)],
    }


def _luminosity(run: SeasonRun, lumi: LumiUnits, *, numbers: list[int]) -> dict[str, list[object]]:
    """Delivered and recorded since the run began, and in Run 3 also per lumisection.

    In a few runs OMS never had the luminosity of the very last lumisection, after the beams: null.
    """
    names = ["delivered_lumi", "recorded_lumi"]
    single = [f"{name}_per_lumisection" for name in names] if run.year.per_lumisection_fields else []
    if run.luminosity is None:
        return {name: [None] * len(numbers) for name in (*names, *single, "init_lumi", "end_lumi", "pileup")}
    at = np.array(numbers) - 1
    values = [run.luminosity.delivered, run.luminosity.recorded]
    out = {name: (np.cumsum(v)[at] * lumi.per_pb).round(6).tolist() for name, v in zip(names, values, strict=True)}
    out |= {name: (v[at] * lumi.per_pb).round(6).tolist() for name, v in zip(single, values, strict=bool(single))}
    begin = _instantaneous(run.luminosity.delivered, lumi)
    out["init_lumi"] = [begin[i] for i in at]
    out["end_lumi"] = [begin[min(i + 1, len(begin) - 1)] for i in at]
    mean = run.luminosity.delivered * E34_PER_PB_AND_LUMISECTION * PILEUP_PER_E34
    out["pileup"] = mean[at].round(2).tolist()
    if run.phases[-1].missing and Random(f"null {run.run_number}").random() < 0.05:
        for name in (*names, *single):
            out[name][-1] = None
    return out


def _prescales(run: SeasonRun, numbers: list[int]) -> dict[str, list[object]]:
    if run.luminosity is None or run.kind is not RunKind.COLLISIONS:
        return {"prescale_index": [0] * len(numbers), "prescale_name": ["Default"] * len(numbers)}
    level = np.maximum.accumulate(_instantaneous_array(run.luminosity.delivered)[::-1])[::-1]
    chosen = [next(c for c in COLUMNS if level[number - 1] >= c[0]) for number in numbers]
    return {"prescale_index": [c[1] for c in chosen], "prescale_name": [c[2] for c in chosen]}


def _instantaneous_array(delivered: Values) -> Values:
    return delivered * E34_PER_PB_AND_LUMISECTION


def _instantaneous(delivered: Values, lumi: LumiUnits) -> list[float]:
    return (_instantaneous_array(delivered) * lumi.per_e34).round(6).tolist()
