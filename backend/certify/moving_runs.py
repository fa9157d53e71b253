"""To move a run from OPEN over SIGNOFF to COMPLETED, and back. To move on takes a complete run, and makes its datasets.

The run, its new datasets and the first verdicts on them are one act: undone together, or not at all.
"""

from dataclasses import replace

from sqlalchemy import text
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.completeness import refuse_incomplete
from backend.certify.permitted import permitted
from backend.certify.seen import refuse_unseen
from backend.certify.sign_off import datasets_of_sign_off
from backend.certify.standing import StandingRun, standing_run
from backend.errors import NotFound, WrongState
from backend.record import Act, Recorded, RunSaid, record
from models.vocabulary import ActKind, Origin, RunState

_ORDER = tuple(RunState)
_TAKEN_AWAY = text("""
    SELECT i.name, i.change_set AS made_by, max(u.id) AS undone_by
    FROM dataset_identity i JOIN change_set u ON u.undoes = i.change_set
    WHERE i.run_number = :run AND i.name = ANY(:names) GROUP BY i.id ORDER BY i.id LIMIT 1
""")


def move_run(
    session: Session, actor: Actor, run_number: int, to: RunState, *, why: str = "", seen: int | None
) -> Recorded:
    """Move a run on to SIGNOFF or COMPLETED, which creates its datasets, or back.

    Raises
    ------
    NotPermitted, NotFound
        If the actor may not move it there, or there is no such run.
    WrongState
        If the run is there already; or, moving on, if it has no lumisections, no class, or a certifiable component
        without a verdict, which the sentence names with its lumisections; or if a sign-off that made its datasets was
        undone, and is to be redone.
    Conflict
        If somebody moved it after ``seen``.
    """
    run = _permitted_run(session, actor, run_number, to)
    if run.state is to:
        raise WrongState(f"Run {run_number} is in state {to} already.")
    if is_on(run.state, to):
        refuse_incomplete(session, run)
    said = RunSaid(run_number, {"state": to.value}, Origin.PERSON)
    own = Act(by=actor.name, why=why.strip() or f"{run.state} to {to}", kind=ActKind.MOVE_RUN, runs=(said,))
    refuse_unseen(session, own, seen=seen)
    return record(session, _with_datasets(session, own, run_number) if is_on(run.state, to) else own)


def is_on(state: RunState, to: RunState) -> bool:
    """Whether a move goes on, and not back."""
    return _ORDER.index(to) > _ORDER.index(state)


def right_to_move(state: RunState, to: RunState) -> Action:
    """The right that a move needs."""
    return Action.RUN_MOVE if is_on(state, to) else Action.RUN_REOPEN


def _with_datasets(session: Session, own: Act, run_number: int) -> Act:
    """The move with the datasets that it makes; one that an undo took away comes back by redo, not a second time.

    Those that an earlier sign-off made and this one would not are named in the reason, so that people can hide them.
    """
    made = datasets_of_sign_off(session, run_number)
    asked = {"run": run_number, "names": [key.name for key in made.created]}
    if gone := session.execute(_TAKEN_AWAY, asked).first():
        raise WrongState(
            f"{run_number} {gone.name} was made by change set {gone.made_by}, which change set {gone.undone_by} undid: "
            f"redo it by undoing {gone.undone_by}."
        )
    if made.no_longer_accepted:
        names = ", ".join(key.name for key in made.no_longer_accepted)
        own = replace(own, why=f"{own.why}; no longer accepted, to be hidden if wanted: {names}")
    return made.within(own)


def _permitted_run(session: Session, actor: Actor, run_number: int, to: RunState) -> StandingRun:
    """The run; the right comes first, also where there is none: one cannot tell then whether it would go on or back."""
    try:
        run = standing_run(session, run_number)
    except NotFound:
        permitted(session, actor, Action.RUN_REOPEN if to is RunState.OPEN else Action.RUN_MOVE)
        raise
    permitted(session, actor, right_to_move(run.state, to) if run.state is not to else Action.RUN_MOVE)
    return run
