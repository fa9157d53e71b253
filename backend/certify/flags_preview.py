"""What flags would do before they are said: how many lumisections, from what to what, and whose words they cover."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from backend.access import Actor
from backend.certify.flags import Flag, checked_flags
from backend.certify.places import Checked
from backend.record import DatasetKey
from models.lumis import EMPTY, LumiRange, LumiSet
from models.vocabulary import Origin, Status

_STANDING = text("""
    SELECT s.dataset_id, u.column_id, u.first, u.last, u.value, u.change, w.origin, w.cause, w.comment, a."by", a.at
    FROM segments s,
         unnest(s.columns, s.firsts, s.lasts, s."values", s.changes) AS u (column_id, first, last, value, change)
         JOIN lumisection_change w ON w.id = u.change JOIN change_set a ON a.id = w.change_set
    WHERE s.dataset_id = ANY(:datasets) AND u.column_id = ANY(:columns)
    ORDER BY s.dataset_id, u.column_id, u.first
""")


@dataclass(frozen=True, slots=True)
class Covered:
    """A person's word that would be covered, and where."""

    dataset: DatasetKey
    component: str
    where: LumiSet
    status: Status
    by: str
    at: datetime
    cause: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class FlagsPreview:
    """What flags would do.

    ``flags`` counts lumisections of components: three components over ten lumisections are thirty. ``changes`` is
    (from, to) → how many of them; from none, where nothing is said yet. Those that are so already are counted too.
    """

    flags: int
    datasets: int
    changes: Mapping[tuple[Status | None, Status], int]
    covered: tuple[Covered, ...]


def preview_flags(session: Session, actor: Actor, flags: Sequence[Flag]) -> FlagsPreview:
    """What :func:`~backend.certify.flags.flag_lumisections` would do; it refuses what that would refuse."""
    checked = checked_flags(session, actor, flags, are_held=False)
    names = {id_: name for name, id_ in checked.columns.items()}
    standing = _standing(session, [d.id for d in checked.datasets.values()], names)
    changes: Counter[tuple[Status | None, Status]] = Counter()
    covered: list[Covered] = []
    for (key, component), by_status in _last_words(flags, checked).items():
        words = standing.get((checked.datasets[key].id, component), [])
        for status, where in by_status.items():
            changes += _from_to(words, where, status)
            covered += _covered(words, where, key, component)
    return FlagsPreview(changes.total(), len(checked.datasets), dict(changes), tuple(covered))


@dataclass(frozen=True, slots=True)
class _Word:
    """What holds of a component in a range, and who said it."""

    where: LumiSet
    status: Status
    change: int
    origin: Origin
    cause: str | None
    comment: str | None
    by: str
    at: datetime


def _standing(
    session: Session, datasets: Collection[int], names: Mapping[int, str]
) -> dict[tuple[int, str], list[_Word]]:
    found: dict[tuple[int, str], list[_Word]] = {}
    for row in session.execute(_STANDING, {"datasets": list(datasets), "columns": list(names)}):
        where = LumiSet.of([LumiRange(row.first, row.last)])
        word = _Word(where, Status(row.value), row.change, Origin(row.origin), row.cause, row.comment, row.by, row.at)
        found.setdefault((row.dataset_id, names[row.column_id]), []).append(word)
    return found


def _last_words(flags: Iterable[Flag], checked: Checked) -> dict[tuple[DatasetKey, str], dict[Status, LumiSet]]:
    """(Dataset, component) → status → where the flags leave it so, of the lumisections that there are."""
    left: dict[tuple[DatasetKey, str], dict[Status, LumiSet]] = {}
    for flag in flags:
        where = flag.place.where & checked.datasets[flag.place.dataset].known
        for component in flag.place.components:
            own = left.setdefault((flag.place.dataset, component), {})
            for status in own:
                own[status] -= where
            own[flag.status] = own.get(flag.status, EMPTY) | where
    return left


def _from_to(words: Iterable[_Word], where: LumiSet, to: Status) -> Counter[tuple[Status | None, Status]]:
    found: Counter[tuple[Status | None, Status]] = Counter()
    unsaid = where
    for word in words:
        found[word.status, to] += len(word.where & where)
        unsaid = unsaid - word.where
    found[None, to] += len(unsaid)
    return +found


def _covered(words: Iterable[_Word], where: LumiSet, key: DatasetKey, component: str) -> list[Covered]:
    """People's words within ``where``, the pieces of one word together."""
    pieces: dict[int, tuple[_Word, LumiSet]] = {}
    for word in words:
        if word.origin is Origin.PERSON and (within := word.where & where):
            before = pieces[word.change][1] if word.change in pieces else EMPTY
            pieces[word.change] = word, before | within
    return [
        Covered(key, component, within, word.status, word.by, word.at, word.cause, word.comment)
        for word, within in pieces.values()
    ]
