"""What people ask of the worker and stop again: right first, then the task."""

from sqlalchemy import text
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.permitted import permitted
from backend.jobs.task import TaskState
from backend.jobs.task_kinds import Backfill, Reclassify
from backend.jobs.tasks import ask, cancel

_ASKED_BY = text("SELECT asked_by FROM task WHERE id = :id")


def ask_backfill(session: Session, actor: Actor, *, first: int, last: int) -> int:
    """Have the runs from one number to another ingested again; gives the number of the task.

    Raises
    ------
    NotPermitted
        If the actor may not.
    InvalidInput
        If there are no such runs.
    """
    permitted(session, actor, Action.TASK_BACKFILL)
    return ask(session, Backfill.kind, {"first": first, "last": last}, by=actor.name)


def ask_reclassify(session: Session, actor: Actor, *, filter: str) -> int:
    """Have the rules in force judge the runs of a filter once more; gives the number of the task.

    Raises
    ------
    NotPermitted
        If the actor may not.
    InvalidInput
        If the filter cannot be read.
    """
    permitted(session, actor, Action.TASK_RECLASSIFY)
    return ask(session, Reclassify.kind, {"filter": filter}, by=actor.name)


def cancel_task(session: Session, actor: Actor, task: int) -> TaskState:
    """Cancel a task: one's own, or with the right to; gives its state now.

    Raises
    ------
    NotPermitted
        If it is somebody else's and the actor may not.
    NotFound
        If there is no such task.
    WrongState
        If it has ended.
    """
    asked_by = session.execute(_ASKED_BY, {"id": task}).scalar_one_or_none()
    if not (actor.is_verified and asked_by == actor.name):
        permitted(session, actor, Action.TASK_CANCEL)
    return cancel(session, task, by=actor.name)
