"""What can be plotted of runs: attributes that are numbers, times or words, and how much of a run has a status or bit.

A quantity is written as in a filter, without the comparison: ``recorded``, ``oms.init_lumi``, ``tracker-strip BAD``,
``bpix_ready false``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Double, Integer, Text, case, cast, func, literal, null

from backend.errors import InvalidFilter
from backend.queries.attributes import OMS_PREFIX, RUNS, Kind
from backend.queries.columns import ColumnsCatalogue
from backend.queries.filter_sql import DATASET, column_id, number_of_oms, run_column
from models.attributes import bit_position, count_position
from models.vocabulary import Bit, Status

Column = ColumnElement[Any]


class Scale(StrEnum):
    """How a quantity is drawn: along numbers, along time, from 0 to 1, or as words apart."""

    NUMBER = "number"
    TIME = "time"
    SHARE = "share"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that every run has one of, or none.

    ``text`` is how it is written in an address, ``label`` and ``unit`` what stands at its axis; ``of`` is the
    component or bit that a share is of.
    """

    text: str
    label: str
    scale: Scale
    unit: str | None = None
    of: str | None = None
    status: Status | None = None
    bit: Bit | None = None


_SCALES = {
    Kind.INTEGER: Scale.NUMBER,
    Kind.NUMBER: Scale.NUMBER,
    Kind.ANY: Scale.NUMBER,
    Kind.TIME: Scale.TIME,
    Kind.TEXT: Scale.WORDS,
    Kind.BOOLEAN: Scale.WORDS,
}
_WORST_FIRST = (Status.BAD, Status.STANDBY, Status.EXCLUDED, Status.NOTSET, Status.NO_VALUE_FOUND, Status.GOOD)


def quantity(text: str, catalogue: ColumnsCatalogue) -> Quantity:
    """What is written, as a quantity.

    Raises
    ------
    InvalidFilter
        If there is no such attribute, component, bit or status; the sentence names the nearest.
    """
    name, _, word = text.strip().partition(" ")
    if not word:
        return _attribute(name)
    if "-" in name:
        column_id(name, catalogue.flags)
        status = next((s for s in Status if s.word == word.upper()), None)
        if status is None:
            raise InvalidFilter(f"A flag has no status {word!r:.40}: it has {', '.join(s.word for s in Status)}.")
        return Quantity(f"{name} {status.word}", f"{name} {status.word}", Scale.SHARE, "of LS", name, status)
    if name not in {c.name for c in catalogue.columns if c.name in RUNS.bits} or word not in {"true", "false"}:
        raise InvalidFilter(f"There is nothing to plot that is called {text!r:.80}.")
    return Quantity(f"{name} {word}", f"{name} {word}", Scale.SHARE, "of LS", name, bit=Bit.of(word == "true"))


def worst_of(component: str) -> Quantity:
    """The worst status that a component has anywhere in the run, as words: what points are coloured by."""
    return Quantity(f"worst {component}", f"worst of {component}", Scale.WORDS, of=component)


def column_of(wanted: Quantity, catalogue: ColumnsCatalogue) -> Column:
    """What stands for it in SQL, over runs, their ``online`` dataset in brief and ``dataset`` itself."""
    if wanted.of is None:
        return _attribute_column(wanted)
    if wanted.bit is not None:
        return _share(_bit_count(catalogue.counted[wanted.of], wanted.bit))
    id_ = column_id(wanted.of, catalogue.flags)
    if wanted.status is not None:
        return _share(flag_lumisections(id_, wanted.status))
    return case(*((flag_lumisections(id_, status) > 0, status.word) for status in _WORST_FIRST), else_=null())


def flag_lumisections(column: int, status: Status) -> Column:
    """How many lumisections of ``dataset`` have that status of a flag."""
    return func.coalesce(cast(DATASET.c.counts[count_position(column, status)], Integer), 0)


def _bit_count(column: int, bit: Bit) -> Column:
    return func.coalesce(cast(DATASET.c.bits[bit_position(column, bit)], Integer), 0)


def _share(count: Column) -> Column:
    return cast(count, Double) / func.nullif(DATASET.c.lumisections, 0)


def _attribute(name: str) -> Quantity:
    attribute = RUNS.find(name)
    if attribute.kind not in _SCALES:
        raise InvalidFilter(f"{attribute.label} cannot be plotted: it is a {attribute.kind}.")
    return Quantity(attribute.name, attribute.label, _SCALES[attribute.kind], attribute.unit)


def _attribute_column(wanted: Quantity) -> Column:
    column = run_column(wanted.text)
    if wanted.text.startswith(OMS_PREFIX):
        return number_of_oms(column)
    if wanted.scale is Scale.WORDS:
        return cast(column, Text)
    return column if wanted.scale is Scale.TIME else cast(column, Double)


NOTHING = literal(None, Text)
"""What stands for the colour where points have none."""
