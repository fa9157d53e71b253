"""What a quality grid shows and what comes back from it: columns, rows, notes of a cell, and what a person did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from models.vocabulary import Bit, Status

Link = tuple[str, str]
"""A way out of the registry: its label and its address."""

Verdict = tuple[Status | None, str]
"""A status and what is said with it; drawn as the letter of the status and the words."""

AttributeValue = str | int | float | bool | datetime | Verdict | tuple[Link, ...] | None
"""What an attribute cell holds; ``None`` is *unsaid* and drawn empty."""

Cell = tuple[str, str]
"""A cell by the id of its row and the name of its quality column."""


@dataclass(frozen=True, slots=True)
class AttributeColumn:
    """A column that holds a fact about the run or dataset: its number, class, state, start, length.

    ``kind`` says how it is drawn: ``link`` is the name of the row, ``state`` a pill, ``time`` UTC with the local time
    on hover, ``number`` with separators at the right, ``id`` a number that is a name, such as a fill's: without them,
    ``verdict`` a status with words, ``links`` ways out. Frozen columns come first and stay when one scrolls sideways;
    those that stand ``behind`` come after the status bars. With ``decimals``, all numbers have as many.
    """

    name: str
    label: str
    width: int
    kind: Literal["number", "id", "text", "time", "state", "class", "link", "verdict", "links"] = "text"
    frozen: bool = False
    unit: str | None = None
    behind: bool = False
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class QualityColumn:
    """A column of status bars: a component's flag (``tracker-strip``) or a DCS bit (``oms-bpix_ready``).

    Neighbours of one ``group`` share a heading. ``inverted`` marks flags where BAD means *keep*: drawn neutral.
    """

    name: str
    label: str
    group: str
    kind: Literal["flag", "bit"] = "flag"
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Beneath:
    """What another dataset of the run says of the same components, drawn as a thin bar under each own one.

    ``name`` is how the hover card calls it, ``known`` how many lumisections it has.
    """

    name: str
    known: int
    counts: Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class GridRow:
    """One run or dataset.

    Parameters
    ----------
    id
        What every event carries: ``"325175"``, or ``"325175:/Express/Collisions2018/DQM"``.
    known
        How many lumisections it has, according to OMS.
    attributes
        The value per attribute column; a missing one is *unsaid*.
    counts
        Per quality column, how many lumisections hold each code of :class:`Status` (flags) or :class:`Bit` (bits).
        Lumisections that are not counted hold no value.
    commented
        The quality columns in which somebody left a comment.
    beneath
        What another dataset says; none: the row has one bar per cell.
    is_closed
        Nothing is said of it any more: its bars are drawn faint.
    """

    id: str
    known: int
    attributes: Mapping[str, AttributeValue]
    counts: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    commented: frozenset[str] = frozenset()
    is_running: bool = False
    is_significant: bool = True
    changed_after_signoff: bool = False
    beneath: Beneath | None = None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class CellNote:
    """One thing said in a cell, as its hover card shows it: where, what, why, and by whom.

    ``where`` is written as people write it ("LS 969–1004"), ``who`` with its time ("L. Moreau, 20 Oct 23:51"). ``word``
    stands in place of the value's, where there is none.
    """

    where: str
    value: Status | Bit | None
    cause: str | None = None
    comment: str | None = None
    who: str | None = None
    word: str | None = None


@dataclass(frozen=True, slots=True)
class GridEvent:
    """What the person did since the last script run. ``None`` is *nothing of this kind*; rows travel as ids.

    ``ticked`` (rows) and ``picked`` (cells, as row and column) are whole sets, also of what a filter hides now;
    ``sort`` is (column, descending); ``cell`` was clicked alone; ``acted`` is the row whose note action was pressed.
    """

    selected: str | None = None
    ticked: frozenset[str] | None = None
    picked: frozenset[Cell] | None = None
    sort: tuple[str, bool] | None = None
    opened: str | None = None
    cell: Cell | None = None
    acted: str | None = None
