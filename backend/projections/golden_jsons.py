"""A golden JSON as it stands: its label, tags, file name and official mark, from everything said of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.projections.undone import Undone

GOLDEN_JSONS = "golden_jsons"
"""What an undo is narrowed to is named so in its scope."""


@dataclass(frozen=True, slots=True)
class GoldenJsonWord:
    """A row of ``golden_json_change``, as the fold reads it."""

    change_set: int
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GoldenJsonMaking:
    """By which change set a golden JSON came into the registry, and whose that was."""

    change_set: int
    by: str


def golden_json_row(
    id_: int, making: GoldenJsonMaking, *, words: Iterable[GoldenJsonWord], undone: Undone
) -> dict[str, Any] | None:
    """The row of the projection; none if the JSON is deleted or its making undone.

    Parameters
    ----------
    words
        What was said of it, the earliest first; the later word wins.
    """
    taken_back = undone.acts("golden_jsons", id_)
    said: dict[str, Any] = {}
    official_since = None
    for word in words:
        if word.change_set not in taken_back:
            said |= word.said
            if "official" in word.said:
                official_since = word.change_set if word.said["official"] else None
    if making.change_set in taken_back or said.get("deleted"):
        return None
    return {
        "id": id_,
        "made_by": making.by,
        "label": said.get("label", ""),
        "note": said.get("note", ""),
        "tags": said.get("tags", []),
        "file_name": said.get("file_name", ""),
        "official": said.get("official"),
        "official_since": official_since,
    }
