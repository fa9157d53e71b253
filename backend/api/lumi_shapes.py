"""Lumisections as the original writes them: one by one from 1 on, or as ranges over which the same is said.

Only known lumisections are told of. Where OMS has a hole there is no range, and numbers stay what they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeAlias, TypeVar

from backend.queries import RunLuminosity, Strip
from models.lumis import LumiRange, LumiSet
from models.vocabulary import OMS_WORKSPACE, UNSAID, Bit, ColumnKind, Status

T = TypeVar("T")
Cells: TypeAlias = dict[str, dict[int, Any]]
"""Column → lumisection → what is said of it there; every known lumisection is in every column."""

UNSAID_TRIPLET = {"status": UNSAID, "comment": "", "cause": ""}
"""What stands where nobody said anything of a component."""

HOLE = {"err": "No data available for this lumisection"}
"""What stands for a lumisection that OMS left out (original-backend.md §5)."""


def flags_of(strip: Strip) -> Cells:
    """``{"tracker-strip": {1: {"status": "GOOD", "comment": "", "cause": ""}, …}}`` of every component spoken of."""
    flags = (column for column in strip.columns if column.column.kind is ColumnKind.FLAG)
    return {
        str(flag.column): _spread(
            ((said.range, triplet(said.value, strip.words[said.word])) for said in flag.segments),
            strip.known,
            UNSAID_TRIPLET,
        )
        for flag in flags
    }


def bits_of(strip: Strip) -> Cells:
    """``{"bpix_ready": {1: true, …}, "prescale_index": {1: 2, …}}``: what OMS says; null where it says nothing."""
    of_oms = (column for column in strip.columns if column.column.workspace == OMS_WORKSPACE)
    return {
        column.column.name: _spread(((said.range, plain(said.value)) for said in column.segments), strip.known, None)
        for column in of_oms
    }


def light_of(luminosity: RunLuminosity, known: LumiSet) -> Cells:
    """``recorded`` and ``delivered`` in /pb; empty if no source knows the run."""
    if luminosity.source is None:
        return {}
    told = {"recorded": luminosity.recorded_per_pb, "delivered": luminosity.delivered_per_pb}
    return {name: {number: values.get(number) for number in known} for name, values in told.items()}


def triplet(status: object, word: Any) -> dict[str, str]:
    """A flag with its comment and cause; ``word`` has both, none where unsaid."""
    assert isinstance(status, Status)
    return {"status": status.word, "comment": word.comment or "", "cause": word.cause or ""}


def plain(value: object) -> object:
    """A bit as JSON says it; anything else as it is."""
    return value.boolean if isinstance(value, Bit) else value


def one_by_one(cells: Cells, known: LumiSet, *, hole: Mapping[str, Any] | None = None) -> list[Mapping[str, Any]]:
    """What is said of each lumisection, that of the first one first; ``hole`` stands for those that are not known."""
    if not cells or not known:
        return []
    rows = _rows(cells, known)
    missing = dict.fromkeys(cells, UNSAID_TRIPLET) if hole is None else hole
    return [rows.get(number, missing) for number in LumiSet.span(1, known.ranges[-1].last)]


def as_ranges(cells: Cells, known: LumiSet) -> list[dict[str, Any]]:
    """``[{column: value, …, "start": n, "end": n}, …]``: ranges over which every column says the same."""
    if not cells:
        return []
    return [{**row, "start": r.first, "end": r.last} for r, row in stretches(_rows(cells, known), known)]


def stretches(values: Mapping[int, T], known: LumiSet) -> Iterator[tuple[LumiRange, T]]:
    """The longest ranges of known lumisections over which a value stays, ascending; a hole ends a range."""
    for connected in known.ranges:
        for value, numbers in groupby(LumiSet((connected,)), key=values.__getitem__):
            first, *rest = numbers
            yield LumiRange(first, rest[-1] if rest else first), value


def _rows(cells: Cells, known: LumiSet) -> dict[int, dict[str, Any]]:
    return {number: {name: of[number] for name, of in cells.items()} for number in known}


def _spread(said: Iterable[tuple[LumiRange, Any]], known: LumiSet, unsaid: Any) -> dict[int, Any]:
    spread = dict.fromkeys(known, unsaid)
    for range_, value in said:
        spread.update(dict.fromkeys(LumiSet((range_,)) & known, value))
    return spread
