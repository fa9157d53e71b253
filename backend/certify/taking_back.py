"""Undo and redo as people do them: who may, when, and what rules make of a run whose words were taken back.

It takes the right to undo (one's own, or what somebody else did), and besides the right of the act that is reversed;
and runs and datasets must still stand where the act left them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.cycles_undo import hold_cycles, refuse_broken_cycles
from backend.certify.deeds import (
    STATE,
    Deed,
    Scope,
    dataset_states_before,
    deed_of,
    run_states_before,
)
from backend.certify.judged import judge_again
from backend.certify.permitted import permitted
from backend.certify.reversing import rights_to_reverse
from backend.certify.rights_undo import refuse_lost_rights
from backend.configuration import GLOBAL
from backend.errors import RegistryError, WrongState
from backend.record import Recorded, lock_configuration, lock_runs, refuse_to_undo, undo
from models.vocabulary import OMS_WORKSPACE, ONLINE, ActKind, Origin, RunState

_RUN_STATES = text("SELECT run_number, state FROM run WHERE run_number = ANY(:runs)")
_LOCK_DATASETS = text("SELECT id FROM dataset_identity WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_DATASET_STATES = text("SELECT id, states FROM dataset WHERE id = ANY(:ids)")

_DECIDED = frozenset({ActKind.ACCEPT, ActKind.REJECT})


@dataclass(frozen=True, slots=True)
class Undoable:
    """Whether somebody may undo an act, and what that would be: ``is_redo`` brings back what was undone.

    ``why_not`` is the sentence to show beside a button that does nothing; none if it may be pressed.
    """

    change_set: int
    is_redo: bool
    why_not: str | None

    @property
    def may(self) -> bool:
        """Whether the button may be pressed."""
        return self.why_not is None


def take_back(
    session: Session, actor: Actor, change_set: int, *, why: str = "", scope: Scope | None = None
) -> Recorded:
    """Undo an act; of an undo, what it took back holds again.

    Parameters
    ----------
    scope
        To take back only what it said of some datasets and runs: ``{"datasets": [id, …], "runs": [number, …]}``.

    Raises
    ------
    NotPermitted
        If the actor may not undo this act, or might not have done it.
    NotFound
        If there is no such act.
    WrongState
        If a run or dataset does not stand any more where the act left it; or a cycle would be left completed where
        it is not, or named as another one.
    InvalidInput
        If the act is of a kind that cannot be undone, or is undone already; or nobody would be left who may change
        rights.
    Conflict
        If it created datasets that have since been worked on; the sentence names the acts to undo first.
    """
    deed = deed_of(session, change_set, scope=scope)
    _hold(session, deed)
    _refuse(session, actor, deed, scope)
    reason = why.strip() or f"{'redone' if deed.brings_back else 'undone'}: change set {deed.root}"
    done = undo(session, change_set, by=actor.name, why=reason, scope=scope)
    if deed.kind is ActKind.EDIT_RUN:
        for said in sorted(deed.runs, key=lambda run: run.run_number):
            if said.origin is Origin.PERSON:
                judge_again(session, said.run_number, about=said.said, why=reason)
    return done


def undoable(session: Session, actor: Actor, change_set: int, *, scope: Scope | None = None) -> Undoable:
    """Whether :func:`take_back` would do it, for a page: nothing is locked, and nothing recorded.

    Raises
    ------
    NotFound
        If there is no such act.
    """
    deed = deed_of(session, change_set, scope=scope)
    try:
        _refuse(session, actor, deed, scope)
        refuse_to_undo(session, change_set, scope=scope)
    except RegistryError as error:
        return Undoable(change_set, deed.brings_back, str(error))
    return Undoable(change_set, deed.brings_back, None)


def _refuse(session: Session, actor: Actor, deed: Deed, scope: Scope | None) -> None:
    before = run_states_before(session, deed.root, _runs_of(deed))
    permitted(session, actor, Action.UNDO if deed.by == actor.name else Action.UNDO_OTHERS)
    for action, workspace in rights_to_reverse(deed, before=before):
        permitted(session, actor, action, *(() if workspace is None else (workspace,)))
    _refuse_moved_runs(session, deed, before)
    _refuse_moved_datasets(session, deed)
    if deed.kind is ActKind.CYCLE:
        refuse_broken_cycles(session, deed, scope=scope)
    refuse_lost_rights(session, deed)


def _hold(session: Session, deed: Deed) -> None:
    """Lock what the act spoke of: configuration, then cycles, runs and datasets."""
    lock_configuration(session, (kind for kind, _, _ in deed.configurations))
    if deed.kind is ActKind.CYCLE:
        hold_cycles(session, deed)
    if runs := _runs_of(deed):
        lock_runs(session, runs)
    if ids := sorted({d.id for d in deed.datasets} | {f.id for f in deed.flags}):
        session.execute(_LOCK_DATASETS, {"ids": ids})


def _runs_of(deed: Deed) -> set[int]:
    """The runs whose state matters: of which the act spoke, and those that it flagged online."""
    return {run.run_number for run in deed.runs} | {f.run_number for f in deed.flags if f.name == ONLINE}


def _refuse_moved_runs(session: Session, deed: Deed, before: Mapping[int, str]) -> None:
    said = {run.run_number: run.said[STATE] for run in deed.runs if STATE in run.said and run.origin is Origin.PERSON}
    left = before if deed.brings_back else {**before, **said}
    for run, state in session.execute(_RUN_STATES, {"runs": sorted(_runs_of(deed))}):
        stands, stood = state or RunState.OPEN.value, left.get(run, RunState.OPEN.value)
        if deed.kind in _DECIDED:
            if stands == RunState.OPEN:
                raise WrongState(f"Run {run} is OPEN and follows OMS: there is nothing to decide of it any more.")
        elif stands != stood:
            raise WrongState(f"Run {run} is in {stands}; {_what(deed)} is possible only while it is in {stood}.")


def _refuse_moved_datasets(session: Session, deed: Deed) -> None:
    places = dict.fromkeys(_places_of(deed))
    ids = sorted({id_ for id_, _, _ in places})
    if not ids:
        return
    before = dataset_states_before(session, deed.root, ids)
    said = {(d.id, workspace): state for d in deed.datasets for workspace, state in d.states.items()}
    standing = {id_: states for id_, states in session.execute(_DATASET_STATES, {"ids": ids})}
    for id_, name, workspace in places:
        stood = before.get(id_, {}).get(workspace)
        if not deed.brings_back:
            stood = said.get((id_, workspace), stood)
        stands = standing[id_].get(workspace) if id_ in standing else stood
        if stands != stood:
            raise WrongState(
                f"{name} is in {stands!r} in {workspace}; {_what(deed)} is possible only while it is in {stood!r}."
            )


def _places_of(deed: Deed) -> Iterator[tuple[int, str, str]]:
    """(Dataset id, what it is called, workspace) of which a person spoke offline."""
    for flags in deed.flags:
        if flags.name != ONLINE:
            workspace = GLOBAL if flags.workspace == OMS_WORKSPACE else flags.workspace
            yield flags.id, f"{flags.run_number} {flags.name}", workspace
    for dataset in deed.datasets:
        if dataset.origin is Origin.PERSON:
            yield from ((dataset.id, f"{dataset.run_number} {dataset.name}", w) for w in dataset.states)


def _what(deed: Deed) -> str:
    return f"{'redo' if deed.brings_back else 'undo'} of change set {deed.act}"
