"""A run as the lumisection strip wants it: components with their words, bits merged where they agree, who and why."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from backend.queries import ColumnStrip, HistoryEntry, Strip
from dashboard.components.lumi_strip import AsOfMark, StripBitRow, StripNote, StripPrescale, StripRow, StripSegment
from models.lumis import LumiSet
from models.vocabulary import SUBSYSTEM_OF_BIT, ActKind, Bit, ColumnKind, Origin, Status

_SUBSYSTEMS = tuple(dict.fromkeys(SUBSYSTEM_OF_BIT.values()))
_BEAMS = {"beam1", "beam2"}
_NOT_ACTS_ON_THE_RUN = frozenset({ActKind.SETUP})


def notes_of(strips: Iterable[Strip]) -> tuple[tuple[StripNote, ...], dict[int, int]]:
    """Who said the words of the strips, and the index of each word's note."""
    notes: list[StripNote] = []
    index: dict[int, int] = {}
    for strip in strips:
        for word, said in strip.words.items():
            if word not in index:
                index[word] = len(notes)
                notes.append(StripNote(said.by, said.at, said.origin, said.cause, said.comment))
    return tuple(notes), index


def component_rows(
    strips: Sequence[Strip], components: Sequence[str], index: Mapping[int, int], *, own: Collection[str] = ()
) -> tuple[StripRow, ...]:
    """A row for each component of which somebody spoke in one of the datasets; one lane per dataset.

    ``own`` are the workspaces of whoever looks: their components stay, though they are GOOD throughout.
    """
    rows = []
    for name in components:
        columns = [strip.column(name) for strip in strips]
        if not any(columns):
            continue
        group, _, label = name.partition("-")
        lanes = tuple(_segments(c, s, index) if c else None for c, s in zip(columns, strips, strict=True))
        rows.append(StripRow(name, label, group, lanes, _tail(strips, columns), group in own))
    return tuple(rows)


def bit_rows(strip: Strip, index: Mapping[int, int]) -> tuple[StripBitRow, ...]:
    """The DCS bits by subsystem; those of a subsystem that say the same throughout share a row."""
    merged: dict[tuple[object, ...], list[ColumnStrip]] = {}
    for column in strip.columns:
        if column.column.kind is ColumnKind.BIT and column.column.name in SUBSYSTEM_OF_BIT:
            said = tuple((s.range, s.value) for s in column.segments)
            merged.setdefault((SUBSYSTEM_OF_BIT[column.column.name], said), []).append(column)
    ordered = sorted(merged.items(), key=lambda item: _SUBSYSTEMS.index(str(item[0][0])))
    return tuple(_bit_row(columns, strip, index) for _, columns in ordered if _is_ever_known(columns[0]))


def prescale_rows(strip: Strip) -> tuple[StripPrescale, ...]:
    """The columns of the prescale table, by name and number; where OMS says but one of them, by that."""
    names, numbers = _by_value(strip, "oms-prescale_name"), _by_value(strip, "oms-prescale_index")
    both = [(where & there, f"{name} ({number})") for name, where in names for number, there in numbers]
    told = LumiSet.of(r for where, _ in both for r in where.ranges)
    alone = [(where - told, name) for name, where in (*names, *numbers)]
    return tuple(StripPrescale(range_, name) for where, name in (*both, *alone) for range_ in where.ranges)


def _by_value(strip: Strip, name: str) -> list[tuple[str, LumiSet]]:
    found: dict[str, LumiSet] = {}
    for said in column.segments if (column := strip.column(name)) else ():
        found[str(said.value)] = found.get(str(said.value), LumiSet()) | LumiSet((said.range,))
    return list(found.items())


def as_of_marks(history: Iterable[HistoryEntry]) -> tuple[AsOfMark, ...]:
    """The acts that touched the run, oldest first."""
    acts = sorted((a for a in history if a.kind not in _NOT_ACTS_ON_THE_RUN), key=lambda a: a.change_set)
    return tuple(AsOfMark(a.change_set, a.at, _by_person(a), f"{a.by}: {a.why}") for a in acts)


def _by_person(act: HistoryEntry) -> bool:
    return any(said.origin is Origin.PERSON for said in (*act.attributes, *act.ranges)) or act.undoes is not None


def _segments(column: ColumnStrip, strip: Strip, index: Mapping[int, int]) -> tuple[StripSegment, ...]:
    return tuple(
        StripSegment(s.range, s.value, strip.words[s.word].origin is Origin.PERSON, index[s.word])
        for s in column.segments
        if isinstance(s.value, Status | Bit)
    )


def _bit_row(columns: Sequence[ColumnStrip], strip: Strip, index: Mapping[int, int]) -> StripBitRow:
    false = _where(columns[0], Bit.FALSE) & strip.known
    tail = f"{len(false):,}" if false else ""
    return StripBitRow(str(columns[0].column), _label(columns), _segments(columns[0], strip, index), tail)


def _label(columns: Sequence[ColumnStrip]) -> str:
    """``tibtid · tob``; of both beams together, ``beams present · stable``."""
    names = [c.column.name.removesuffix("_ready") for c in columns]
    if {name.partition("_")[0] for name in names} == _BEAMS:
        return "beams " + " · ".join(dict.fromkeys(name.partition("_")[2] for name in names))
    return " · ".join(name.replace("_", " ") for name in names)


def _is_ever_known(column: ColumnStrip) -> bool:
    return any(s.value is not Bit.NULL for s in column.segments)


def _tail(strips: Sequence[Strip], columns: Sequence[ColumnStrip | None]) -> str:
    """How many lumisections differ between two datasets; of one alone, how many are not GOOD."""
    known = strips[0].known
    if len(columns) == 1 or columns[0] is None or columns[1] is None:
        column = columns[0] or columns[1]
        assert column is not None
        not_good = known - _where(column, Status.GOOD)
        return f"{len(not_good):,}" if not_good else ""
    differ = LumiSet()
    for status in Status:
        differ |= (_where(columns[0], status) ^ _where(columns[1], status)) & known
    return f"Δ {len(differ):,}" if differ else "same"


def _where(column: ColumnStrip, value: Status | Bit) -> LumiSet:
    return LumiSet.of(s.range for s in column.segments if s.value is value)
