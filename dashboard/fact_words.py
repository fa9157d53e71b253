"""Facts in the words of the control room: ``lumisection.oms.tecp_ready`` is *TEC+*, and false of it is *off*."""

from backend.rules import Json
from backend.rules.facts_values import Fact, FactKind

_PARTS = {"tibtid": "TIB/TID", "bpix": "BPix", "fpix": "FPix", "hbhea": "HBHEa", "hbheb": "HBHEb", "hbhec": "HBHEc"}
_PARTS |= {"rp_time": "RP time", "rp_sect_45": "RP sector 45", "rp_sect_56": "RP sector 56", "castor": "CASTOR"}
_SIDES = {"p": "+", "m": "−"}
_SIDED = frozenset({"csc", "dt", "eb", "ee", "es", "gem", "tec"})
"""Parts with two ends, of which OMS writes the plus end with ``p`` and the minus end with ``m``."""

_WORDS = {"lumi": "luminosity", "init": "initial", "hlt": "HLT", "l1": "L1", "ls": "LS", "cmssw": "CMSSW", "b": "B"}
_SAID = {"cms_active": "CMS is active", "physics_flag": "physics is declared", "significant": "the run is significant"}
_MOST_CHARACTERS = 48


def label_of(name: str, fact: Fact | None = None) -> str:
    """How people call the fact.

    >>> label_of("lumisection.oms.tecp_ready"), label_of("run.oms.init_lumi"), label_of("beam1_stable")
    ('TEC+', 'initial luminosity', 'beam 1 is stable')
    """
    attribute = fact.attribute if fact else name.rpartition(".")[2]
    if attribute in _SAID:
        return _SAID[attribute]
    if attribute.startswith("beam") and attribute[4:5].isdigit():
        return f"beam {attribute[4]} is {attribute[6:].replace('_', ' ')}"
    if attribute.endswith("_ready"):
        return _part(attribute.removesuffix("_ready"))
    if attribute.endswith("_included"):
        return attribute.removesuffix("_included").replace("_", " ")
    if fact is not None and fact.kind is FactKind.STATUS:
        return attribute.removesuffix(".status")
    return " ".join(_WORDS.get(word, word) for word in attribute.replace(".", " ").split("_")) or "the facts"


def value_words(value: Json, fact: Fact | None = None) -> str:
    """The value with its unit; of a detector part whether it is ready.

    >>> value_words(19000), value_words("GOOD"), value_words(None)
    ('19,000', 'GOOD', 'unknown')
    """
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        is_part = fact is not None and fact.attribute.endswith("_ready")
        return ("ready" if value else "off") if is_part else ("true" if value else "false")
    if isinstance(value, int | float):
        return _number(value, fact)
    if isinstance(value, str):
        shown = value if len(value) <= _MOST_CHARACTERS else f"{value[: _MOST_CHARACTERS - 1]}…"
        return shown or "an empty text"
    if isinstance(value, list):
        return ", ".join(map(value_words, value)) or "an empty list"
    return ", ".join(f"{name} {value_words(inner)}" for name, inner in value.items())[:_MOST_CHARACTERS]


def _number(value: float, fact: Fact | None) -> str:
    is_label = fact is not None and fact.attribute in ("run_number", "fill_number")
    shown = str(value) if is_label else f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
    unit = fact.unit if fact is not None and fact.unit else ""
    return f"{shown} {'×' if unit[:1].isdigit() else ''}{unit}".rstrip()


def _part(part: str) -> str:
    if part in _PARTS:
        return _PARTS[part]
    has_end = part[:-1] in _SIDED and part[-1] in _SIDES
    return part[:-1].upper() + _SIDES[part[-1]] if has_end else part.upper().replace("_", " ")
