"""A run as it stands: from everything said of it to the row that pages show."""

from collections.abc import Iterable
from typing import Any

from backend.projections.attributes import AttributeChange, attributes_in_force
from backend.projections.undone import Undone
from models.attributes import OMS_COLUMNS, REGISTRY_ATTRIBUTES
from models.lumis import LumiSet
from models.vocabulary import ActKind

_OMS = "oms."
_WHOLE = frozenset({"fill_number", "duration_seconds", "hlt_physics_counter"})


def run_row(run_number: int, changes: Iterable[AttributeChange], undone: Undone) -> dict[str, Any] | None:
    """The row of the projection ``run`` as JSON values, or none if the run no longer exists.

    Parameters
    ----------
    changes
        Every word about the run, those of undone acts and of proposals included; at least the act that created it.
    """
    spoken = sorted(changes, key=lambda c: c.id)
    taken_back = undone.acts("runs", run_number)
    standing = [c for c in spoken if c.change_set not in taken_back]
    if not standing:
        return None
    said = attributes_in_force(c for c in standing if c.kind != ActKind.PROPOSAL)
    known = LumiSet.pairs(said.get("known") or ())
    oms = {name.removeprefix(_OMS): value for name, value in said.items() if name.startswith(_OMS)}
    return {
        "run_number": run_number,
        **{column: _typed(column, oms.get(attribute)) for attribute, column in OMS_COLUMNS.items()},
        **{attribute: said.get(attribute) for attribute in REGISTRY_ATTRIBUTES},
        "known": known.as_flat(),
        "lumisections": len(known),
        "proposed_by": pending_proposal(standing),
        "oms": oms,
    }


def _typed(column: str, value: Any) -> Any:
    """OMS writes some counters as ``7224070.0``; the column is a whole number."""
    return round(value) if column in _WHOLE and isinstance(value, float) else value


def pending_proposal(changes: Iterable[AttributeChange]) -> int | None:
    """The first proposal that nobody has accepted or rejected since, among words that are not undone."""
    pending: int | None = None
    for change in sorted(changes, key=lambda c: c.id):
        match change.kind:
            case ActKind.PROPOSAL:
                pending = pending or change.change_set
            case ActKind.ACCEPT | ActKind.REJECT:
                pending = None
    return pending
