"""The lines of a file of brilcalc: which column is which, in what unit luminosities are, and where a line belongs."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.errors import InvalidInput
from models.lumi_formats import MAX_RUN
from models.lumis import MAX_LUMISECTION
from models.vocabulary import SECONDS_PER_LUMI

_BARN = {"/b": 1e-12, "/mb": 1e-9, "/ub": 1e-6, "/nb": 1e-3, "/pb": 1.0, "/fb": 1e3}
PER_PB = _BARN | {f"hz{unit}": factor * SECONDS_PER_LUMI for unit, factor in _BARN.items()}
"""What one of each unit of brilcalc (``-u``) is in /pb; a rate (``hz/ub``) is a mean over one whole lumisection."""

MOST_PER_PB = 10.0
"""No lumisection holds more: the LHC at its ultimate luminosity of 7.5·10³⁴ cm⁻²s⁻¹ gives 1.75 /pb in 23.3 s."""

_RUN_FILL = re.compile(r"([0-9]{1,10}):[0-9]+")
_LUMISECTION = re.compile(r"([0-9]{1,5}):([0-9]{1,5})")
_FIGURE = re.compile(r"(tot)?(delivered|recorded)\((.*)\)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A column with a luminosity: where it stands, what its unit is, and how much of it is one /pb."""

    place: int
    unit: str
    per_pb: float

    @property
    def is_rate(self) -> bool:
        """Whether it is a luminosity per second."""
        return self.unit.startswith("hz")

    def of(self, cells: Sequence[str], line: int, *, most: float = MOST_PER_PB) -> float:
        """The luminosity in /pb; :class:`InvalidInput` if it is not a number, or more than can be."""
        text = cells[self.place].strip()
        try:
            value = float(text) * self.per_pb
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise InvalidInput(f"Line {line}: {text[:40]!r} is not a luminosity.")
        if abs(value) > most:
            raise InvalidInput(
                f"Line {line}: {text[:40]} {self.unit} is more than a lumisection can hold ({most:g} /pb)."
            )
        return value


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a line things stand."""

    names: tuple[str, ...]
    lumisection: int
    delivered: Figure
    recorded: Figure
    path: int | None


def columns_of(header: str, line: int) -> Columns:
    """The columns that the header names; :class:`InvalidInput` if one that is needed is not there."""
    names = tuple(name.strip() for name in header.split(","))
    if "ls" not in names:
        raise InvalidInput(f"Line {line} names no column ls: brilcalc wrote this without --byls.")
    delivered, recorded = figures_of(names, line)
    path = names.index("hltpath") if "hltpath" in names else None
    return Columns(names, names.index("ls"), delivered, recorded, path)


def figures_of(names: Sequence[str], line: int, *, is_total: bool = False) -> tuple[Figure, Figure]:
    """Delivered and recorded, or the totals of both; :class:`InvalidInput` if one is missing, or its unit is none."""
    found = dict(_named_figures(names, line, is_total))
    if missing := [what for what in ("delivered", "recorded") if what not in found]:
        raise InvalidInput(f"Line {line} names no column {missing[0]}(unit).")
    return found["delivered"], found["recorded"]


def _named_figures(names: Sequence[str], line: int, is_total: bool) -> Iterator[tuple[str, Figure]]:
    for place, name in enumerate(names):
        match = _FIGURE.fullmatch(name)
        if match is None or (match[1] is not None) is not is_total:
            continue
        unit = match[3].strip().lower()
        if unit not in PER_PB:
            raise InvalidInput(
                f"Line {line}: {match[3][:40]!r} is not a unit of luminosity; known are {', '.join(PER_PB)}."
            )
        yield match[2], Figure(place, unit, PER_PB[unit])


def place_of(run_fill: str, lumisection: str, line: int) -> tuple[int, int, bool]:
    """Run, lumisection, and whether CMS recorded it."""
    of_run = _RUN_FILL.fullmatch(run_fill.strip())
    if of_run is None or not 1 <= (run := int(of_run[1])) <= MAX_RUN:
        raise InvalidInput(f"Line {line}: {run_fill[:40]!r} is not run:fill.")
    of_lumi = _LUMISECTION.fullmatch(lumisection.strip())
    if of_lumi is None or not 1 <= (number := int(of_lumi[1])) <= MAX_LUMISECTION or int(of_lumi[2]) not in {0, number}:
        raise InvalidInput(f"Line {line}: {lumisection[:40]!r} is not a lumisection n:n, or n:0.")
    return run, number, int(of_lumi[2]) != 0


def decimals_of(figure: str) -> int:
    """To how many decimals a figure is written."""
    return len(figure.partition(".")[2])
