"""A dataset as it stands: its states and attributes, from everything said of it."""

from collections.abc import Iterable
from typing import Any

from backend.projections.attributes import AttributeChange, attributes_in_force
from models.lumis import LumiSet

MADE = "made"
"""The attribute by which an act makes a dataset exist again whose making was undone."""

_STATE = "state."


def dataset_attributes(changes: Iterable[AttributeChange]) -> dict[str, Any]:
    """The columns of the projection ``dataset`` that come from attribute words; undone ones left out beforehand."""
    said = attributes_in_force(changes)
    said.pop(MADE, None)
    known = said.pop("known", None)
    return {
        "states": {name.removeprefix(_STATE): value for name, value in said.items() if name.startswith(_STATE)},
        "is_hidden": bool(said.pop("hidden", False)),
        "known": None if known is None else LumiSet.pairs(known).as_flat(),
        "attributes": {name: value for name, value in said.items() if not name.startswith(_STATE)},
    }


def is_there(created_by: int, undone: frozenset[int], changes: Iterable[AttributeChange]) -> bool:
    """Does a dataset exist: is the act that created it not undone, or was it made again by one that is not?"""
    return created_by not in undone or any(MADE in c.said for c in changes if c.change_set not in undone)


def known_of(dataset_known: Iterable[int] | None, run_known: Iterable[int]) -> LumiSet:
    """The lumisections a dataset has: the run's, narrowed by its own where its source says so. Both are flat."""
    of_run = LumiSet.flat(run_known)
    return of_run if dataset_known is None else of_run & LumiSet.flat(dataset_known)
