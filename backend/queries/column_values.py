"""What the numbers in segments and words stand for: a status, a bit, a whole number or a text of the dictionary."""

from collections.abc import Mapping
from typing import TypeAlias

from sqlalchemy import text
from sqlmodel import Session

from models.vocabulary import Bit, ColumnKind, Status

ColumnValue: TypeAlias = Status | Bit | int | str

_TEXTS = text("SELECT id, word FROM column_text")


def column_texts(session: Session) -> dict[int, str]:
    """The dictionary of all text columns."""
    return dict(session.execute(_TEXTS).all())


def column_value(kind: ColumnKind, number: int, texts: Mapping[int, str]) -> ColumnValue:
    """What a number says in a column of this kind; ``texts`` is the dictionary, needed for text columns alone."""
    match kind:
        case ColumnKind.FLAG:
            return Status(number)
        case ColumnKind.BIT:
            return Bit(number)
        case ColumnKind.TEXT:
            return texts[number]
        case ColumnKind.INTEGER:
            return number
