"""What the original keeps in figures of a dataset: its flags and bits as ranges by value, and how many there are."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from backend.queries import ColumnStrip, RunLuminosity, Strip
from models.lumis import LumiSet
from models.vocabulary import OMS_WORKSPACE, UNSAID, Bit, ColumnKind, Status

_Ranges: TypeAlias = Mapping[str, Mapping[str, LumiSet]]
_BITS = {Bit.TRUE: "TRUE", Bit.FALSE: "FALSE", Bit.NULL: "NULL"}


def cache_json(strip: Strip, luminosity: RunLuminosity) -> dict[str, Any]:
    """``rr_ranges`` and ``dcs_ranges`` are column → word → ``[[first, last], …]``, ``dcs_summary`` their lengths.

    What is no bit, such as the index of the prescale, is there with nothing, as in the original. Luminosity is that of
    the known lumisections, in /pb.
    """
    bits = _bits(strip, luminosity)
    last = max(strip.known, default=0)
    return {
        "dcs_summary": _lengths(bits) | {"ls_duration": {"TRUE": last}},
        "rr_ranges": _pairs(_flags(strip)),
        "dcs_ranges": _pairs(bits) | {"all_lumisections": {"TRUE": strip.known.as_pairs()}},
        "brilcalc_recorded_luminosity": light_in(luminosity.recorded_per_pb, strip.known),
        "brilcalc_delivered_luminosity": light_in(luminosity.delivered_per_pb, strip.known),
    }


def light_in(per_pb: Mapping[int, float], where: LumiSet) -> float:
    """The luminosity of some lumisections in /pb; below zero is nothing."""
    return sum(max(per_pb.get(number, 0.0), 0.0) for number in where)


def _flags(strip: Strip) -> _Ranges:
    flags = (column for column in strip.columns if column.column.kind is ColumnKind.FLAG)
    return {str(flag.column): _by_word(flag, strip.known, {s: s.word for s in Status}, always=()) for flag in flags}


def _bits(strip: Strip, luminosity: RunLuminosity) -> _Ranges:
    of_oms = [column for column in strip.columns if column.column.workspace == OMS_WORKSPACE]
    nothing = dict.fromkeys((*_BITS.values(), UNSAID), LumiSet())
    bits = {
        column.column.name: _by_word(column, strip.known, _BITS, always=_BITS.values())
        if column.column.kind is ColumnKind.BIT
        else nothing
        for column in of_oms
    }
    light = ("recorded", "delivered") if luminosity.source is not None else ()
    return bits | dict.fromkeys(light, nothing)


def _by_word(column: ColumnStrip, known: LumiSet, words: Mapping[Any, str], *, always: Any) -> dict[str, LumiSet]:
    found: dict[str, LumiSet] = dict.fromkeys(always, LumiSet())
    for said in column.segments:
        if where := LumiSet((said.range,)) & known:
            word = words[said.value]
            found[word] = found.get(word, LumiSet()) | where
    return found | {UNSAID: known - LumiSet.of(said.range for said in column.segments)}


def _pairs(ranges: _Ranges) -> dict[str, Any]:
    return {name: {word: where.as_pairs() for word, where in of.items()} for name, of in ranges.items()}


def _lengths(ranges: _Ranges) -> dict[str, Any]:
    return {name: {word: len(where) for word, where in of.items()} for name, of in ranges.items()}
