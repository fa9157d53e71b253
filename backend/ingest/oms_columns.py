"""The lumisection columns that OMS fills: DCS and beam bits, physics flag, prescale; numbered when first needed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from backend.db import transaction
from backend.ingest.oms_lumisections import OmsLumisections
from backend.record import Texts, register_columns, register_texts
from backend.record.columns import NewColumn
from models.vocabulary import DCS_BITS, OMS_WORKSPACE, OTHER_LUMISECTION_ATTRIBUTES, ColumnKind

INGEST = "ingest"
"""Who speaks in the log for OMS, unless a person asked for it."""

PRESCALE_INDEX = "prescale_index"
PRESCALE_NAME = "prescale_name"

_EXPECTED = tuple(
    NewColumn(OMS_WORKSPACE, name, kind)
    for name, kind in (dict.fromkeys(DCS_BITS, ColumnKind.BIT) | OTHER_LUMISECTION_ATTRIBUTES).items()
)


@dataclass(frozen=True, slots=True)
class OmsColumns:
    """The numbers that stand in the log for what OMS names: of attributes per lumisection, and of prescale names."""

    ids: Mapping[str, int]
    bits: frozenset[int]
    prescales: Texts


def oms_columns(engine: Engine, lumisections: OmsLumisections) -> OmsColumns:
    """The columns for these lumisections; those that are new, unknown detectors included, begin to exist.

    They are registered in a transaction of their own: it takes the clock, and whoever goes on to lock a run while
    holding the clock could wait for somebody who holds the run and waits for the clock.
    """
    with transaction(engine) as session:
        why = f"OMS has them for run {lumisections.run_number}"
        known = register_columns(session, _wanted(lumisections.bits), by=INGEST, why=why)
        own = {column.name: column for column in known.values() if column.workspace == OMS_WORKSPACE}
        names = {name for name in lumisections.prescale_name if name is not None}
        prescales = register_texts(session, own[PRESCALE_NAME], words=names, by=INGEST) if names else {}
    return OmsColumns(
        ids={name: column.id for name, column in own.items()},
        bits=frozenset(column.id for column in own.values() if column.kind is ColumnKind.BIT),
        prescales=prescales,
    )


def _wanted(bits: Iterable[str]) -> list[NewColumn]:
    """All that OMS is expected to tell, in the order in which it is shown, then what else it tells."""
    expected = {column.name for column in _EXPECTED}
    return [*_EXPECTED, *(NewColumn(OMS_WORKSPACE, name, ColumnKind.BIT) for name in bits if name not in expected)]
