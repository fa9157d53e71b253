"""What OMS says of a run now, in the registry's numbers: ready to be held against what it said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.errors import SourceNonsense
from backend.ingest.oms_columns import PRESCALE_INDEX, PRESCALE_NAME, OmsColumns
from backend.ingest.oms_lumisections import OmsLumisections, beams_present_and_stable
from backend.ingest.oms_run import OmsRun
from backend.ingest.stretches import UNSAID, Table
from backend.projections.segments import Ints
from models.lumis import LumiSet
from models.vocabulary import Bit

OMS = "oms."
KNOWN = "known"

DERIVED = frozenset({"oms.beams_present_and_stable", "oms.ls_duration"})
"""Attributes of a run that the lumisections tell, not OMS's own words about the run."""

_BIT = {True: int(Bit.TRUE), False: int(Bit.FALSE), None: int(Bit.NULL)}
_LARGEST = 2**31 - 1
"""The largest value that the database keeps for a lumisection."""


@dataclass(frozen=True, slots=True)
class OmsSays:
    """What OMS says of one run. ``attributes`` are named as in the log; luminosity is that of ``table.numbers``."""

    run_number: int
    attributes: dict[str, Any]
    known: LumiSet
    table: Table
    delivered: Sequence[float | None]
    recorded: Sequence[float | None]
    is_running: bool


def oms_says(run: OmsRun, lumisections: OmsLumisections, columns: OmsColumns) -> OmsSays:
    """What OMS says of the run and its lumisections."""
    numbers = np.array(lumisections.numbers, np.int64)
    return OmsSays(
        run_number=run.run_number,
        attributes=run_attributes(run)
        | {
            "oms.beams_present_and_stable": beams_present_and_stable(lumisections),
            "oms.ls_duration": len(lumisections.numbers),
        },
        known=_known(numbers),
        table=_table(lumisections, numbers, columns),
        delivered=lumisections.delivered_per_pb,
        recorded=lumisections.recorded_per_pb,
        is_running=run.end_time is None,
    )


def run_attributes(run: OmsRun) -> dict[str, Any]:
    """What OMS says of the run itself, named as in the log."""
    return {OMS + name: value for name, value in run.attributes.items()}


def _known(numbers: Ints) -> LumiSet:
    """The lumisections as ranges; a hole stays a hole."""
    gaps = np.flatnonzero(np.diff(numbers) > 1)
    firsts = numbers[np.concatenate(([0], gaps + 1))] if len(numbers) else numbers
    lasts = numbers[np.concatenate((gaps, [-1]))] if len(numbers) else numbers
    return LumiSet.pairs(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _table(lumisections: OmsLumisections, numbers: Ints, columns: OmsColumns) -> Table:
    rows = {columns.ids[name]: [_BIT[value] for value in bit] for name, bit in lumisections.bits.items()}
    rows[columns.ids[PRESCALE_INDEX]] = _indices(lumisections)
    rows[columns.ids[PRESCALE_NAME]] = [
        UNSAID if name is None else columns.prescales[name] for name in lumisections.prescale_name
    ]
    ids = sorted(rows)
    values = np.array([rows[id_] for id_ in ids], np.int64).reshape(len(ids), len(numbers))
    return Table(np.array(ids, np.int64), numbers, values)


def _indices(lumisections: OmsLumisections) -> list[int]:
    said = lumisections.prescale_index
    if wrong := [index for index in set(said) if index is not None and abs(index) > _LARGEST]:
        raise SourceNonsense(
            f"OMS says that a prescale_index of run {lumisections.run_number} is {wrong[0]}, which cannot be."
        )
    return [UNSAID if index is None else index for index in said]
