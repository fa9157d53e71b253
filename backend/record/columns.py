"""Columns and the dictionary of text columns: rows that begin to exist when somebody first needs them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from backend.record.act import Act
from backend.record.writing import as_json, tick
from models.vocabulary import ActKind, ColumnKind

_COLUMNS = text("SELECT workspace, name, id, kind, is_inverted FROM lumisection_column ORDER BY id")
_NEXT = text("""
    SELECT coalesce(max(id) FILTER (WHERE id < 1001), 0) + 1, coalesce(max(id) FILTER (WHERE id > 1000), 1000) + 1
    FROM lumisection_column
""")
_INSERT = text("""
    INSERT INTO lumisection_column (id, workspace, name, kind, is_inverted, change_set)
    SELECT id, workspace, name, kind, is_inverted, :act
    FROM json_to_recordset(:rows) AS r(id int2, workspace text, name text, kind text, is_inverted bool)
""")
_TEXTS = text("SELECT word, id FROM column_text WHERE column_id = :column AND word = ANY(:words)")
_INSERT_TEXTS = text("""
    INSERT INTO column_text (column_id, word, change_set) SELECT :column, unnest(CAST(:words AS text[])), :act
    ON CONFLICT (column_id, word) DO NOTHING
""")

Texts = dict[str, int]


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A column to be: its workspace, name and kind."""

    workspace: str
    name: str
    kind: ColumnKind
    is_inverted: bool = False

    def __str__(self) -> str:
        return f"{self.workspace}-{self.name}"


@dataclass(frozen=True, slots=True)
class KnownColumn:
    """A column that exists, with its number."""

    id: int
    workspace: str
    name: str
    kind: ColumnKind
    is_inverted: bool

    def __str__(self) -> str:
        return f"{self.workspace}-{self.name}"


def columns_by_name(session: Session) -> dict[str, KnownColumn]:
    """Every column by its text form, ``tracker-strip`` or ``oms-bpix_ready``, in the order of the ids."""
    rows = session.execute(_COLUMNS)
    return {
        f"{workspace}-{name}": KnownColumn(id_, workspace, name, ColumnKind(kind), inverted)
        for workspace, name, id_, kind, inverted in rows
    }


def register_columns(session: Session, columns: Iterable[NewColumn], *, by: str, why: str) -> dict[str, KnownColumn]:
    """Make those columns exist that do not yet; gives all columns by name. An act of its own, if anything is new."""
    known = columns_by_name(session)
    if not (missing := [c for c in columns if str(c) not in known]):
        return known
    stamp = tick(session, Act(by=by, why=why, kind=ActKind.SETUP))
    known = columns_by_name(session)
    flag, other = session.execute(_NEXT).one()
    rows = []
    for column in missing:
        if str(column) in known:
            continue
        is_flag = column.kind is ColumnKind.FLAG
        rows.append(
            {
                "id": flag if is_flag else other,
                "workspace": column.workspace,
                "name": column.name,
                "kind": column.kind.value,
                "is_inverted": column.is_inverted,
            }
        )
        flag, other = flag + is_flag, other + (not is_flag)
    session.execute(_INSERT, {"rows": as_json(rows), "act": stamp.change_set})
    return columns_by_name(session)


def register_texts(session: Session, column: KnownColumn, *, words: Iterable[str], by: str) -> Texts:
    """The dictionary numbers of these words of a text column; those not there yet are added, as an act of their own."""
    wanted = sorted(set(words))
    known: Texts = {word: id_ for word, id_ in session.execute(_TEXTS, {"column": column.id, "words": wanted})}
    if missing := [w for w in wanted if w not in known]:
        stamp = tick(session, Act(by=by, why=f"new words of {column}: {', '.join(missing)}", kind=ActKind.SETUP))
        session.execute(_INSERT_TEXTS, {"column": column.id, "words": missing, "act": stamp.change_set})
        known = {word: id_ for word, id_ in session.execute(_TEXTS, {"column": column.id, "words": wanted})}
    return known
