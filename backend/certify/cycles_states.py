"""To complete a cycle in a workspace and make it pending again; to move its datasets, which also reopens them.

A workspace has completed a cycle when every dataset that it certifies there is COMPLETED; ``global`` comes last.
"""

from collections.abc import Sequence

from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.cycles_standing import StandingCycle, some, standing_cycle, unfinished
from backend.certify.datasets import planned_moves
from backend.certify.permitted import permitted
from backend.certify.plan import Plan, record_plan
from backend.configuration import GLOBAL
from backend.errors import InvalidInput, NotFound, WrongState
from backend.projections.cycles import STATE
from backend.record import Act, CycleSaid, Recorded, record
from models.vocabulary import ActKind, CycleState, DatasetState


def complete_cycle(
    session: Session, actor: Actor, cycle: int, *, desk: str, why: str = "", seen: int | None
) -> Recorded:
    """Say that a workspace is done with a cycle.

    Raises
    ------
    NotPermitted
        If the actor may not complete cycles in the workspace.
    NotFound
        If there is no such cycle, or it is not for the workspace.
    WrongState
        If it is completed there, or a dataset is not COMPLETED there; of ``global``, if another workspace is not done.
    Conflict
        If somebody completed it or made it pending after ``seen``.
    """
    permitted(session, actor, Action.CYCLE_COMPLETE, desk)
    standing = standing_cycle(session, cycle)
    refuse_to_complete(session, standing, desk)
    return _say(session, actor, standing, desk=desk, state=CycleState.COMPLETED, why=why, seen=seen)


def reopen_cycle(session: Session, actor: Actor, cycle: int, *, desk: str, why: str = "", seen: int | None) -> Recorded:
    """Say that a cycle is pending in a workspace again.

    Raises
    ------
    NotPermitted, NotFound, Conflict
        As :func:`complete_cycle`.
    WrongState
        If it is pending there, or completed in ``global``, which then comes first.
    """
    permitted(session, actor, Action.CYCLE_COMPLETE, desk)
    standing = standing_cycle(session, cycle)
    refuse_to_reopen(standing, desk)
    return _say(session, actor, standing, desk=desk, state=CycleState.PENDING, why=why, seen=seen)


def move_cycle(
    session: Session,
    actor: Actor,
    cycle: int,
    *,
    desk: str,
    to: DatasetState,
    with_closed: bool = False,
    why: str = "",
    seen: int | None,
) -> Recorded:
    """Move all datasets of a cycle that is pending in the workspace; those that cannot be moved stay as they are.

    Parameters
    ----------
    with_closed
        Whether those that are signed off or completed are moved back; otherwise they stay closed.

    Raises
    ------
    NotPermitted
        If the actor may not move datasets of cycles in the workspace.
    NotFound
        If there is no such cycle, or it is not for the workspace.
    WrongState
        If the cycle is completed there, or none of its datasets can be moved.
    InvalidInput
        If nobody moves datasets to that state.
    Conflict
        If somebody moved one of them after ``seen``.
    """
    permitted(session, actor, Action.CYCLE_MOVE, desk)
    standing = standing_cycle(session, cycle)
    standing.refuse_unless_pending(desk)
    plan = planned_moves(session, standing.datasets, desks=(desk,), to=to, with_closed=with_closed, are_held=True)
    return _move(session, actor, plan, standing=standing, desk=desk, to=to, why=why, seen=seen)


def preview_cycle_moves(
    session: Session, actor: Actor, cycle: int, *, desk: str, to: DatasetState, with_closed: bool = False
) -> Plan:
    """What :func:`move_cycle` would do; it refuses what that would refuse, but says where nothing would change."""
    permitted(session, actor, Action.CYCLE_MOVE, desk)
    standing = standing_cycle(session, cycle, is_held=False)
    standing.refuse_unless_pending(desk)
    return planned_moves(session, standing.datasets, desks=(desk,), to=to, with_closed=with_closed, are_held=False)


