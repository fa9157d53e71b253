"""The shape of an answer, field by field: what is at which place, and of which kind. Two of them are compared.

The recordings are trimmed: where one says so, more may be there than is shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TRIMMED = ("__trimmed_list_of__", "__trimmed_dict_of__")


@dataclass
class Shape:
    """The kinds that were met at one place, what is inside, and whether not everything is shown."""

    kinds: set[str] = field(default_factory=set)
    inside: dict[str, "Shape"] = field(default_factory=dict)
    is_trimmed: bool = False

    def take_in(self, value: Any) -> "Shape":
        """Widen the shape by one more value that was met at the place."""
        self.kinds.add(_kind(value))
        if isinstance(value, dict):
            self.is_trimmed |= any(word in value for word in TRIMMED)
            for name, item in value.items():
                if name not in TRIMMED:
                    self.inside.setdefault(name, Shape()).take_in(item)
        if isinstance(value, list):
            items = [item for item in value if not (isinstance(item, dict) and TRIMMED[0] in item)]
            for item in items:
                self.inside.setdefault("[]", Shape(is_trimmed=len(items) < len(value))).take_in(item)
        return self


def shape(value: Any) -> Shape:
    """The shape of an answer."""
    return Shape().take_in(value)


def unlike(theirs: Shape, ours: Shape, place: str = "") -> Iterator[str]:
    """Where the shapes differ: ``version: not there``, ``undone: more``, ``id: number, here text``."""
    told, here = theirs.kinds - {"null"}, ours.kinds - {"null"}
    if told and here - told:
        yield f"{place or 'the answer'}: {' or '.join(sorted(told))}, here {' or '.join(sorted(here))}"
        return
    if not ours.inside or not theirs.inside:
        return
    for name in sorted(theirs.inside.keys() | ours.inside.keys()):
        where = f"{place}.{name}".removeprefix(".")
        if name not in ours.inside:
            yield f"{where}: not there"
        elif name in theirs.inside:
            yield from unlike(theirs.inside[name], ours.inside[name], where)
        elif not theirs.is_trimmed:
            yield f"{where}: more"


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "yes or no"
        case int() | float():
            return "number"
        case str():
            return "text"
        case list():
            return "list"
        case _:
            return "object"
