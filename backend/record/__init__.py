"""The one door for writes: :func:`record` takes an act, and one transaction later it is in the log and in sight."""

from backend.record.act import (
    Act,
    ConfigurationSaid,
    CycleSaid,
    DatasetKey,
    DatasetSaid,
    GoldenJsonMade,
    GoldenJsonSaid,
    LuminositySaid,
    LumisectionSaid,
    Recorded,
    RunSaid,
)
from backend.record.columns import Texts, columns_by_name, register_columns, register_texts
from backend.record.configuring import configurations_after_undo
from backend.record.cycles import cycles_after_undo, hold_cycle_names, lock_cycles, next_cycle
from backend.record.door import record
from backend.record.golden_jsons import lock_golden_jsons, next_golden_json
from backend.record.locks import lock_configuration, lock_luminosity, lock_runs
from backend.record.undo import refuse_to_undo, undo

__all__ = [
    "Act",
    "ConfigurationSaid",
    "CycleSaid",
    "DatasetKey",
    "DatasetSaid",
    "GoldenJsonMade",
    "GoldenJsonSaid",
    "LuminositySaid",
    "LumisectionSaid",
    "Recorded",
    "RunSaid",
    "Texts",
    "columns_by_name",
    "configurations_after_undo",
    "cycles_after_undo",
    "hold_cycle_names",
    "lock_configuration",
    "lock_cycles",
    "lock_golden_jsons",
    "lock_luminosity",
    "lock_runs",
    "next_cycle",
    "next_golden_json",
    "record",
    "refuse_to_undo",
    "register_columns",
    "register_texts",
    "undo",
]
