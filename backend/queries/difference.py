"""The difference that one act made: what held before it and what held after, attribute by attribute, range by range.

Of an undo it is what it changed, whatever others said in between: both moments are folded from the log.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import NotFound
from backend.projections.attributes import AttributeChange, attributes_in_force
from backend.projections.segments import SegmentArrays
from backend.projections.undone import Undone
from backend.queries.as_of import segments_as_of
from backend.queries.column_values import ColumnValue, column_texts, column_value
from backend.queries.columns import CataloguedColumn, columns_catalogue
from backend.rebuild.words import all_undone
from models.lumis import LumiRange, LumiSet

MOST_DATASETS = 50
"""So many datasets of an act are looked at; what a batch did to more is read from its preview, or narrowed by run."""

_EXISTS = text("SELECT count(*) FROM change_set WHERE id = :act")
_ROOT = text("""
    WITH RECURSIVE chain AS (
        SELECT id, undoes FROM change_set WHERE id = :act
        UNION ALL SELECT c.id, c.undoes FROM change_set c JOIN chain ON c.id = chain.undoes)
    SELECT min(id) FROM chain
""")
_RUNS = text("SELECT DISTINCT run_number FROM run_change WHERE change_set = :root ORDER BY run_number")
_DATASETS = text("""
    SELECT d.id, d.run_number || ' ' || d.name AS name FROM dataset_identity d
    WHERE (d.id IN (SELECT dataset_id FROM dataset_change WHERE change_set = :root)
           OR d.id IN (SELECT dataset_id FROM lumisection_change WHERE change_set = :root))
      AND (CAST(:run AS int) IS NULL OR d.run_number = :run)
    ORDER BY d.id LIMIT :most
""")
_COLUMNS = text("""
    SELECT DISTINCT dataset_id, unnest(columns) FROM lumisection_change
    WHERE change_set = :root AND dataset_id = ANY(:datasets)
""")
_RUN_CHANGES = text("""
    SELECT c.id, c.change_set, c.run_number, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM run_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = ANY(:of) AND c.change_set <= :act AND s.kind <> 'proposal'
""")
_DATASET_CHANGES = text("""
    SELECT c.id, c.change_set, c.dataset_id, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM dataset_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.dataset_id = ANY(:of) AND c.change_set <= :act AND s.kind <> 'proposal'
""")


@dataclass(frozen=True, slots=True)
class AttributeMade:
    """An attribute of a run (``360459``) or dataset (``360459 online``) before and after; none where unsaid."""

    subject: str
    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RangesMade:
    """Lumisections of a column of a dataset that were ``before`` and are ``after``; none where nothing is said."""

    subject: str
    column: CataloguedColumn
    where: LumiSet
    before: ColumnValue | None
    after: ColumnValue | None


@dataclass(frozen=True, slots=True)
class DifferenceMade:
    """What an act changed of what holds. Nothing, if it only said what held already, or what a person outranks."""

    change_set: int
    attributes: tuple[AttributeMade, ...]
    ranges: tuple[RangesMade, ...]


def difference_made(session: Session, change_set: int, *, run_number: int | None = None) -> DifferenceMade:
    """What held before an act and after it, of at most :data:`MOST_DATASETS` datasets; of one run alone, if named.

    Raises
    ------
    NotFound
        If there is no such act.
    """
    if not session.execute(_EXISTS, {"act": change_set}).scalar_one():
        raise NotFound(f"There is no change set {change_set}.")
    root = session.execute(_ROOT, {"act": change_set}).scalar_one()
    runs = [run for run in session.execute(_RUNS, {"root": root}).scalars() if run_number in {None, run}]
    asked = {"root": root, "run": run_number, "most": MOST_DATASETS}
    datasets = {id_: name for id_, name in session.execute(_DATASETS, asked)}
    moments = _Moments(session, change_set)
    return DifferenceMade(
        change_set,
        (
            *moments.attributes("runs", _RUN_CHANGES, {run: str(run) for run in runs}),
            *moments.attributes("datasets", _DATASET_CHANGES, datasets),
        ),
        tuple(moments.ranges(datasets, root)),
    )


class _Moments:
    """The moment before an act, and the one after."""

    def __init__(self, session: Session, change_set: int) -> None:
        self._session = session
        self._act = change_set
        self._undone = all_undone(session, change_set - 1), all_undone(session, change_set)

    def attributes(
        self, thing: Literal["runs", "datasets"], query: Any, names: Mapping[int, str]
    ) -> Iterator[AttributeMade]:
        if not names:
            return
        rows = self._session.execute(query, {"of": list(names), "act": self._act})
        changes = [AttributeChange(*row) for row in rows]
        before = [change for change in changes if change.change_set < self._act]
        for of, subject in names.items():
            was = _in_force(thing, of, before, self._undone[0])
            now = _in_force(thing, of, changes, self._undone[1])
            for name in sorted(was.keys() | now.keys()):
                if was.get(name) != now.get(name):
                    yield AttributeMade(subject, name, was.get(name), now.get(name))

    def ranges(self, datasets: Mapping[int, str], root: int) -> Iterator[RangesMade]:
        asked = {"root": root, "datasets": list(datasets)}
        touched = {(dataset, column) for dataset, column in self._session.execute(_COLUMNS, asked)}
        if not touched:
            return
        on, ids = self._session.get_bind().engine, {dataset for dataset, _ in touched}
        was, now = (_by_value(segments_as_of(on, at, datasets=ids)) for at in (self._act - 1, self._act))
        catalogue, texts = columns_catalogue(self._session).by_id, column_texts(self._session)
        for place in sorted(touched):
            column = catalogue[place[1]]
            for where, before, after in _differing(was.get(place, {}), now.get(place, {})):
                told = [None if v is None else column_value(column.kind, v, texts) for v in (before, after)]
                yield RangesMade(datasets[place[0]], column, where, *told)


def _in_force(
    thing: Literal["runs", "datasets"], of: int, changes: Sequence[AttributeChange], undone: Undone
) -> dict[str, Any]:
    taken_back = undone.acts(thing, of)
    return attributes_in_force(c for c in changes if c.of == of and c.change_set not in taken_back)


_Values = Mapping[int, LumiSet]


def _by_value(segments: SegmentArrays) -> dict[tuple[int, int], _Values]:
    """(Dataset, column) → value → where."""
    ranges: dict[tuple[int, int], dict[int, list[LumiRange]]] = {}
    arrays = (segments.dataset, segments.column, segments.value, segments.first, segments.last)
    for dataset, column, value, first, last in zip(*(array.tolist() for array in arrays), strict=True):
        ranges.setdefault((dataset, column), {}).setdefault(value, []).append(LumiRange(first, last))
    return {place: {v: LumiSet.of(found) for v, found in values.items()} for place, values in ranges.items()}


def _differing(was: _Values, now: _Values) -> Iterable[tuple[LumiSet, int | None, int | None]]:
    """(Where, before, after) of what differs."""
    everywhere = _together([*was.values(), *now.values()])
    for old, at in _with_unsaid(was, everywhere):
        for new, then in _with_unsaid(now, everywhere):
            if old != new and (where := at & then):
                yield where, old, new


def _with_unsaid(values: _Values, everywhere: LumiSet) -> list[tuple[int | None, LumiSet]]:
    return [(None, everywhere - _together(values.values())), *values.items()]


def _together(sets: Iterable[LumiSet]) -> LumiSet:
    return LumiSet.of(r for found in sets for r in found.ranges)
