"""What a page leaves to the worker: asked for, followed in place until it has ended, then told in the act bar."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import streamlit as st
from sqlmodel import Session

from backend.access import Actor
from backend.db import engine, transaction
from backend.errors import RegistryError
from backend.jobs.asker import act_of
from backend.jobs.commands import cancel_task
from backend.jobs.task import Errand, TaskState
from backend.jobs.tasks import ask
from backend.jobs.undoing import undo_of
from backend.queries.work import TaskRow, task
from dashboard.components.act_bar import Done, announce, tell_outside
from dashboard.data import reading
from dashboard.doing import forget_refusal, refuse
from dashboard.session import actor
from dashboard.unavailable import or_its_sentence

LOOK_AGAIN_SECONDS = 1.0
_WATCHED = "tasks-watched"
Make = Callable[[Session, Actor], Errand]


@dataclass(frozen=True, slots=True)
class _Watched:
    """A task that this visit asked for, and what the act bar says when it is done."""

    number: int
    sentence: str


def leave_to_worker(sentence: str, make: Make) -> bool:
    """Ask for a task in the name of who looks at the page, and follow it; gives whether it was asked for.

    Parameters
    ----------
    sentence
        What was done, as the act bar says it in the end: "1,204 datasets certified in tracker".
    """
    forget_refusal()
    try:
        announce(_asked(sentence, make))
    except RegistryError as error:
        return refuse(str(error))
    return True


def watched_tasks() -> None:
    """Draw how far the tasks are that this visit asked for; it looks again by itself until they have ended."""
    if st.session_state.get(_WATCHED):
        st.fragment(or_its_sentence(_look), run_every=LOOK_AGAIN_SECONDS)()


def cancelled(number: int) -> Done:
    """Cancel a task: one's own, or with the right to.

    Raises
    ------
    NotPermitted
        If it is somebody else's and one may not.
    NotFound
        If there is no such task.
    WrongState
        If it has ended.
    """
    with transaction(engine()) as session:
        state = cancel_task(session, actor(), number)
    return Done(f"Task {number} is {state}")


def _asked(sentence: str, make: Make) -> Done:
    who = actor()
    with transaction(engine()) as session:
        errand = make(session, who)
        number = ask(session, errand.kind, errand.model_dump(mode="json"), by=who.name)
    st.session_state[_WATCHED] = (*st.session_state.get(_WATCHED, ()), _Watched(number, sentence))
    return Done(f"Task {number} was asked for; a worker does it, and this page tells you")


def _look() -> None:
    with reading() as session:
        standing = [(watched, task(session, watched.number)) for watched in st.session_state.get(_WATCHED, ())]
    active = tuple(watched for watched, row in standing if row is not None and row.is_active)
    for watched, row in standing:
        if row is not None and row.is_active:
            _draw(row)
        else:
            _ended(watched, row)
    st.session_state[_WATCHED] = active
    tell_outside()


def _draw(row: TaskRow) -> None:
    with st.container(key=f"task-watch-{row.id}", horizontal=True, vertical_alignment="center"):
        st.html(f"<span><b>Task {row.id}</b> {escape(row.state)}</span>", width="content")
        st.progress(row.progress, text=row.message or "It waits for a worker.", width="stretch")
        st.button("Cancel", key=f"task-watch-cancel-{row.id}", on_click=_cancel, args=(row.id,))


def _ended(watched: _Watched, row: TaskRow | None) -> None:
    if row is None or row.state != TaskState.DONE:
        refuse(f"Task {watched.number}: {'it is forgotten' if row is None else row.message or row.state}")
        return
    act = act_of(row.message)
    announce(Done(watched.sentence if act else row.message, None if act is None else _undo(act, watched.sentence)))


def _undo(act: int, sentence: str) -> Callable[[], Done]:
    """What takes a large act back: as a task too."""
    return lambda: _asked(
        f"Undone: {sentence}", lambda session, who: undo_of(session, who, act, why=f"undo: {sentence}")
    )


def _cancel(number: int) -> None:
    try:
        announce(cancelled(number))
    except RegistryError as error:
        refuse(str(error))
