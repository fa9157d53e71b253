"""The facts of a run as people read them: value, unit, and a dash where nobody said anything."""

from collections.abc import Mapping
from datetime import datetime
from html import escape

from models.vocabulary import SECONDS_PER_LUMI

ABSENT = "—"
_PER_FB = 1_000
_OMS_UNITS = {
    "b_field": "T",
    "energy": "GeV",
    "delivered_lumi": "/pb",
    "recorded_lumi": "/pb",
    "init_lumi": "×10³⁴ cm⁻²s⁻¹",
    "end_lumi": "×10³⁴ cm⁻²s⁻¹",
    "duration": "s",
    "l1_rate": "Hz",
    "hlt_physics_rate": "Hz",
    "hlt_physics_size": "GB",
    "hlt_physics_throughput": "GB/s",
    "beamactive_total_deadtime": "%",
    "crossing_angle_start": "µrad",
    "crossing_angle_stop": "µrad",
    "beta_star_start": "cm",
    "beta_star_stop": "cm",
}

Fact = tuple[str, str, str]
"""Label, value, and its unit or a remark."""


def facts_of(a: Mapping[str, object], oms: Mapping[str, object], *, lumisections: int) -> tuple[Fact, ...]:
    """What a shifter wants to know of a run first, from its attributes and from what else OMS says."""
    return (
        ("Started", moment(a["start_time"]), "UTC"),
        ("Ended", "running" if a["is_running"] else moment(a["end_time"]), "" if a["is_running"] else "UTC"),
        (
            "Duration",
            duration(lumisections * SECONDS_PER_LUMI),
            f"{lumisections:,} lumisection{'' if lumisections == 1 else 's'}",
        ),
        ("Recorded", luminosity(a["recorded_per_pb"]), f"of {luminosity(a['delivered_per_pb'])} delivered"),
        ("Luminosity", number(oms.get("init_lumi"), 2), "×10³⁴ cm⁻²s⁻¹ at the start"),
        ("Energy", number(a["energy_gev"]), "GeV"),
        ("Field", number(a["b_field_tesla"], 2), "T"),
        ("Injection", text(a["injection_scheme"]), ""),
        ("HLT key", text(a["hlt_key"]), ""),
        ("L1 rate", number(a["l1_rate_hz"]), "Hz"),
        ("HLT events", number(a["hlt_physics_counter"]), ""),
        ("Components", text(a["components"]), ""),
        ("Stop reason", text(a["stop_reason"]), ""),
        ("Last change", f"change set {text(a['last_change'])}", ""),
    )


def oms_facts(oms: Mapping[str, object]) -> tuple[Fact, ...]:
    """Everything OMS says of the run, under its names; units are those that ingest normalised to."""
    shown = ((name, value) for name, value in sorted(oms.items()) if not name.endswith("_included"))
    return tuple((name.replace("_", " "), text(value), _OMS_UNITS.get(name, "")) for name, value in shown)


def facts_html(facts: tuple[Fact, ...]) -> str:
    """The facts as a definition list; everything in it is escaped."""
    rows = (
        f"<dt>{escape(label)}</dt><dd>{escape(value)} <i>{escape('' if value == ABSENT else unit)}</i></dd>"
        for label, value, unit in facts
    )
    return f'<dl class="rr-facts">{"".join(rows)}</dl>'


def luminosity(per_pb: object) -> str:
    """A luminosity in the unit that people would say.

    >>> luminosity(4620.4), luminosity(523.41), luminosity(None)
    ('4.62 /fb', '523.4 /pb', '—')
    """
    if not isinstance(per_pb, int | float):
        return ABSENT
    return f"{per_pb / _PER_FB:,.2f} /fb" if per_pb >= _PER_FB else f"{per_pb:,.1f} /pb"


def number(value: object, digits: int = 0) -> str:
    """A number with separators; whole unless digits are asked for."""
    return f"{value:,.{digits}f}" if isinstance(value, int | float) else ABSENT


def moment(value: object) -> str:
    """A moment in UTC."""
    return f"{value:%d %b %Y %H:%M:%S}" if isinstance(value, datetime) else ABSENT


def duration(seconds: float) -> str:
    """A stretch of time in hours and minutes.

    >>> duration(54_671)
    '15 h 11 min'
    """
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def text(value: object) -> str:
    """A text, or a list of names."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ABSENT if value is None or value == "" else str(value)
