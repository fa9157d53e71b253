"""To move datasets from waiting to OPEN, on over SIGNOFF to COMPLETED, and back; one or many, in one workspace or more.

What is opened for the global workspace while it waits for the DQM GUI is opened for all that wait.
"""

from collections.abc import Sequence

from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.permitted import permitted
from backend.certify.plan import Plan, Tally, by_state, record_plan
from backend.certify.ticked import Ticked, ticked_datasets
from backend.configuration import GLOBAL, Side, workspaces
from backend.errors import InvalidInput, NotFound
from backend.record import DatasetSaid, Recorded
from models.vocabulary import ActKind, DatasetState, Origin

_WAITING, _OPEN = DatasetState.WAITING, DatasetState.OPEN
_ON = {
    DatasetState.OPEN: frozenset({_WAITING, DatasetState.NOT_SIGNIFICANT}),
    DatasetState.SIGNOFF: frozenset({_OPEN}),
    DatasetState.COMPLETED: frozenset({_OPEN, DatasetState.SIGNOFF}),
}
"""State → those from which one moves on to it."""
_BACK = {
    DatasetState.OPEN: frozenset({DatasetState.SIGNOFF, DatasetState.COMPLETED}),
    DatasetState.SIGNOFF: frozenset({DatasetState.COMPLETED}),
}
"""State → those from which one moves back to it."""


def move_datasets(
    session: Session,
    actor: Actor,
    ids: Sequence[int],
    *,
    desks: Sequence[str],
    to: DatasetState,
    with_closed: bool = False,
    why: str = "",
    seen: int | None,
) -> Recorded:
    """Move datasets to a state in some workspaces; those that cannot be moved there stay as they are.

    Parameters
    ----------
    with_closed
        Whether those that are signed off or completed are moved back; otherwise they stay closed.

    Raises
    ------
    NotPermitted
        If the actor may not, in one of the workspaces; to OPEN takes another right than on.
    NotFound
        If there is no such dataset or offline workspace.
    WrongState
        If none of them can be moved there.
    InvalidInput
        If none is ticked, one is ``online``, or nobody moves datasets to that state.
    Conflict
        If somebody moved one of them after ``seen``.
    """
    _permitted(session, actor, desks, to)
    plan = planned_moves(session, ids, desks=desks, to=to, with_closed=with_closed, are_held=True)
    told = why.strip() or f"{len(plan.datasets)} datasets to {to} in {', '.join(dict.fromkeys(desks))}"
    return record_plan(session, actor, plan, why=told, kind=ActKind.DATASET, seen=seen)


def preview_moves(
    session: Session,
    actor: Actor,
    ids: Sequence[int],
    *,
    desks: Sequence[str],
    to: DatasetState,
    with_closed: bool = False,
) -> Plan:
    """What :func:`move_datasets` would do; it refuses what that would refuse, but says where nothing would change."""
    _permitted(session, actor, desks, to)
    return planned_moves(session, ids, desks=desks, to=to, with_closed=with_closed, are_held=False)


def planned_moves(
    session: Session,
    ids: Sequence[int],
    *,
    desks: Sequence[str],
    to: DatasetState,
    with_closed: bool = False,
    are_held: bool,
) -> Plan:
    """The moves, without asking for rights: what whoever moves datasets, in or outside of a cycle, plans with."""
    if to not in _ON:
        raise InvalidInput(f"Nobody moves datasets to {to}; there are {', '.join(_ON)}.")
    datasets = ticked_datasets(session, ids, are_held=are_held)
    _refuse_unknown(session, desks)
    tally = Tally()
    for dataset in datasets:
        plan_move(tally, dataset, desks=desks, to=to, with_closed=with_closed)
    return tally.plan()


def plan_move(
    tally: Tally, dataset: Ticked, *, desks: Sequence[str], to: DatasetState, with_closed: bool = False
) -> None:
    """Add the move of one dataset to the plan."""
    movable = _ON[to] | (_BACK.get(to, frozenset()) if with_closed else frozenset())
    moved = {} if dataset.is_hidden else {d: s for d in desks if (s := dataset.state_in(d)) in movable}
    if to is _OPEN and moved.get(GLOBAL) is _WAITING:
        moved |= {desk: _WAITING for desk, state in dataset.states.items() if state == _WAITING}
    if not moved:
        tally.leaves_out(dataset, _why_not(dataset, desks), of=by_state(*desks))
        return
    tally.changes(dataset)
    tally.moves.update((desk, state, to) for desk, state in moved.items())
    said = {f"state.{desk}": to.value for desk in sorted(moved)}
    tally.of_datasets.append(DatasetSaid(dataset.key, said, Origin.PERSON))


def right_to_move(to: DatasetState) -> Action:
    """The right that moving datasets to a state needs."""
    return Action.DATASET_REOPEN if to is _OPEN else Action.DATASET_MOVE


def _why_not(dataset: Ticked, desks: Sequence[str]) -> str:
    if dataset.is_hidden:
        return "hidden"
    return ", ".join(f"{dataset.state_in(desk) or 'not there'} in {desk}" for desk in dict.fromkeys(desks))


def _permitted(session: Session, actor: Actor, desks: Sequence[str], to: DatasetState) -> None:
    if not desks:
        raise InvalidInput("No workspace is named in which datasets are to be moved.")
    permitted(session, actor, right_to_move(to), *desks)


def _refuse_unknown(session: Session, desks: Sequence[str]) -> None:
    known = {GLOBAL, *(w.workspace for w in workspaces(session, Side.OFFLINE))}
    if (unknown := next((desk for desk in desks if desk not in known), None)) is not None:
        raise NotFound(f"There is no offline workspace {unknown!r}.")
