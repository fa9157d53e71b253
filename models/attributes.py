"""Which attributes of a run have a typed column, and where flags and DCS bits are counted. Imports no table."""

from models.vocabulary import Bit, Status

OMS_COLUMNS = {
    "fill_number": "fill_number",
    "start_time": "start_time",
    "end_time": "end_time",
    "last_update": "oms_last_update",
    "duration": "duration_seconds",
    "energy": "energy_gev",
    "b_field": "b_field_tesla",
    "delivered_lumi": "delivered_per_pb",
    "recorded_lumi": "recorded_per_pb",
    "hlt_key": "hlt_key",
    "l1_key": "l1_key",
    "l1_hlt_mode": "l1_hlt_mode",
    "injection_scheme": "injection_scheme",
    "fill_type_runtime": "fill_type",
    "clock_type": "clock_type",
    "sequence": "sequence",
    "cmssw_version": "cmssw_version",
    "stable_beam": "stable_beam",
    "hlt_physics_counter": "hlt_physics_counter",
    "l1_rate": "l1_rate_hz",
    "components": "components",
}
"""OMS attribute → typed column of :class:`models.run.Run`."""

REGISTRY_ATTRIBUTES = ("run_class", "is_significant", "state", "stop_reason")
"""The registry's own attributes of a run: said by rules and people, never by OMS."""

COUNTS_PER_FLAG = len(Status)
"""How many counts one flag takes in ``dataset.counts``: one per status, in the order of ``Status``."""


def count_position(column_id: int, status: Status) -> int:
    """Where in ``dataset.counts`` the lumisections of a flag with a status are counted, from 1 as in SQL.

    >>> count_position(1, Status.GOOD), count_position(2, Status.BAD)
    (1, 8)
    """
    return (column_id - 1) * COUNTS_PER_FLAG + status


FIRST_OTHER_COLUMN = 1001
"""Flags are numbered below; what OMS fills from here on (``models/identity.py``)."""

COUNTED_BITS = (Bit.FALSE, Bit.TRUE)
"""The values of a DCS bit whose lumisections are counted in ``dataset.bits``, in order."""


def bit_position(column_id: int, bit: Bit) -> int:
    """Where in ``dataset.bits`` the lumisections of a DCS bit with a value are counted, from 1 as in SQL.

    >>> bit_position(1001, Bit.FALSE), bit_position(1002, Bit.TRUE)
    (1, 4)
    """
    return (column_id - FIRST_OTHER_COLUMN) * len(COUNTED_BITS) + COUNTED_BITS.index(bit) + 1