def move_in_cycle(
    session: Session,
    actor: Actor,
    cycle: int,
    *,
    ids: Sequence[int],
    desk: str,
    to: DatasetState,
    why: str = "",
    seen: int | None,
) -> Recorded:
    """Move some datasets of a cycle that is pending in the workspace, on or back: the way to reopen a dataset.

    Raises
    ------
    NotPermitted, WrongState, InvalidInput, Conflict
        As :func:`move_cycle`.
    NotFound
        If there is no such cycle, it is not for the workspace, or a dataset is not in it.
    """
    permitted(session, actor, Action.CYCLE_MOVE, desk)
    standing = standing_cycle(session, cycle)
    _refuse_outside(standing, ids, desk)
    plan = planned_moves(session, ids, desks=(desk,), to=to, with_closed=True, are_held=True)
    return _move(session, actor, plan, standing=standing, desk=desk, to=to, why=why, seen=seen)


def preview_in_cycle(
    session: Session, actor: Actor, cycle: int, *, ids: Sequence[int], desk: str, to: DatasetState
) -> Plan:
    """What :func:`move_in_cycle` would do; it refuses what that would refuse, but says where nothing would change."""
    permitted(session, actor, Action.CYCLE_MOVE, desk)
    _refuse_outside(standing_cycle(session, cycle, is_held=False), ids, desk)
    return planned_moves(session, ids, desks=(desk,), to=to, with_closed=True, are_held=False)


def refuse_to_complete(session: Session, standing: StandingCycle, desk: str) -> None:
    """Refuse with :class:`WrongState` to complete a cycle of which the workspace has something left to do."""
    standing.refuse_unless_there(desk)
    if standing.states[desk] is CycleState.COMPLETED:
        raise WrongState(f"{standing} is completed in {desk} already.")
    if left := unfinished(session, standing.datasets, desk):
        raise WrongState(f"{standing} cannot be completed in {desk}: not COMPLETED there are {some(left)}.")
    others = sorted(w for w, state in standing.states.items() if w != GLOBAL and state is CycleState.PENDING)
    if desk == GLOBAL and others:
        raise WrongState(f"{standing} cannot be completed in global before it is in {', '.join(others)}.")


def refuse_to_reopen(standing: StandingCycle, desk: str) -> None:
    """Refuse with :class:`WrongState` to make a cycle pending that is, or that is completed globally."""
    standing.refuse_unless_there(desk)
    if standing.states[desk] is CycleState.PENDING:
        raise WrongState(f"{standing} is pending in {desk} already.")
    if desk != GLOBAL:
        standing.refuse_if_global_completed(f"pending in {desk}")


def _refuse_outside(standing: StandingCycle, ids: Sequence[int], desk: str) -> None:
    standing.refuse_unless_pending(desk)
    if missing := next((id_ for id_ in sorted(set(ids)) if id_ not in standing.datasets), None):
        raise NotFound(f"Dataset {missing} is not in {standing}.")
    if not ids:
        raise InvalidInput("No dataset is ticked.")


def _say(
    session: Session,
    actor: Actor,
    standing: StandingCycle,
    *,
    desk: str,
    state: CycleState,
    why: str,
    seen: int | None,
) -> Recorded:
    said = CycleSaid(standing.id, {f"{STATE}{desk}": state.value})
    told = why.strip() or f"{standing} {state} in {desk}"
    return record(session, Act(by=actor.name, why=told, kind=ActKind.CYCLE, cycles=(said,)), seen=seen)


def _move(
    session: Session,
    actor: Actor,
    plan: Plan,
    *,
    standing: StandingCycle,
    desk: str,
    to: DatasetState,
    why: str,
    seen: int | None,
) -> Recorded:
    told = why.strip() or f"{len(plan.datasets)} datasets of {standing} to {to} in {desk}"
    return record_plan(session, actor, plan, why=told, kind=ActKind.CYCLE, seen=seen)
