"""To copy columns from one dataset of a run to others: many at once, or nothing.

Copied words keep whose they were: what a rule said is a rule's word in the copy, what a person said a person's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from backend.access import Actor
from backend.certify.batch import open_columns, permitted_columns
from backend.certify.plan import Plan, Tally, a_word, pieces, record_plan, status_of
from backend.certify.ticked import Ticked, ticked_datasets
from backend.errors import InvalidInput, NotFound
from backend.queries.flags import FlagInForce, Flags, flags_in_force
from backend.record import DatasetKey, LumisectionSaid, Recorded
from models.lumis import EMPTY, LumiRange
from models.vocabulary import Origin

_NAMED = text("SELECT id, run_number FROM dataset WHERE name = :name AND run_number = ANY(:runs)")


@dataclass(frozen=True, slots=True)
class ColumnsCopy:
    """From which dataset of the same run columns (``tracker-strip``) are copied.

    ``with_closed`` includes targets that are signed off or completed; they stay as they are otherwise.
    """

    source: str
    columns: tuple[str, ...]
    with_closed: bool = False


def copy_columns(
    session: Session, actor: Actor, ids: Sequence[int], *, copy: ColumnsCopy, why: str = "", seen: int | None
) -> Recorded:
    """Let columns of the ticked datasets say what they say in another dataset of the same run; people's words too.

    Raises
    ------
    NotPermitted
        If the actor may not, in the workspace of one of the columns; closed ones take the right to reopen them too.
    NotFound
        If there is no such dataset or column, or one of the runs has no dataset of the source's name.
    WrongState
        If nothing would change.
    InvalidInput
        If none is ticked, one is ``online`` or the source itself, or no column is named.
    Conflict
        If somebody changed one of the columns, in source or target, after ``seen``.
    """
    columns = permitted_columns(session, actor, copy.columns, with_closed=copy.with_closed)
    targets = ticked_datasets(session, ids, are_held=False)
    plan = _planned(session, targets, copy, columns, are_held=True)
    told = f"{', '.join(copy.columns)} of {len(plan.datasets)} datasets as in {copy.source}"
    return record_plan(session, actor, plan, why=why.strip() or told, seen=seen)


def preview_columns(session: Session, actor: Actor, ids: Sequence[int], *, copy: ColumnsCopy) -> Plan:
    """What :func:`copy_columns` would do; it refuses what that would refuse, but says where nothing would change."""
    columns = permitted_columns(session, actor, copy.columns, with_closed=copy.with_closed)
    return _planned(session, ticked_datasets(session, ids, are_held=False), copy, columns, are_held=False)


def _sources(session: Session, targets: Sequence[Ticked], name: str) -> dict[int, int]:
    """Run → the dataset of that name."""
    if own := next((target.key for target in targets if target.key.name == name), None):
        raise InvalidInput(f"{own} is ticked, and cannot be copied to itself.")
    runs = sorted({target.key.run_number for target in targets})
    rows = session.execute(_NAMED, {"name": name, "runs": runs})
    found = {run: id_ for id_, run in rows}
    if missing := next((run for run in runs if run not in found), None):
        raise NotFound(f"Run {missing} has no dataset {name} to copy from.")
    return found


def _planned(
    session: Session,
    targets: Sequence[Ticked],
    copy: ColumnsCopy,
    columns: Mapping[str, int],
    *,
    are_held: bool,
) -> Plan:
    sources = _sources(session, targets, copy.source)
    both = ticked_datasets(session, [*(t.id for t in targets), *sources.values()], are_held=are_held)
    by_id = {dataset.id: dataset for dataset in both}
    flags = flags_in_force(session, list(by_id), list(columns.values()))
    tally = Tally()
    for target in (by_id[t.id] for t in targets):
        pair = _Pair(by_id[sources[target.key.run_number]], target)
        if chosen := open_columns(tally, target, columns, with_closed=copy.with_closed):
            _copy(tally, pair, flags, chosen)
    return tally.plan()


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two datasets of a run: what the one says is copied to the other."""

    source: Ticked
    target: Ticked


def _copy(tally: Tally, pair: _Pair, flags: Flags, columns: Mapping[str, int]) -> None:
    words = [word for name, id_ in columns.items() for word in _words(tally, pair, flags, column=(name, id_))]
    tally.looks_at(pair.source, columns.values())
    tally.looks_at(pair.target, columns.values())
    if words:
        tally.changes(pair.target)
        tally.of_lumisections += words
    else:
        tally.leaves_out(pair.target, "is so already")


def _words(tally: Tally, pair: _Pair, flags: Flags, *, column: tuple[str, int]) -> list[LumisectionSaid]:
    """Where the target differs, what stands there is withdrawn, and what the source says is said."""
    name, id_ = column
    differs = EMPTY
    words: list[LumisectionSaid] = []
    for where, there in pieces(flags.get((pair.source.id, id_), ()), pair.target.known):
        to_say = EMPTY
        for within, here in pieces(flags.get((pair.target.id, id_), ()), where):
            if _alike(there, here):
                tally.stays[name, status_of(here)] += len(within)
                continue
            to_say = to_say | within
            tally.flags[name, status_of(here), status_of(there)] += len(within)
            tally.covered += len(within) if here is not None and here.origin is Origin.PERSON else 0
        differs = differs | to_say
        if there is not None:
            words += (_word(pair.target.key, id_, found, there) for found in to_say.ranges)
    both = (Origin.RULE, Origin.PERSON)
    key = pair.target.key
    withdrawn = (LumisectionSaid(key, (id_,), r, None, Origin.PERSON, withdraws=both) for r in differs.ranges)
    return [*withdrawn, *words]


def _word(key: DatasetKey, column: int, where: LumiRange, flag: FlagInForce) -> LumisectionSaid:
    return a_word(key, (column,), where, flag.status, origin=flag.origin, cause=flag.cause, comment=flag.comment)


def _alike(a: FlagInForce | None, b: FlagInForce | None) -> bool:
    if a is None or b is None:
        return a is b
    return (a.status, a.origin, a.cause, a.comment) == (b.status, b.origin, b.cause, b.comment)
