"""What a writer or reader asks for, what is answered, and when: a history is a list of these."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import orjson


class Kind(StrEnum):
    """The kinds of deeds; those after ``RULES_SAY`` only look."""

    FLAG = "flag"
    GIVE_BACK = "give back"
    SET_BITS = "set bits"
    GIVE_BACK_BITS = "give back bits"
    MOVE = "move"
    MOVE_RUN = "move run"
    CERTIFY = "certify"
    SET_COLUMNS = "set columns"
    STOP_REASON = "stop reason"
    TAKE_BACK = "take back"
    RULES_SAY = "rules say"
    LOOK = "look"
    COMPARE = "compare"
    STANDING = "standing"
    PAST = "past"


LOOKS = frozenset({Kind.LOOK, Kind.COMPARE, Kind.STANDING, Kind.PAST})


@dataclass(frozen=True, slots=True)
class Deed:
    """What is asked for. ``datasets`` are places in :attr:`~tests.linearisable.ground.Ground.datasets`.

    ``to`` is a state, a comment or a reason, as the kind has it; ``also`` stands for *closed ones too* of a move,
    *and sign off* of a certification, *of one dataset alone* of an undo. ``seen`` is the change set that the writer
    looked at, ``act`` the one that is undone or as of which one looks.
    """

    kind: Kind
    datasets: tuple[int, ...] = (0,)
    columns: tuple[str, ...] = ()
    first: int = 1
    last: int = 1
    value: int = 1
    to: str = ""
    also: bool = False
    seen: int | None = None
    act: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: the number of the act, the name of a refusal, or what was read.

    ``version`` is the latest act that a reader saw named, before it read ``told``, the text of everything that is read.
    """

    done: int | None = None
    refused: str | None = None
    version: int | None = None
    told: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One deed of one writer: asked at ``invoked`` and answered at ``answered``, in ns of the machine's one clock.

    Of a writer that was killed, the last call has no answer, and may have been done or not.
    """

    name: str
    deed: Deed
    invoked: int
    answered: int | None = None
    answer: Answer | None = None

    @property
    def is_look(self) -> bool:
        """Whether it only looks."""
        return self.deed.kind in LOOKS


def as_line(thing: Deed | Call) -> bytes:
    """As a line of JSON, for another process."""
    return orjson.dumps(asdict(thing), option=orjson.OPT_APPEND_NEWLINE)


def deed_of_line(line: bytes | dict[str, Any]) -> Deed:
    """The deed of a line."""
    said = orjson.loads(line) if isinstance(line, bytes) else line
    return Deed(**said | {"kind": Kind(said["kind"]), **{n: tuple(said[n]) for n in ("datasets", "columns")}})


def call_of_line(line: bytes) -> Call:
    """The call of a line."""
    said = orjson.loads(line)
    answer = said["answer"]
    return Call(**said | {"deed": deed_of_line(said["deed"]), "answer": None if answer is None else Answer(**answer)})


def as_told(rows: object) -> str:
    """What was read, as one text that is the same for the same things."""
    return orjson.dumps(rows, option=orjson.OPT_SORT_KEYS).decode()
