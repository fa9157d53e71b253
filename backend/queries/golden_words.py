"""What acts said of golden JSONs, as people read it in the Log."""

from collections.abc import Iterator, Mapping
from typing import Any


def golden_words(said: Mapping[str, Any]) -> str:
    """What was said of a golden JSON in one line.

    >>> golden_words({"label": "week 12", "tags": ["a", "b"], "official": "golden"})
    'label week 12, official golden, tags a, b'
    >>> golden_words({"official": None, "deleted": False, "note": ""})
    'brought back, no note, not official any more'
    """
    return ", ".join(_words(said))


def _words(said: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(said):
        value = said[name]
        match name:
            case "deleted":
                yield "deleted" if value else "brought back"
            case "official":
                yield f"official {value}" if value else "not official any more"
            case "tags":
                yield f"tags {', '.join(value)}" if value else "no tags"
            case "file_name":
                yield f"file {value}"
            case _:
                yield f"{name} {value}" if value else f"no {name}"
