"""The worker: what each job last did, and the tasks that people asked for, with progress; to ask for one, to cancel."""

from html import escape

import streamlit as st

from backend.access import Action
from backend.db import engine, transaction
from backend.errors import RegistryError
from backend.jobs.commands import ask_backfill
from backend.jobs.task_kinds import Backfill
from backend.queries import JobTick
from backend.queries.work import TaskRow
from dashboard.components.act_bar import Done, announce, tell_outside
from dashboard.components.row_list import Column, Mark, Row, Tone, Value, row_list
from dashboard.literal import literal
from dashboard.permits import Permit, permit, permitted_button
from dashboard.session import actor, from_address, person, to_address
from dashboard.settings_data import health_now, last_tasks, last_ticks
from dashboard.settings_luminosity import import_popover
from dashboard.task_watch import cancelled
from dashboard.unavailable import or_its_sentence

LOOK_AGAIN_SECONDS = 3
_OUTCOMES: dict[str, Tone] = {
    "ok": "quiet",
    "running": "accent",
    "failed": "bad",
    "stopped": "warn",
    "abandoned": "bad",
}
_STATES: dict[str, Tone] = {
    "waiting": "plain",
    "running": "accent",
    "cancelling": "warn",
    "done": "quiet",
    "failed": "bad",
}
_TICK_COLUMNS = (
    Column("Started, UTC", "time", 160),
    Column("Took, s", "number", 80),
    Column("Outcome", "pill", 100),
    Column("What it said"),
)
_JOB_COLUMNS = (Column("Job", "name", 130), *_TICK_COLUMNS, Column("Last went well, UTC", "time", 160))
_TASK_COLUMNS = (
    Column("Task", "name", 60),
    Column("What", width=230),
    Column("Asked by", width=120),
    Column("Asked, UTC", "time", 160),
    Column("State", "pill", 100),
    Column("Progress", "share", 180),
    Column("Where it is"),
)


def jobs_tab() -> None:
    """Both lists; they look again by themselves."""
    _ask_row()
    import_popover()
    st.fragment(or_its_sentence(_lists), run_every=LOOK_AGAIN_SECONDS)()


def _lists() -> None:
    tell_outside()
    with st.container(key="tasks"):
        _tasks()
    jobs = health_now().jobs
    st.html('<div class="rr-h2">Jobs</div>')
    job = from_address("job")
    row_list(
        columns=_JOB_COLUMNS,
        rows=[Row(tick.job, (tick.job, *_tick(tick), tick.succeeded_at)) for tick in jobs],
        key="jobs-list",
        label="Jobs",
        selected=job,
        choose=lambda chosen: to_address(job=chosen),
        empty="No worker has done anything here yet: is one running?",
    )
    if job in {tick.job for tick in jobs}:
        st.html(f'<div class="rr-h2">The last ticks of {job}</div>')
        ticks = last_ticks(job)
        rows = [Row(str(at), _tick(tick)) for at, tick in enumerate(ticks)]
        row_list(columns=_TICK_COLUMNS, rows=rows, key="ticks-list", label=f"Ticks of {job}", height=260)


def _tick(tick: JobTick) -> tuple[Value | Mark, ...]:
    seconds = None if tick.ended_at is None else round((tick.ended_at - tick.started_at).total_seconds(), 2)
    return tick.started_at, seconds, Mark(tick.outcome, _OUTCOMES.get(tick.outcome, "plain")), tick.sentence


def _ask_row() -> None:
    """Ask for a back-fill: disabled, with the reason, where one may not."""
    given = permit(Action.TASK_BACKFILL)
    with st.container(key="ask-backfill", horizontal=True, vertical_alignment="bottom"):
        how = {"min_value": 1, "max_value": 2**31 - 1, "value": None, "width": 150, "disabled": not given.is_given}
        first = st.number_input("Back-fill: from run", key="backfill-first", **how)
        last = st.number_input("to run", key="backfill-last", **how)
        ready = given.and_if(first is not None and last is not None, "Say from which run to which.")
        permitted_button(
            "Start the back-fill", ready, key="backfill-start", type="primary", on_click=_start, args=(first, last)
        )
        meant = Backfill.meaning.replace("FIRST", str(first or "…")).replace("LAST", str(last or "…"))
        said = given.reason or f"A worker will {meant}."
        st.html(f'<span class="rr-label">{escape(said)}</span>', width="content")
    if sentence := st.session_state.pop("backfill-refused", None):
        st.error(literal(sentence))


def _start(first: int, last: int) -> None:
    try:
        with transaction(engine()) as session:
            number = ask_backfill(session, actor(), first=first, last=last)
    except RegistryError as error:
        st.session_state["backfill-refused"] = str(error)
        return
    to_address(task=str(number))
    announce(Done(f"Task {number}: back-fill of runs {first}–{last} was asked for", lambda: cancelled(number)))


def _tasks() -> None:
    found = last_tasks()
    chosen = next((task for task in found if str(task.id) == from_address("task")), None)
    with st.container(key="tasks-head", horizontal=True, vertical_alignment="center"):
        st.html('<div class="rr-h2">Tasks</div>', width="content")
        _cancel_button(chosen)
    row_list(
        columns=_TASK_COLUMNS,
        rows=[_task_row(task) for task in found],
        key="tasks-list",
        label="Tasks",
        selected=from_address("task"),
        choose=lambda id_: to_address(task=id_),
        empty="Nobody has asked for a task.",
        height=300,
    )


def _cancel_button(task: TaskRow | None) -> None:
    given = Permit(False, "Choose a task in the list.")
    if task is not None:
        is_own = person().is_verified and task.asked_by == person().name
        given = Permit(True) if is_own else permit(Action.TASK_CANCEL)
        given = given.and_if(task.is_active, f"Task {task.id} is {task.state} already.")
    label = f"Cancel task {task.id}" if task else "Cancel"
    permitted_button(label, given, key="task-cancel", on_click=_cancel, args=(task.id if task else 0,))


def _cancel(number: int) -> None:
    try:
        announce(cancelled(number))
    except RegistryError as error:
        announce(Done(str(error)))


def _task_row(task: TaskRow) -> Row:
    said = " ".join(f"{name} {value}" for name, value in task.arguments.items())
    state = Mark(task.state, _STATES.get(task.state, "quiet"))
    cells = (str(task.id), f"{task.kind} {said}", task.asked_by, task.asked_at, state, task.progress, task.message)
    return Row(str(task.id), cells)
