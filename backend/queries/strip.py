"""What is said of every lumisection of a dataset, column by column, and who said each word and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import NotFound
from backend.projections.datasets import known_of
from backend.queries.as_of import known_as_of, segments_as_of
from backend.queries.column_values import ColumnValue, column_texts, column_value
from backend.queries.columns import CataloguedColumn, columns_catalogue
from models.lumis import LumiRange, LumiSet
from models.vocabulary import OMS_WORKSPACE, ONLINE, ColumnKind, Origin

_DATASETS = text("""
    SELECT d.id, d.name, d.known, r.known AS run_known, d.last_change
    FROM dataset d JOIN run r ON r.run_number = d.run_number
    WHERE d.run_number = :run AND d.name IN (:name, :online)
""")
_SEGMENTS = text("""
    SELECT u.column_id, u.first, u.last, u.value, u.change
    FROM segments s, unnest(s.columns, s.firsts, s.lasts, s."values", s.changes)
         AS u (column_id, first, last, value, change)
    WHERE s.dataset_id = :dataset
""")
_WORDS = text("""
    SELECT w.id, w.change_set, s."by", s.at, s.why, w.origin, w.cause, w.comment
    FROM lumisection_change w JOIN change_set s ON s.id = w.change_set WHERE w.id = ANY(:words)
""")


@dataclass(frozen=True, slots=True)
class Said:
    """One value over a range; ``word`` names who said it, in :attr:`Strip.words`."""

    range: LumiRange
    value: ColumnValue
    word: int


@dataclass(frozen=True, slots=True)
class SaidBy:
    """Who said a word, in which act, when and why, and with what cause and comment."""

    change_set: int
    by: str
    at: datetime
    why: str
    origin: Origin
    cause: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class ColumnStrip:
    """One column with its ranges, ascending and disjoint; what nobody spoke of is in none."""

    column: CataloguedColumn
    segments: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """Everything said of a dataset's lumisections.

    Ranges are *not* cut to the ``known`` lumisections: a person's word outside them stays and is shown as outside.
    ``columns`` are in the order of their ids, those without any word left out.
    """

    dataset_id: int
    run_number: int
    name: str
    known: LumiSet
    columns: tuple[ColumnStrip, ...]
    words: Mapping[int, SaidBy]

    def column(self, name: str) -> ColumnStrip | None:
        """The column of this name (``tracker-strip``); none if nothing is said of it."""
        return next((strip for strip in self.columns if str(strip.column) == name), None)


def strip_of(session: Session, run_number: int, dataset_name: str = ONLINE, *, as_of: int | None = None) -> Strip:
    """What is said of every lumisection of a dataset, now or once the change set ``as_of`` had been recorded.

    What OMS says is said of ``online``; another dataset has it from there, as it is now, but for what its own words
    override.

    Raises
    ------
    NotFound
        If there is no such dataset.
    """
    asked = {"run": run_number, "name": dataset_name, "online": ONLINE}
    datasets = {row.name: row for row in session.execute(_DATASETS, asked)}
    if dataset_name not in datasets:
        raise NotFound(f"There is no dataset {run_number} {dataset_name}.")
    columns = columns_catalogue(session).by_id
    said = _segments(session, datasets[dataset_name].id, as_of)
    if dataset_name != ONLINE and ONLINE in datasets:
        of_oms = {id_ for id_, column in columns.items() if column.workspace == OMS_WORKSPACE}
        said = _overlaid(said, (word for word in _segments(session, datasets[ONLINE].id, as_of) if word[0] in of_oms))
    dataset = datasets[dataset_name]
    run_known = dataset.run_known if as_of is None else known_as_of(session, run_number, as_of).as_flat()
    return Strip(
        dataset_id=dataset.id,
        run_number=run_number,
        name=dataset_name,
        known=known_of(dataset.known, run_known),
        columns=_by_column(session, said, columns),
        words=_words(session, {word for *_, word in said}),
    )


_Raw: TypeAlias = tuple[int, LumiRange, int, int]
"""Column id, range, coded value, word."""


def _segments(session: Session, dataset_id: int, as_of: int | None) -> list[_Raw]:
    if as_of is not None:
        past = segments_as_of(session.get_bind().engine, as_of, datasets=[dataset_id])
        arrays = (past.column, past.first, past.last, past.value, past.change)
        rows = zip(*(array.tolist() for array in arrays), strict=True)
        return [(column, LumiRange(first, last), value, word) for column, first, last, value, word in rows]
    found = session.execute(_SEGMENTS, {"dataset": dataset_id})
    return [(column, LumiRange(first, last), value, word) for column, first, last, value, word in found]


def _overlaid(own: list[_Raw], inherited: Iterable[_Raw]) -> list[_Raw]:
    """The own words, and what is inherited where they say nothing."""
    spoken: dict[int, list[LumiRange]] = {}
    for column, range_, *_ in own:
        spoken.setdefault(column, []).append(range_)
    taken = {column: LumiSet.of(ranges) for column, ranges in spoken.items()}
    rest = [
        (column, left, value, word)
        for column, range_, value, word in inherited
        for left in (LumiSet.of([range_]) - taken.get(column, LumiSet())).ranges
    ]
    return own + rest


def _by_column(
    session: Session, said: Iterable[_Raw], columns: Mapping[int, CataloguedColumn]
) -> tuple[ColumnStrip, ...]:
    by_column: dict[int, list[_Raw]] = {}
    for raw in said:
        by_column.setdefault(raw[0], []).append(raw)
    has_text = any(columns[id_].kind is ColumnKind.TEXT for id_ in by_column)
    texts = column_texts(session) if has_text else {}
    strips = []
    for id_, raws in sorted(by_column.items()):
        kind = columns[id_].kind
        said_there = (Said(range_, column_value(kind, value, texts), word) for _, range_, value, word in sorted(raws))
        strips.append(ColumnStrip(columns[id_], tuple(said_there)))
    return tuple(strips)


def _words(session: Session, words: set[int]) -> dict[int, SaidBy]:
    rows = session.execute(_WORDS, {"words": list(words)}) if words else ()
    return {
        id_: SaidBy(change_set, by, at, why, Origin(origin), cause, comment)
        for id_, change_set, by, at, why, origin, cause, comment in rows
    }
