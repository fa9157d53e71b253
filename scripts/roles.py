"""The e-groups of a registry beside those of an identity provider: what it lacks, what is unused or misspelled."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from backend.access.egroups import PREFIX


def names_in(text: str) -> frozenset[str]:
    """The names in a list: the texts of a JSON wherever they stand (of objects ``name`` or ``id``), or the lines.

    Raises
    ------
    ValueError
        If there is none.
    """
    try:
        found = frozenset(_texts(json.loads(text)))
    except json.JSONDecodeError:
        found = frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    if not found:
        raise ValueError("the list of the identity provider names nothing")
    return found


def compared(needed: Mapping[str, int], has: frozenset[str] | None) -> tuple[list[str], bool]:
    """The lines that tell it, and whether the provider lacks nothing. Without its list: what it needs.

    Parameters
    ----------
    needed
        E-group → how many rights it has.
    """
    if has is None:
        return [f"{egroup}  {rights} rights" for egroup, rights in sorted(needed.items())], True
    by_letters = {name.lower(): name for name in has}
    lines = []
    lacking = sorted(needed.keys() - has)
    for egroup in lacking:
        close = by_letters.get(egroup.lower())
        hint = f" (it has {close}: e-groups are matched letter by letter)" if close else ""
        lines.append(f"lacks   {egroup}{hint}")
    known = (name for name in has if name.startswith(PREFIX))
    lines += [f"unused  {name}" for name in sorted(set(known) - needed.keys())]
    lines += [f"has     {egroup}" for egroup in sorted(needed.keys() & has)]
    return lines, not lacking


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, list):
        for one in said:
            yield from _texts(one)
    elif isinstance(said, dict):
        name = said.get("name") or said.get("id")
        if isinstance(name, str):
            yield name
        else:
            for one in said.values():
                yield from _texts(one)
