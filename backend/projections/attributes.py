"""Which attributes hold of a run or dataset: a person outranks a rule; among equals, the later word wins."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.vocabulary import Origin


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """A row of ``run_change`` or ``dataset_change`` with the act it belongs to, as the fold reads it."""

    id: int
    change_set: int
    of: int
    """The run number or dataset id."""
    origin: int
    said: Mapping[str, Any]
    withdraws: Sequence[int] | None
    kind: str
    by: str


def attributes_in_force(changes: Iterable[AttributeChange]) -> dict[str, Any]:
    """The attributes that hold, of all that was said; undone acts and proposals are left out beforehand."""
    return {attribute: change.said[attribute] for attribute, change in deciding_changes(changes).items()}


def deciding_changes(changes: Iterable[AttributeChange]) -> dict[str, AttributeChange]:
    """The change by which each attribute holds, of all that was said; undone acts and proposals are left out before."""
    spoken: dict[tuple[str, int], AttributeChange] = {}
    for change in sorted(changes, key=lambda c: c.id):
        for attribute in change.said:
            if change.withdraws is None:
                spoken[attribute, change.origin] = change
            else:
                for origin in change.withdraws:
                    spoken.pop((attribute, origin), None)
    deciding = sorted((key for key in spoken if key[1] != Origin.MODEL), key=lambda key: key[1])
    return {attribute: spoken[attribute, origin] for attribute, origin in deciding}
