"""Units as OMS writes them, row by row, and the registry's own: /pb, 10³⁴ cm⁻²s⁻¹, tesla, GeV.

OMS changes the unit with the beam: protons are counted in ``pb^{-1}``, lead ions in ``{\\mu}b^{-1}`` (field.md §2b).
"""

import re
from enum import StrEnum
from functools import lru_cache

from backend.errors import SourceNonsense


class Quantity(StrEnum):
    """What is measured; each has one unit in the registry, which is also believed where OMS names none."""

    INTEGRATED_LUMINOSITY = "integrated luminosity"
    LUMINOSITY = "instantaneous luminosity"
    FIELD = "magnetic field"
    ENERGY = "energy"


QUANTITY_OF = {
    "delivered_lumi": Quantity.INTEGRATED_LUMINOSITY,
    "recorded_lumi": Quantity.INTEGRATED_LUMINOSITY,
    "delivered_lumi_per_lumisection": Quantity.INTEGRATED_LUMINOSITY,
    "recorded_lumi_per_lumisection": Quantity.INTEGRATED_LUMINOSITY,
    "init_lumi": Quantity.LUMINOSITY,
    "end_lumi": Quantity.LUMINOSITY,
    "b_field": Quantity.FIELD,
    "energy": Quantity.ENERGY,
}
"""What must be in a unit that we know. Without one it is taken to be ours: /pb, 10³⁴ cm⁻²s⁻¹, T, GeV."""

_POWERS = {
    "fb^-1": (Quantity.INTEGRATED_LUMINOSITY, 3),
    "pb^-1": (Quantity.INTEGRATED_LUMINOSITY, 0),
    "nb^-1": (Quantity.INTEGRATED_LUMINOSITY, -3),
    "ub^-1": (Quantity.INTEGRATED_LUMINOSITY, -6),
    "mb^-1": (Quantity.INTEGRATED_LUMINOSITY, -9),
    "b^-1": (Quantity.INTEGRATED_LUMINOSITY, -12),
    "T": (Quantity.FIELD, 0),
    "mT": (Quantity.FIELD, -3),
    "TeV": (Quantity.ENERGY, 3),
    "GeV": (Quantity.ENERGY, 0),
    "MeV": (Quantity.ENERGY, -3),
}
_PER_AREA_AND_TIME = re.compile(r"(?:10\^(?P<power>-?\d{1,2}))?cm\^-2s\^-1")
_OUR_POWER = 34
_MICRO = re.compile(r"\\mu|[µμ]")
_TYPESETTING = re.compile(r"[{}\\$\s]")


def power_to_ours(attribute: str, unit: str | None, *, where: str) -> int:
    """The power of ten that takes a value of this attribute from the unit of its row to the registry's.

    An attribute that is not in ``QUANTITY_OF`` follows its unit where that is known, and stays as it is otherwise.

    >>> power_to_ours("delivered_lumi", "{\\\\mu}b^{-1}", where="run 327564")
    -6

    Raises
    ------
    SourceNonsense
        If the unit is not known, or measures something else.
    """
    if unit is None:
        return 0
    known, wanted = _read(unit), QUANTITY_OF.get(attribute)
    if wanted is None:
        return known[1] if known else 0
    if known is None:
        raise SourceNonsense(f"OMS gives {attribute} of {where} in {unit!r}, a unit that the registry does not know.")
    quantity, power = known
    if quantity is not wanted:
        raise SourceNonsense(f"OMS gives {attribute} of {where} in {unit!r}, which is a unit of {quantity}.")
    return power


def scaled(value: float, power: int) -> float:
    """The value times ten to the power; divided where that is exact and multiplying is not."""
    if power < 0:
        return value / float(10**-power)
    return value * float(10**power) if power else value


def unit_of(row: dict[str, object], attribute: str) -> str | None:
    """The unit that a JSON:API row names for an attribute under ``meta.row``; none if it names none.

    Raises
    ------
    SourceNonsense
        If what stands there is not a unit.
    """
    at: object = row
    for key in ("meta", "row", attribute, "units"):
        if at is None:
            return None
        if not isinstance(at, dict):
            raise SourceNonsense(f"OMS describes {attribute} by {at!r:.80} where its unit should be.")
        at = at.get(key)
    if at is None or isinstance(at, str):
        return at or None
    raise SourceNonsense(f"OMS gives {attribute} in {at!r:.80}, which is no unit.")


@lru_cache(maxsize=256)
def _read(unit: str) -> tuple[Quantity, int] | None:
    plain = _TYPESETTING.sub("", _MICRO.sub("u", unit))
    if match := _PER_AREA_AND_TIME.fullmatch(plain):
        return Quantity.LUMINOSITY, int(match["power"] or 0) - _OUR_POWER
    return _POWERS.get(plain)
