"""Cycles: to make one of datasets, with a deadline and the workspaces that certify it; to change and delete it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.cycles_standing import StandingCycle, checked_desks, some, standing_cycle, unfinished
from backend.certify.permitted import permitted
from backend.certify.said import text_or_none
from backend.certify.ticked import ticked_datasets
from backend.errors import InvalidInput, NotFound, WrongState
from backend.projections.cycles import DESKS, STATE
from backend.record import Act, CycleSaid, Recorded, hold_cycle_names, next_cycle, record
from models.vocabulary import ActKind, CycleState

LONGEST_NAME = 120
_SAME_NAME = text("SELECT id FROM cycle_now WHERE name = :name AND id <> :id")


@dataclass(frozen=True, slots=True)
class MadeCycle:
    """The cycle that was made, by its number, and the act that made it."""

    cycle: int
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class CycleEdit:
    """What is to change of a cycle; what is none stays. ``desks`` are the workspaces that it shall be for."""

    name: str | None = None
    deadline: date | None = None
    description: str | None = None
    desks: tuple[str, ...] | None = None


def deadline_of(day: date) -> datetime:
    """Until when there is time: 23:59 UTC of the day.

    >>> deadline_of(date(2026, 11, 30)).isoformat()
    '2026-11-30T23:59:00+00:00'
    """
    return datetime.combine(day, time(23, 59), UTC)


def create_cycle(
    session: Session,
    actor: Actor,
    *,
    name: str,
    deadline: date,
    ids: Sequence[int],
    desks: Sequence[str],
    description: str = "",
    why: str = "",
) -> MadeCycle:
    """Make a cycle of datasets; those of a filter are ``queries.ids_of(filter)``. It is pending in each workspace.

    Raises
    ------
    NotPermitted
        If the actor may not make cycles.
    NotFound
        If there is no such dataset or offline workspace.
    InvalidInput
        If the name cannot be or is another cycle's, no dataset or workspace is named, or one is ``online``.
    """
    permitted(session, actor, Action.CYCLE_MANAGE)
    wanted = checked_desks(session, desks)
    datasets = tuple(sorted(dataset.id for dataset in ticked_datasets(session, ids, are_held=False)))
    said = {
        "name": _free_name(session, name),
        "deadline": deadline_of(deadline).isoformat(),
        "description": _description(description),
        DESKS: sorted(wanted),
        **{f"{STATE}{desk}": CycleState.PENDING.value for desk in wanted},
    }
    cycle = next_cycle(session)
    act = Act(
        by=actor.name,
        why=why.strip() or f"cycle {said['name']}: {len(datasets)} datasets until {deadline:%d %b %Y}",
        kind=ActKind.CYCLE,
        new_cycles=(cycle,),
        cycles=(CycleSaid(cycle, said, added=datasets),),
    )
    return MadeCycle(cycle, record(session, act))


def edit_cycle(
    session: Session, actor: Actor, cycle: int, *, edit: CycleEdit, why: str = "", seen: int | None
) -> Recorded:
    """Change the name, the deadline, the description or the workspaces of a cycle; new ones begin as pending.

    Raises
    ------
    NotPermitted, NotFound
        If the actor may not change cycles, or there is no such cycle or offline workspace.
    WrongState
        If a workspace that completed it is to lose it, or a new one is to come to what is completed in global.
    InvalidInput
        If the name cannot be or is another cycle's, or nothing would change.
    Conflict
        If somebody changed the same after ``seen``.
    """
    permitted(session, actor, Action.CYCLE_MANAGE)
    standing = standing_cycle(session, cycle)
    said = _changes(session, standing, edit)
    if not said:
        raise InvalidInput(f"{standing} is so already.")
    changed = ", ".join(name.removeprefix(STATE) for name in said)
    return _say(session, actor, CycleSaid(cycle, said), why=why.strip() or f"{standing}: {changed}", seen=seen)


def add_datasets(
    session: Session, actor: Actor, cycle: int, *, ids: Sequence[int], why: str = "", seen: int | None
) -> Recorded:
    """Put datasets into a cycle; those that are in it already stay.

    Raises
    ------
    NotPermitted, NotFound
        If the actor may not change cycles, or there is no such cycle or dataset.
    WrongState
        If all are in it already, or a workspace that has completed the cycle has not completed one of them.
    InvalidInput
        If none is named, or one is ``online``.
    Conflict
        If somebody put one of them in or took it out after ``seen``.
    """
    permitted(session, actor, Action.CYCLE_MANAGE)
    standing = standing_cycle(session, cycle)
    new = sorted({d.id for d in ticked_datasets(session, ids, are_held=False)} - set(standing.datasets))
    if not new:
        raise WrongState(f"All {len(set(ids))} datasets are in {standing} already.")
    for desk, state in standing.states.items():
        if state is CycleState.COMPLETED and (open_ := unfinished(session, new, desk)):
            raise WrongState(f"{standing} is completed in {desk}, where these are not COMPLETED: {some(open_)}.")
    told = why.strip() or f"{len(new)} datasets into {standing}"
    return _say(session, actor, CycleSaid(cycle, added=tuple(new)), why=told, seen=seen)


def remove_datasets(
    session: Session, actor: Actor, cycle: int, *, ids: Sequence[int], why: str = "", seen: int | None
) -> Recorded:
    """Take datasets out of a cycle.

    Raises
    ------
    NotPermitted
        If the actor may not change cycles.
    NotFound
        If there is no such cycle, or a dataset is not in it.
    InvalidInput
        If none is named, or none would be left: then the cycle is to be deleted.
    Conflict
        If somebody put one of them in or took it out after ``seen``.
    """
    permitted(session, actor, Action.CYCLE_MANAGE)
    standing = standing_cycle(session, cycle)
    gone = sorted(set(ids))
    if not gone:
        raise InvalidInput("No dataset is ticked.")
    if missing := next((id_ for id_ in gone if id_ not in standing.datasets), None):
        raise NotFound(f"Dataset {missing} is not in {standing}.")
    if len(gone) == len(standing.datasets):
        raise InvalidInput(f"{standing} would be left without datasets: delete it instead.")
    told = why.strip() or f"{len(gone)} datasets out of {standing}"
    return _say(session, actor, CycleSaid(cycle, removed=tuple(gone)), why=told, seen=seen)


def delete_cycle(session: Session, actor: Actor, cycle: int, *, why: str = "", seen: int | None) -> Recorded:
    """Delete a cycle; its datasets stay as they are, and an undo brings it back.

    Raises
    ------
    NotPermitted, NotFound
        If the actor may not, or there is no such cycle.
    Conflict
        If somebody changed it after ``seen``.
    """
    permitted(session, actor, Action.CYCLE_MANAGE)
    standing = standing_cycle(session, cycle)
    said = CycleSaid(cycle, {"deleted": True})
    return _say(session, actor, said, why=why.strip() or f"{standing} deleted", seen=seen)


def _say(session: Session, actor: Actor, said: CycleSaid, *, why: str, seen: int | None) -> Recorded:
    return record(session, Act(by=actor.name, why=why, kind=ActKind.CYCLE, cycles=(said,)), seen=seen)


def _changes(session: Session, standing: StandingCycle, edit: CycleEdit) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if edit.desks is not None:
        said |= _desks(standing, checked_desks(session, edit.desks))
    if edit.deadline is not None and deadline_of(edit.deadline) != standing.deadline:
        said["deadline"] = deadline_of(edit.deadline).isoformat()
    if edit.description is not None and _description(edit.description) != standing.description:
        said["description"] = _description(edit.description)
    if edit.name is not None and edit.name.strip() != standing.name:
        said["name"] = _free_name(session, edit.name, cycle=standing.id)
    return said


def _desks(standing: StandingCycle, desks: Iterable[str]) -> dict[str, Any]:
    wanted = set(desks)
    lost, new = sorted(standing.states.keys() - wanted), sorted(wanted - standing.states.keys())
    if done := [desk for desk in lost if standing.states[desk] is CycleState.COMPLETED]:
        raise WrongState(f"{standing} is completed in {done[0]}, which therefore stays.")
    if new:
        standing.refuse_if_global_completed(f"for {new[0]} too")
    if not (lost or new):
        return {}
    states = {f"{STATE}{desk}": None for desk in lost} | {f"{STATE}{desk}": CycleState.PENDING.value for desk in new}
    return {DESKS: sorted(wanted), **states}


def _free_name(session: Session, name: str, *, cycle: int = 0) -> str:
    """The name, which no other cycle has; until the transaction ends nobody else names a cycle."""
    kept = name.strip()
    if not 0 < len(kept) <= LONGEST_NAME or not kept.isprintable():
        raise InvalidInput(f"A cycle cannot be named {kept!r:.140}: 1 to {LONGEST_NAME} characters.")
    hold_cycle_names(session)
    if (other := session.execute(_SAME_NAME, {"name": kept, "id": cycle}).scalar()) is not None:
        raise InvalidInput(f"Cycle {other} is named {kept!r} already.")
    return kept


def _description(written: str) -> str:
    return text_or_none(written, what="description") or ""
