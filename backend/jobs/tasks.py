"""Asking for a task and cancelling it: what a page does. The work is done by a worker, and survives the page."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy import text
from sqlmodel import Session

from backend.errors import InvalidInput, NotFound, WrongState
from backend.jobs.task import Errand, TaskState
from backend.jobs.task_kinds import KINDS

_ASK = text("""
    INSERT INTO task (kind, arguments, asked_by, asked_at, state, progress, message)
    VALUES (:kind, CAST(:arguments AS jsonb), :by, clock_timestamp(), 'waiting', 0, '') RETURNING id
""")
_LOCK = text("SELECT state FROM task WHERE id = :id FOR UPDATE")
_CANCEL = text("""
    UPDATE task SET state = :state, message = :message,
        ended_at = CASE WHEN :state = 'cancelled' THEN clock_timestamp() END
    WHERE id = :id
""")


def ask(
    session: Session,
    kind: str,
    arguments: Mapping[str, Any],
    *,
    by: str,
    kinds: Mapping[str, type[Errand]] = KINDS,
) -> int:
    """Ask for a task; gives its number. The right (``kinds[kind].action``) is the caller's to check.

    Raises
    ------
    InvalidInput
        If there is no such kind, or its arguments cannot be.
    """
    errand = read_errand(kind, arguments, kinds=kinds)
    said = {"kind": kind, "arguments": errand.model_dump_json(), "by": by}
    return int(session.execute(_ASK, said).scalar_one())


def cancel(session: Session, task: int, *, by: str) -> TaskState:
    """Cancel a task: one that waits at once, one that runs as soon as its worker notices. Gives its state now.

    Raises
    ------
    NotFound
        If there is no such task.
    WrongState
        If it has ended.
    """
    found = session.execute(_LOCK, {"id": task}).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no task {task}.")
    state = TaskState(found)
    if state not in {TaskState.WAITING, TaskState.RUNNING, TaskState.CANCELLING}:
        raise WrongState(f"Task {task} is {state} already.")
    after = TaskState.CANCELLED if state is TaskState.WAITING else TaskState.CANCELLING
    session.execute(_CANCEL, {"id": task, "state": after.value, "message": f"Cancelled by {by}."})
    return after


def read_errand(kind: str, arguments: Mapping[str, Any], *, kinds: Mapping[str, type[Errand]] = KINDS) -> Errand:
    """What is asked for, checked; :class:`InvalidInput` if it cannot be."""
    if kind not in kinds:
        raise InvalidInput(f"There is no kind of task {kind!r}; there is {', '.join(kinds)}.")
    try:
        return kinds[kind].model_validate(arguments)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise InvalidInput(f"The task {kind} cannot be so: {where}: {first['msg']}.") from error
