"""How a quality grid travels to the browser and back: rows column-wise and sparse, events checked before believed.

The sheet (columns and rows) is bytes: 16 characters of digest, then JSON. A cell in which all lumisections hold one
value is one character of its column's string; only mixed cells carry counts. 1,000 rows by 40 columns are about 130 kB.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from backend.errors import InvalidInput
from dashboard import look
from dashboard.components.quality_grid.sheet import (
    AttributeColumn,
    AttributeValue,
    Cell,
    CellNote,
    GridEvent,
    GridRow,
    QualityColumn,
)
from models.vocabulary import Bit, Status

UNSAID = 0
"""The wire code of a flag that nobody said; the statuses are the numbers of :class:`Status`."""

MIXED = "*"
"""Stands in a column's string for a cell whose lumisections differ; its counts are in the column's ``mixed``."""

Counts = Mapping[str, Mapping[int, int]]
Read = TypeVar("Read")

ABSENT = "-"
"""Stands in the string of what lies beneath where a row has nothing there."""

_RUNNING, _NOT_SIGNIFICANT, _CHANGED, _CLOSED = 1, 2, 4, 8


def sheet_bytes(key: str, columns: Sequence[AttributeColumn | QualityColumn], rows: Sequence[GridRow]) -> bytes:
    """Columns and rows as the browser reads them; equal sheets give equal bytes, which Streamlit sends only once.

    Raises
    ------
    InvalidInput
        If two rows have one id, or a cell counts more lumisections than its row knows.
    """
    _refuse_repeated([row.id for row in rows])
    attributes = [column for column in columns if isinstance(column, AttributeColumn)]
    qualities = [column for column in columns if isinstance(column, QualityColumn)]
    sheet = {
        "key": key,
        "look": _look(),
        "attributes": [_attribute(column, rows) for column in attributes],
        "qualities": [_quality(column, rows) for column in qualities],
        "ids": [row.id for row in rows],
        "known": [row.known for row in rows],
        "marks": [_marks(row) for row in rows],
        "beneath": next((row.beneath.name for row in rows if row.beneath is not None), None),
    }
    text = json.dumps(sheet, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return hashlib.blake2b(text, digest_size=8).hexdigest().encode() + text


def note_wire(note: CellNote) -> dict[str, str | None]:
    """A note as the hover card reads it; one with a word of its own has no colour of a status."""
    token: str | None
    match note.value:
        case None if note.word:
            token, word = None, note.word
        case Bit():
            token, word = f"dcs-{note.value.name.lower()}", note.value.name.lower()
        case status:
            token, word = look.token_of(status).lower(), status.word if status is not None else "no value"
    return {
        "where": note.where,
        "token": token,
        "word": word,
        "cause": note.cause,
        "comment": note.comment,
        "who": note.who,
    }


def read_event(said: Mapping[str, Any], columns: Sequence[str]) -> GridEvent:
    """What the person did, from what the browser sent; what is malformed is taken as not done.

    ``columns`` are the names that exist; a sort or cell of another column is nothing. To open a row, or a cell of it,
    is to select it; what was done last counts.
    """
    value = {name: packet["value"] for name, packet in said.items() if _act_of(packet) is not None}
    opened, cell = _text(value.get("opened")), _cell(value.get("cell"), columns)
    reached = {"selected": _text(value.get("selected")), "opened": opened, "cell": cell[0] if cell else None}
    in_turn = sorted((name for name in reached if reached[name]), key=lambda name: _act_of(said[name]) or 0)
    return GridEvent(
        selected=reached[in_turn[-1]] if in_turn else None,
        ticked=_all_of(value.get("ticked"), _text),
        picked=_all_of(value.get("picked"), lambda one: _cell(one, columns)),
        sort=_sort(value.get("sort"), columns),
        opened=opened,
        cell=cell,
        acted=_text(value.get("acted")),
    )


def said_after(act: int, *came: Mapping[str, Any]) -> dict[str, Any]:
    """What the browser sent of what was done after that act, a later message before an earlier one."""
    return {name: packet for said in came for name, packet in said.items() if (_act_of(packet) or 0) > act}


def last_act(said: Mapping[str, Any]) -> int:
    """The number of the latest act in what the browser sent; 0 if there was none."""
    return max((_act_of(packet) or 0 for packet in said.values()), default=0)


def _act_of(packet: object) -> int | None:
    match packet:
        case {"act": int(act), "value": _}:
            return act
    return None


def _attribute(column: AttributeColumn, rows: Sequence[GridRow]) -> dict[str, Any]:
    return {
        "name": column.name,
        "label": column.label,
        "width": column.width,
        "kind": column.kind,
        "frozen": column.frozen,
        "unit": column.unit,
        "decimals": column.decimals,
        "behind": column.behind,
        "values": [_plain(row.attributes.get(column.name)) for row in rows],
    }


def _quality(column: QualityColumn, rows: Sequence[GridRow]) -> dict[str, Any]:
    own = [(row.known, row.counts) for row in rows]
    below = [None if row.beneath is None else (row.beneath.known, row.beneath.counts) for row in rows]
    cells = _cells(column, rows, own)
    beneath = {"beneath": _cells(column, rows, below)} if any(b is not None for b in below) else {}
    return {
        "name": column.name,
        "label": column.label,
        "group": column.group,
        "kind": column.kind,
        "inverted": column.inverted,
        **cells,
        **beneath,
        "commented": [at for at, row in enumerate(rows) if column.name in row.commented],
    }


def _cells(column: QualityColumn, rows: Sequence[GridRow], said: Sequence[tuple[int, Counts] | None]) -> dict[str, Any]:
    """The cells of a column: how many lumisections are known and counted in each; none where there is no bar."""
    filler = UNSAID if column.kind == "flag" else int(Bit.NULL)
    uniform, mixed = [], {}
    for at, (row, of) in enumerate(zip(rows, said, strict=True)):
        if of is None:
            uniform.append(ABSENT)
            continue
        known, counts = of
        if not (counted := counts.get(column.name)):
            uniform.append(str(filler))
            continue
        cell = _whole_cell(row.id, column.name, known=known, counts=counted, filler=filler)
        if len(cell) == 2:
            uniform.append(str(cell[0]))
        else:
            uniform.append(MIXED)
            mixed[at] = cell
    return {"uniform": "".join(uniform), "mixed": mixed}


def _whole_cell(id_: str, column: str, *, known: int, counts: Mapping[int, int], filler: int) -> list[int]:
    """``[code, lumisections, code, lumisections …]`` that adds up to what the row knows."""
    cell = [int(number) for pair in counts.items() if pair[1] for number in pair]
    missing = known - sum(cell[1::2])
    if missing < 0:
        counted = sum(cell[1::2])
        raise InvalidInput(f"{id_} knows {known} lumisections, but {column} counts {counted}")
    if missing and filler in cell[::2]:
        cell[cell[::2].index(filler) * 2 + 1] += missing
    elif missing or not cell:
        cell += [filler, missing]
    return cell


def _plain(value: AttributeValue) -> str | int | float | list[Any] | None:
    if isinstance(value, tuple):
        return (
            _verdict(value) if len(value) == 2 and not isinstance(value[0], tuple) else [list(link) for link in value]
        )
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidInput(f"{value} has no time zone; times are aware UTC")
        return int(value.timestamp())
    return value


def _verdict(value: tuple[Any, ...]) -> list[Any]:
    status, words = value
    return [UNSAID if status is None else int(status), words]


def _marks(row: GridRow) -> int:
    return (
        row.is_running * _RUNNING
        + (not row.is_significant) * _NOT_SIGNIFICANT
        + row.changed_after_signoff * _CHANGED
        + row.is_closed * _CLOSED
    )


def _look() -> dict[str, Any]:
    """What the browser needs of the tokens to draw: how each code looks, in which order, and the measures."""
    flags = {str(int(status)): look.token_of(status) for status in Status} | {str(UNSAID): look.NO_VALUE}
    words = {str(int(status)): status.word for status in Status} | {str(UNSAID): "no value"}
    return {
        "order": [token.lower() for token in look.draw_order()],
        "flag": {
            code: {"token": token.lower(), "word": words[code], "letter": look.tokens()["status"][token]["letter"]}
            for code, token in flags.items()
        },
        "size": look.tokens()["size"],
        "hover_ms": look.tokens()["motion"]["hover_ms"],
    }


def _refuse_repeated(ids: Sequence[str]) -> None:
    if len(set(ids)) != len(ids):
        twice = next(id_ for at, id_ in enumerate(ids) if id_ in ids[:at])
        raise InvalidInput(f"two rows of the grid have the id {twice}")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _cell(value: object, columns: Sequence[str]) -> Cell | None:
    match value:
        case [str(row), str(column)] if column in columns:
            return (row, column)
    return None


def _sort(value: object, columns: Sequence[str]) -> tuple[str, bool] | None:
    match value:
        case [str(column), bool(descending)] if column in columns:
            return (column, descending)
    return None


def _all_of(value: object, read: Callable[[object], Read | None]) -> frozenset[Read] | None:
    """The set of what is in a list, if all of it can be read."""
    items = [read(item) for item in value] if isinstance(value, list) else [None]
    read_items = frozenset(item for item in items if item is not None)
    return None if None in items else read_items
