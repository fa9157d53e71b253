"""The lumisections of one run as OMS tells them, attribute by attribute, by lumisection number, never by position."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from types import NoneType
from typing import TypeVar, cast

from backend.errors import SourceNonsense
from backend.ingest.oms_units import power_to_ours, scaled, unit_of
from models.lumis import BadLumisections, LumiRange
from models.vocabulary import DCS_BITS

T = TypeVar("T")
Row = dict[str, object]

BEAM_BITS = ("beam1_present", "beam2_present", "beam1_stable", "beam2_stable")
KNOWN_BITS = frozenset((*DCS_BITS, "physics_flag"))

_OTHER_FIELDS = (
    "run_number", "lumisection_number", "prescale_index", "prescale_name",
    "delivered_lumi", "recorded_lumi", "delivered_lumi_per_lumisection", "recorded_lumi_per_lumisection",
)  # fmt: skip
_ROUNDING = 2e-6
"""OMS rounds to six decimals of its unit: two equal cumulative values may seem to decrease by this much."""


@dataclass(frozen=True, slots=True)
class OmsLumisections:
    """What OMS says of the lumisections of a run: parallel lists, ``numbers`` ascending without repetition.

    ``numbers`` may have holes, and then so has the run. ``bits`` has a list for each bit that OMS spoke of, detectors
    that the registry does not know yet included; null is what OMS does not know. Luminosity is that of the lumisection
    alone, in /pb, null where it cannot be told.
    """

    run_number: int
    numbers: list[int]
    bits: dict[str, list[bool | None]]
    prescale_index: list[int | None]
    prescale_name: list[str | None]
    delivered_per_pb: list[float | None]
    recorded_per_pb: list[float | None]


def beams_present_and_stable(lumisections: OmsLumisections) -> bool | None:
    """Whether both beams were present and stable in some lumisection of the run.

    True if any lumisection has all four beam bits true. If none has: null if any beam bit is null anywhere, because
    that lumisection might have been the one; otherwise false. A run without lumisections had no stable beams.
    """
    unsaid: list[bool | None] = [None] * len(lumisections.numbers)
    beams = [lumisections.bits.get(name, unsaid) for name in BEAM_BITS]
    if any(map(all, zip(*beams, strict=True))):
        return True
    return None if any(None in bit for bit in beams) else False


def wanted_fields(offered: Collection[str]) -> list[str]:
    """Those of the attributes that OMS offers for a lumisection that the registry reads; all that end in ``_ready``."""
    return sorted(name for name in offered if name in KNOWN_BITS or name in _OTHER_FIELDS or name.endswith("_ready"))


def read_lumisections(run_number: int, rows: Sequence[Row]) -> OmsLumisections:
    """The lumisections that the JSON:API rows of ``/lumisections`` tell of, in any order.

    A lumisection that is told twice in the same words is one.

    Raises
    ------
    SourceNonsense
        If a row has no lumisection number or is of another run, if two rows of one lumisection disagree, or if a value
        is not of its type; names the run, the lumisection, the attribute and the value.
    """
    numbers = [_number(row, run_number) for row in rows]
    rows, numbers = _one_by_one(rows, numbers, run_number)
    _check_range(numbers, run_number)
    table = _Table(run_number, numbers, rows, [_attributes(row, run_number) for row in rows])
    return OmsLumisections(
        run_number=run_number,
        numbers=numbers,
        bits={name: table.column(name, bool, "true or false") for name in table.bits()},
        prescale_index=table.column("prescale_index", int, "a whole number"),
        prescale_name=table.column("prescale_name", str, "a text"),
        delivered_per_pb=table.luminosity("delivered_lumi"),
        recorded_per_pb=table.luminosity("recorded_lumi"),
    )


def _attributes(row: Row, run_number: int) -> Row:
    attributes = row.get("attributes")
    if not isinstance(attributes, dict):
        raise SourceNonsense(f"OMS gave a lumisection of run {run_number} without attributes: {row!r:.120}.")
    if attributes.get("run_number", run_number) != run_number:
        raise SourceNonsense(
            f"OMS was asked for the lumisections of run {run_number} and gave one of run "
            f"{attributes['run_number']!r:.80}."
        )
    return attributes


def _number(row: Row, run_number: int) -> int:
    number = _attributes(row, run_number).get("lumisection_number")
    if type(number) is not int:
        raise SourceNonsense(f"OMS gave a lumisection of run {run_number} whose lumisection_number is {number!r:.80}.")
    return number


def _check_range(numbers: list[int], run_number: int) -> None:
    try:
        if numbers:
            LumiRange(numbers[0], numbers[-1])
    except BadLumisections as error:
        raise SourceNonsense(f"OMS gave lumisections of run {run_number} that cannot be. {error}") from error


def _one_by_one(rows: Sequence[Row], numbers: list[int], run_number: int) -> tuple[Sequence[Row], list[int]]:
    """Rows and numbers, ascending, each lumisection once."""
    if all(before < after for before, after in pairwise(numbers)):
        return rows, numbers
    once: dict[int, Row] = {}
    for number, row in zip(numbers, rows, strict=True):
        first = once.setdefault(number, row)
        if first is not row:
            _check_same(number, first, row, run_number=run_number)
    ascending = sorted(once)
    return [once[number] for number in ascending], ascending


def _check_same(number: int, first: Row, second: Row, *, run_number: int) -> None:
    a, b = _attributes(first, run_number), _attributes(second, run_number)
    for name in wanted_fields(a.keys() | b.keys()):
        said, then = (a.get(name), unit_of(first, name)), (b.get(name), unit_of(second, name))
        if said != then:
            raise SourceNonsense(
                f"OMS gave lumisection {number} of run {run_number} twice, with {name} once {said[0]!r:.80} "
                f"{said[1] or ''} and once {then[0]!r:.80} {then[1] or ''}."
            )


@dataclass(frozen=True, slots=True)
class _Table:
    """The lumisections of a run, one row each; read by attribute."""

    run_number: int
    numbers: list[int]
    rows: Sequence[Row]
    attributes: list[Row]

    def bits(self) -> list[str]:
        """The attributes that are bits: those we know, and what else ends in ``_ready`` and is true or false."""
        offered = set[str]().union(*self.attributes)
        ready = (name for name in offered if name.endswith("_ready"))
        new = {name for name in ready if set(map(type, self.values(name))) & {bool, NoneType}}
        return sorted(offered & KNOWN_BITS | new)

    def values(self, name: str) -> list[object]:
        """What every lumisection says of the attribute; null where it does not speak of it."""
        try:
            return list(map(itemgetter(name), self.attributes))
        except KeyError:
            return [row.get(name) for row in self.attributes]

    def column(self, name: str, kind: type[T], word: str) -> list[T | None]:
        """The attribute, every value of which must be of the kind, or null."""
        return cast(list[T | None], self._checked(name, {kind}, word))

    def luminosity(self, name: str) -> list[float | None]:
        """What each lumisection alone adds, in /pb: as OMS says it, or as the cumulative value grows."""
        alone = f"{name}_per_lumisection"
        if any(alone in row for row in self.attributes):
            gains, rounding = self._per_pb(alone)
        else:
            totals, rounding = self._per_pb(name)
            gains = _growth(self.numbers, totals)
        return [_believable(gain, rounding) for gain in gains]

    def _per_pb(self, name: str) -> tuple[list[float | None], float]:
        """The attribute in /pb, and how far rounding may have moved it."""
        values = cast(list[float | None], self._checked(name, {int, float}, "a number"))
        units = [unit_of(row, name) for row in self.rows]
        powers = {unit: power_to_ours(name, unit, where=f"run {self.run_number}") for unit in set(units)}
        per_pb = [
            None if value is None else scaled(value, powers[unit]) for value, unit in zip(values, units, strict=True)
        ]
        return per_pb, scaled(_ROUNDING, max(powers.values(), default=0))

    def _checked(self, name: str, kinds: set[type], word: str) -> list[object]:
        values = self.values(name)
        if set(map(type, values)) <= kinds | {NoneType}:
            return values
        number, value = next(
            (number, value)
            for number, value in zip(self.numbers, values, strict=True)
            if value is not None and type(value) not in kinds
        )
        raise SourceNonsense(
            f"OMS says that {name} of lumisection {number} of run {self.run_number} is {value!r:.80}, "
            f"which is not {word}."
        )


def _growth(numbers: list[int], totals: list[float | None]) -> list[float | None]:
    """By how much each total exceeds that of the lumisection before; before the first lumisection it was 0."""
    growth: list[float | None] = []
    before, total_before = 0, 0.0  # type: int, float | None
    for number, total in zip(numbers, totals, strict=True):
        follows = number - before == 1
        growth.append(total - total_before if follows and total is not None and total_before is not None else None)
        before, total_before = number, total
    return growth


def _believable(gain: float | None, rounding: float) -> float | None:
    """Luminosity is never lost: a gain below zero is rounding, or not known."""
    if gain is None or gain < -rounding:
        return None
    return max(gain, 0.0)
