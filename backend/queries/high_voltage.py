"""Where the high voltage of detectors is on: the lumisections in which every DCS bit of them says ready."""

from collections.abc import Collection, Mapping
from functools import reduce
from operator import and_

from sqlalchemy import text
from sqlmodel import Session

from backend.projections.datasets import known_of
from models.lumis import EMPTY, LumiRange, LumiSet
from models.vocabulary import OMS_WORKSPACE, ONLINE, Bit

_DATASETS = text("""
    SELECT d.id, o.id AS online, d.known, r.known AS run_known
    FROM dataset d
    JOIN run r ON r.run_number = d.run_number
    LEFT JOIN dataset o ON o.run_number = d.run_number AND o.name = :online
    WHERE d.id = ANY(:ids)
""")
_BITS = text("SELECT id FROM lumisection_column WHERE workspace = :oms AND name = ANY(:bits)")
_SAID = text("""
    SELECT s.dataset_id, u.column_id, u.first, u.last, u.value
    FROM segments s, unnest(s.columns, s.firsts, s.lasts, s."values") AS u (column_id, first, last, value)
    WHERE s.dataset_id = ANY(:datasets) AND u.column_id = ANY(:columns)
""")

_Said = Mapping[tuple[int, int], tuple[LumiSet, LumiSet]]
"""(Dataset, bit) → where it is ready, and where it is known whether it is."""
_NOTHING = (EMPTY, EMPTY)


def lumisections_ready(session: Session, ids: Collection[int], *, bits: Collection[str]) -> dict[int, int]:
    """Dataset → its lumisections in which all of these bits (``bpix_ready``) say ready.

    A dataset has its bits from OMS, but for what was said of the dataset itself (as in :func:`strip_of`). A dataset of
    which one of the bits is known nowhere (OMS says null, or nothing) is left out.
    """
    datasets = session.execute(_DATASETS, {"ids": list(ids), "online": ONLINE}).all()
    columns = list(session.execute(_BITS, {"oms": OMS_WORKSPACE, "bits": list(bits)}).scalars())
    if len(columns) < len(set(bits)):
        return {}
    said = _said(session, {id_ for row in datasets for id_ in (row.id, row.online) if id_ is not None}, columns)
    found: dict[int, int] = {}
    for row in datasets:
        ready = [_ready(said, row.id, row.online, bit) for bit in columns]
        if all(where is not None for where in ready):
            known = known_of(row.known, row.run_known)
            found[row.id] = len(reduce(and_, (where for where in ready if where is not None), known))
    return found


def _ready(said: _Said, dataset: int, online: int | None, bit: int) -> LumiSet | None:
    """Where the bit is ready; none if nothing is known of it anywhere."""
    own_ready, own = said.get((dataset, bit), _NOTHING)
    of_oms_ready, of_oms = _NOTHING if online is None else said.get((online, bit), _NOTHING)
    return own_ready | (of_oms_ready - own) if own or of_oms else None


def _said(session: Session, datasets: Collection[int], columns: Collection[int]) -> _Said:
    ranges: dict[tuple[int, int], list[tuple[LumiRange, int]]] = {}
    for dataset, column, first, last, value in session.execute(
        _SAID, {"datasets": list(datasets), "columns": list(columns)}
    ):
        if value != Bit.NULL:
            ranges.setdefault((dataset, column), []).append((LumiRange(first, last), value))
    return {
        at: (LumiSet.of(r for r, value in of if value == Bit.TRUE), LumiSet.of(r for r, _ in of))
        for at, of in ranges.items()
    }
