"""A cycle as it stands: its name, deadline, datasets and states per workspace, from everything said of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.projections.undone import Undone

STATE = "state."
DESKS = "desks"
"""Said when it is said for whom the cycle is, beside the states that follow; that a desk is done is said without."""


@dataclass(frozen=True, slots=True)
class CycleWord:
    """A row of ``cycle_change``, as the fold reads it."""

    change_set: int
    said: Mapping[str, Any]
    added: Iterable[int]
    removed: Iterable[int]


def cycle_row(id_: int, made_by: int, *, words: Iterable[CycleWord], undone: Undone) -> dict[str, Any] | None:
    """The row of the projection; none if the cycle is deleted or its making undone.

    Parameters
    ----------
    made_by
        The change set that made the cycle.
    words
        What was said of it, the earliest first; the later word wins.
    """
    taken_back = undone.acts("cycles", id_)
    said: dict[str, Any] = {}
    datasets: set[int] = set()
    for word in words:
        if word.change_set not in taken_back:
            said |= word.said
            datasets = (datasets - set(word.removed)) | set(word.added)
    if made_by in taken_back or said.get("deleted"):
        return None
    states = {name.removeprefix(STATE): state for name, state in said.items() if name.startswith(STATE)}
    return {
        "id": id_,
        "name": said.get("name", ""),
        "description": said.get("description", ""),
        "deadline": said.get("deadline"),
        "states": {workspace: state for workspace, state in states.items() if state is not None},
        "datasets": sorted(datasets),
    }
