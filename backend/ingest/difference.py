"""What OMS says now against what it last said: the words that are to be said, and no other.

By lumisection number, never by position. A lumisection that OMS takes away leaves ``known``; what was said of it
stays in the log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.ingest.said import Said
from backend.ingest.says import KNOWN, OMS, OmsSays
from backend.ingest.stretches import (
    Table,
    luminosity_at,
    luminosity_words,
    lumisection_words,
    table_of,
    unlike,
)
from backend.projections.segments import Ints, SegmentArrays
from backend.record import DatasetKey, LuminositySaid, LumisectionSaid
from models.attributes import FIRST_OTHER_COLUMN
from models.vocabulary import ONLINE, Bit

VOLATILE = frozenset(
    OMS + name
    for name in (
        "last_update", "duration", "last_lumisection_number",
        "delivered_lumi", "recorded_lumi", "init_lumi", "end_lumi",
        "l1_rate", "l1_triggers_counter", "beamactive_total_deadtime",
        "hlt_physics_counter", "hlt_physics_rate", "hlt_physics_size", "hlt_physics_throughput",
    )
)  # fmt: skip
"""What runs up while a run is being taken: it is said when the run ends, or together with something else."""

BOOKKEEPING = frozenset({"oms.last_update"})
"""What nobody needs to decide about, also after sign-off."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Words to be said of a run: changed attributes (null: gone), lumisections, luminosity. False if there are none."""

    attributes: Mapping[str, Any]
    lumisections: tuple[LumisectionSaid, ...]
    luminosities: tuple[LuminositySaid, ...]

    def __bool__(self) -> bool:
        return bool(self.attributes or self.lumisections or self.luminosities)

    @property
    def is_bookkeeping(self) -> bool:
        """Whether there is nothing in it that anybody needs to decide about."""
        return not self.lumisections and not self.luminosities and self.attributes.keys() <= BOOKKEEPING


def difference(now: OmsSays, before: Said) -> Difference:
    """What OMS says now and did not say before."""
    lumisections = _lumisections(now, before)
    luminosities = _luminosities(now, before)
    attributes = changed_attributes(now.attributes, before.attributes)
    if now.known != before.known or KNOWN not in before.attributes:
        attributes[KNOWN] = now.known.as_pairs()
    is_running_up = now.is_running and not lumisections and not luminosities and attributes.keys() <= VOLATILE
    return Difference({} if is_running_up else attributes, lumisections, luminosities)


def changed_attributes(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of OMS that are new, other, or gone; what is gone is null."""
    other = {name: value for name, value in now.items() if name not in before or not alike(value, before[name])}
    gone = [name for name, value in before.items() if name.startswith(OMS) and name not in now and value is not None]
    return other | dict.fromkeys(gone)


def alike(a: object, b: object) -> bool:
    """Whether two values are the same in JSON, where true is not 1."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def _lumisections(now: OmsSays, before: Said) -> tuple[LumisectionSaid, ...]:
    table = _with_absent_columns(now, before.segments)
    differs = table.values != table_of(before.segments, table.columns, table.numbers).values
    return lumisection_words(DatasetKey(now.run_number, ONLINE), table, differs)


def _with_absent_columns(now: OmsSays, before: SegmentArrays) -> Table:
    """What OMS says, with its columns that it spoke of before and no longer does: a bit is null, others unsaid.

    What rules proposed beside OMS is in flags, and not OMS's to take back.
    """
    absent = np.setdiff1d(before.column[before.column >= FIRST_OTHER_COLUMN], now.table.columns)
    if not len(absent):
        return now.table
    columns = np.concatenate((now.table.columns, absent))
    values = np.concatenate((now.table.values, np.full((len(absent), len(now.table.numbers)), int(Bit.NULL))))
    order = np.argsort(columns)
    return Table(columns[order], now.table.numbers, values[order])


def _luminosities(now: OmsSays, before: Said) -> tuple[LuminositySaid, ...]:
    numbers: Ints = now.table.numbers
    differs = np.zeros(len(numbers), np.bool_)
    for series, told in ((now.delivered, before.delivered), (now.recorded, before.recorded)):
        differs |= unlike(np.array(series, np.float64), luminosity_at(numbers, told))
    return luminosity_words(now.run_number, numbers, delivered=now.delivered, recorded=now.recorded, differs=differs)
