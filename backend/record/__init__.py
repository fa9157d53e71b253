"""The one door for writes: :func:`record` takes an act, and one transaction later it is in the log and in sight."""

from backend.record.act import (
    Act,
    ConfigurationSaid,
    DatasetKey,
    DatasetSaid,
    LuminositySaid,
    LumisectionSaid,
    Recorded,
    RunSaid,
)
from backend.record.columns import Texts, columns_by_name, register_columns, register_texts
from backend.record.door import record
from backend.record.locks import lock_runs
from backend.record.undo import undo

__all__ = [
    "Act",
    "ConfigurationSaid",
    "DatasetKey",
    "DatasetSaid",
    "LuminositySaid",
    "LumisectionSaid",
    "Recorded",
    "RunSaid",
    "Texts",
    "columns_by_name",
    "lock_runs",
    "record",
    "register_columns",
    "register_texts",
    "undo",
]
