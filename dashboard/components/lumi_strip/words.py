"""What the lumisection strip shows and says: words over ranges by component and bit, who said them, what was done."""

from dataclasses import dataclass
from datetime import datetime

from models.lumis import LumiRange
from models.vocabulary import Bit, Origin, Status


@dataclass(frozen=True, slots=True)
class StripSegment:
    """One word over a range: the status of a component, or what a DCS bit was."""

    range: LumiRange
    value: Status | Bit
    by_person: bool = False
    note: int | None = None
    """Which of the notes tells who said it and why."""


@dataclass(frozen=True, slots=True)
class StripRow:
    """A component with one lane, or an upper and a lower one; ``None`` where the dataset lacks the component."""

    name: str
    label: str
    group: str
    lanes: tuple[tuple[StripSegment, ...] | None, ...]
    tail: str = ""
    """What the row comes to: ``same``, ``Δ 12``, or how many lumisections are not GOOD."""
    stays: bool = False
    """Whether it is shown though it is GOOD throughout."""


@dataclass(frozen=True, slots=True)
class StripBitRow:
    """A DCS bit, or several that the caller has merged into one line (``bpix · fpix``)."""

    name: str
    label: str
    segments: tuple[StripSegment, ...]
    tail: str = ""


@dataclass(frozen=True, slots=True)
class StripPrescale:
    """The column of the trigger's prescale table that was in use over a range: ``1p4E34 (4)``."""

    range: LumiRange
    name: str


@dataclass(frozen=True, slots=True)
class StripNote:
    """Who said a word, when, and why."""

    by: str
    at: datetime
    origin: Origin
    cause: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class AsOfMark:
    """A change set on the "as of" line: a dot where a person acted, a bar where a rule or OMS did."""

    change_set: int
    at: datetime
    by_person: bool
    label: str


@dataclass(frozen=True, slots=True)
class StripEvent:
    """What is selected, ticked and looked at now; ``component`` only in the script run after its row was clicked."""

    range: LumiRange | None = None
    ticked: frozenset[str] = frozenset()
    component: str | None = None
    as_of: int | None = None
    """The chosen change set; ``None`` is now."""
