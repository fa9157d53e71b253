"""The lumisection strip on the wire: ranges as flat arrays of whole numbers to the browser, its acts back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from dashboard import look
from dashboard.components.lumi_strip.words import (
    AsOfMark,
    StripBitRow,
    StripEvent,
    StripNote,
    StripPrescale,
    StripRow,
    StripSegment,
)
from models.lumis import LumiRange, LumiSet
from models.vocabulary import SECONDS_PER_LUMI, UNSAID, Status


@dataclass(frozen=True, slots=True)
class Strip:
    """Everything that is shown of one run; :func:`~dashboard.components.lumi_strip.lumi_strip` explains each part."""

    known: LumiSet
    rows: Sequence[StripRow]
    bits: Sequence[StripBitRow] = ()
    notes: Sequence[StripNote] = ()
    lane_names: Sequence[str] = ()
    golden: LumiSet | None = None
    prescales: Sequence[StripPrescale] = ()
    recorded_per_pb: Sequence[float | None] = ()
    start: datetime | None = None
    selected: LumiRange | None = None
    ticked: frozenset[str] = frozenset()
    as_of_marks: Sequence[AsOfMark] = ()
    as_of: int | None = None
    fold_good: bool = True


def encode(strip: Strip) -> dict[str, object]:
    """The strip as the browser reads it: flat arrays, milliseconds since 1970, plain text."""
    return {
        "known": strip.known.as_flat(),
        "golden": None if strip.golden is None else (strip.golden & strip.known).as_flat(),
        "rows": [_row(row) for row in strip.rows],
        "bits": [{"name": b.name, "label": b.label, "tail": b.tail, "words": _words(b.segments)} for b in strip.bits],
        "prescales": [[p.range.first, p.range.last, p.name] for p in sorted(strip.prescales, key=lambda p: p.range)],
        "notes": [_note(note) for note in strip.notes],
        "lane_names": list(strip.lane_names),
        "recorded": [_rounded(value) for value in strip.recorded_per_pb],
        "start": None if strip.start is None else _milliseconds(strip.start),
        "seconds_per_lumi": SECONDS_PER_LUMI,
        "selected": None if strip.selected is None else [strip.selected.first, strip.selected.last],
        "ticked": sorted(strip.ticked),
        "marks": [[m.change_set, _milliseconds(m.at), int(m.by_person), m.label] for m in strip.as_of_marks],
        "as_of": strip.as_of,
        "fold_good": strip.fold_good,
        "looks": [_look(None), *map(_look, Status)],
    }


def read_act(act: object) -> StripEvent | None:
    """What the browser's act means; ``None`` if there was none.

    Raises
    ------
    BadLumisections
        If the browser names a range that cannot be.
    """
    match act:
        case {"range": pair, "ticked": [*ticked], "component": component, "as_of": as_of}:
            return StripEvent(
                range=LumiSet.pairs([pair]).ranges[0] if isinstance(pair, list) else None,
                ticked=frozenset(name for name in ticked if isinstance(name, str)),
                component=component if isinstance(component, str) else None,
                as_of=as_of if isinstance(as_of, int) else None,
            )
    return None


def in_force(strip: Strip, event: StripEvent | None) -> StripEvent:
    """The reader's act, or what the page holds where there was none; without rows and lumisections that are gone."""
    names = {row.name for row in strip.rows}
    if event is None:
        event = StripEvent(range=strip.selected, ticked=strip.ticked, as_of=strip.as_of)
    return StripEvent(
        range=_within(strip.known, event.range),
        ticked=event.ticked & names,
        component=event.component if event.component in names else None,
        as_of=event.as_of if event.as_of in {mark.change_set for mark in strip.as_of_marks} else None,
    )


def _row(row: StripRow) -> dict[str, object]:
    lanes = [None if lane is None else _words(lane) for lane in row.lanes]
    return {
        "name": row.name,
        "label": row.label,
        "group": row.group,
        "tail": row.tail,
        "stays": row.stays,
        "lanes": lanes,
    }


def _words(segments: Sequence[StripSegment]) -> list[int]:
    """``[first, last, value, by a person, note, …]``, ascending; no note is −1."""
    numbers: list[int] = []
    for s in sorted(segments, key=lambda s: s.range):
        numbers += (s.range.first, s.range.last, int(s.value), int(s.by_person), -1 if s.note is None else s.note)
    return numbers


def _note(note: StripNote) -> dict[str, object]:
    return {
        "by": note.by,
        "at": _milliseconds(note.at),
        "origin": note.origin.name.lower(),
        "cause": note.cause,
        "comment": note.comment,
    }


def _look(status: Status | None) -> list[str]:
    """The name in the tokens, the word and the letter; the browser finds it by the number of the status, 0 unsaid."""
    word = UNSAID if status is None else status.word
    return [look.token_of(status).lower(), word, look.status_look(status).letter]


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _rounded(per_pb: float | None) -> float | None:
    """Four digits are more than a pixel shows; what is not a number is not known."""
    return None if per_pb is None or not isfinite(per_pb) else float(f"{per_pb:.4g}")


def _within(known: LumiSet, chosen: LumiRange | None) -> LumiRange | None:
    """The range with its ends moved inwards to lumisections that OMS knows."""
    if chosen is None:
        return None
    ranges = (LumiSet((chosen,)) & known).ranges
    return LumiRange(ranges[0].first, ranges[-1].last) if ranges else None
