"""To copy datasets under another name: many at once, or nothing.

Copied words keep whose they were: what a rule said is a rule's word in the copy, what a person said a person's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.accepted import DatasetName
from backend.certify.permitted import permitted
from backend.certify.plan import Plan, Tally, record_plan
from backend.certify.ticked import Ticked, ticked_datasets
from backend.configuration import GLOBAL, Side, workspaces
from backend.errors import Conflict, InvalidInput, NotFound
from backend.record import DatasetKey, DatasetSaid, LumisectionSaid, Recorded, columns_by_name, lock_runs
from models.attributes import FIRST_OTHER_COLUMN
from models.lumis import LumiRange, LumiSet
from models.vocabulary import OMS_WORKSPACE, DatasetState, Origin, Status

_RUNS = text("SELECT DISTINCT run_number FROM dataset_identity WHERE id = ANY(:ids)")
_NAMED = text("SELECT id, run_number FROM dataset_identity WHERE name = :name AND run_number = ANY(:runs) ORDER BY id")
_WORDS = text("""
    SELECT s.dataset_id, u.column_id, u.first, u.last, u.value, w.origin, w.cause, w.comment
    FROM segments s,
         unnest(s.columns, s.firsts, s.lasts, s."values", s.changes) AS u (column_id, first, last, value, change)
         JOIN lumisection_change w ON w.id = u.change
    WHERE s.dataset_id = ANY(:datasets) AND u.column_id = ANY(:columns)
    ORDER BY s.dataset_id, u.first, u.column_id
""")
_NAME: TypeAdapter[str] = TypeAdapter(DatasetName)


@dataclass(frozen=True, slots=True)
class Copy:
    """Under which name datasets are copied, and into which workspaces; the global one always gets them."""

    name: str
    desks: tuple[str, ...]


def copy_datasets(
    session: Session, actor: Actor, ids: Sequence[int], *, copy: Copy, why: str = "", seen: int | None
) -> Recorded:
    """Make a new dataset of each, with its states, flags and overridden DCS bits in the chosen workspaces.

    A chosen workspace without a state waits for the DQM GUI. Links to it are not copied: the copy has none there yet.

    Raises
    ------
    NotPermitted
        If the actor may not, in one of the workspaces or in the global one.
    NotFound
        If there is no such dataset or offline workspace.
    Conflict
        If a run has a dataset of the new name, or ever had one.
    InvalidInput
        If none is ticked, two are of one run, one is ``online``, or the new name is no dataset's.
    """
    _permitted_copy(session, actor, copy)
    _hold_runs(session, ids)
    plan = _planned_copies(session, ticked_datasets(session, ids, are_held=True), copy)
    told = why.strip() or f"{len(plan.new_datasets)} datasets copied to {copy.name}"
    return record_plan(session, actor, plan, why=told, seen=seen)


def preview_copies(session: Session, actor: Actor, ids: Sequence[int], *, copy: Copy) -> Plan:
    """What :func:`copy_datasets` would do; it refuses what that would refuse."""
    _permitted_copy(session, actor, copy)
    return _planned_copies(session, ticked_datasets(session, ids, are_held=False), copy)


def _permitted_copy(session: Session, actor: Actor, copy: Copy) -> None:
    permitted(session, actor, Action.DATASET_BATCH, GLOBAL, *copy.desks)


def _hold_runs(session: Session, ids: Sequence[int]) -> None:
    """Hold the runs of the datasets before these: a run's new dataset needs it, and runs are locked first."""
    lock_runs(session, session.execute(_RUNS, {"ids": list(ids)}).scalars())


def _planned_copies(session: Session, sources: Sequence[Ticked], copy: Copy) -> Plan:
    desks = _desks(session, copy)
    _refuse_name(session, sources, copy.name)
    names = {column.id: name for name, column in columns_by_name(session).items()}
    chosen = {GLOBAL, OMS_WORKSPACE, *desks}
    columns = [id_ for id_, name in names.items() if name.partition("-")[0] in chosen]
    words = _words_of(session, sources, columns)
    tally = Tally()
    for source in sources:
        key = DatasetKey(source.key.run_number, copy.name)
        tally.new_datasets.append(key)
        tally.datasets[key] = len(source.known)
        tally.looks_at(source, columns)
        _copy_states(tally, source, key, (GLOBAL, *desks))
        for word in words.get(source.id, ()):
            tally.of_lumisections.append(replace(word, dataset=key))
            known = len(LumiSet((word.range,)) & source.known)
            flags = (column for column in word.columns if column < FIRST_OTHER_COLUMN)
            for column in flags:
                assert word.value is not None
                tally.flags[names[column], None, Status(word.value)] += known
    return tally.plan()


def _copy_states(tally: Tally, source: Ticked, key: DatasetKey, desks: Sequence[str]) -> None:
    """A state that the source has is the copier's word; a workspace that has to wait is left to the rules."""
    states = {desk: source.state_in(desk) or DatasetState.WAITING for desk in desks}
    tally.moves.update((desk, None, state) for desk, state in states.items())
    for origin, said in (
        (Origin.RULE, {f"state.{d}": s.value for d, s in states.items() if s is DatasetState.WAITING}),
        (Origin.PERSON, {f"state.{d}": s.value for d, s in states.items() if s is not DatasetState.WAITING}),
    ):
        if said:
            tally.of_datasets.append(DatasetSaid(key, said, origin))


def _desks(session: Session, copy: Copy) -> tuple[str, ...]:
    known = {w.workspace for w in workspaces(session, Side.OFFLINE)}
    chosen = tuple(dict.fromkeys(desk for desk in copy.desks if desk != GLOBAL))
    if (unknown := next((desk for desk in chosen if desk not in known), None)) is not None:
        raise NotFound(f"There is no offline workspace {unknown!r}.")
    return chosen


def _refuse_name(session: Session, sources: Sequence[Ticked], name: str) -> None:
    try:
        _NAME.validate_python(name)
    except ValidationError as error:
        raise InvalidInput(
            f"A dataset cannot be named {name!r:.120}; names are like /PromptReco/Collisions2018D/DQM."
        ) from error
    runs = Counter(source.key.run_number for source in sources)
    if twice := next((run for run, count in runs.items() if count > 1), None):
        raise InvalidInput(f"Two datasets of run {twice} are ticked, and only one can be copied to {name}.")
    found = session.execute(_NAMED, {"name": name, "runs": list(runs)}).all()
    if found:
        more = f" and {len(found) - 1} further runs" if len(found) > 1 else ""
        raise Conflict(f"Run {found[0].run_number}{more} has a dataset {name}, or had one that was undone.")


def _words_of(session: Session, sources: Sequence[Ticked], columns: Sequence[int]) -> dict[int, list[LumisectionSaid]]:
    """Dataset → what holds of it; columns with the same word over the same range together."""
    shared: dict[tuple[Any, ...], list[int]] = {}
    keys = {source.id: source.key for source in sources}
    for row in session.execute(_WORDS, {"datasets": list(keys), "columns": list(columns)}):
        word = row.dataset_id, row.first, row.last, row.value, row.origin, row.cause, row.comment
        shared.setdefault(word, []).append(row.column_id)
    found: dict[int, list[LumisectionSaid]] = {}
    for (dataset, first, last, value, origin, cause, comment), of in shared.items():
        where = LumiRange(first, last)
        said = LumisectionSaid(keys[dataset], tuple(of), where, value, Origin(origin), cause=cause, comment=comment)
        found.setdefault(dataset, []).append(said)
    return found
