"""Forms of cycles: a new one, another name or deadline, more datasets. The count is seen before the button."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import streamlit as st
from sqlmodel import Session

from backend.access import Actor
from backend.certify.cycles import LONGEST_NAME, CycleEdit, add_datasets, create_cycle, edit_cycle
from backend.certify.orders import Order
from backend.configuration import GLOBAL, Side
from backend.errors import InvalidFilter
from backend.jobs.batching import batch_as_previewed
from backend.jobs.task import Errand
from backend.queries.cycles import CycleFacts
from backend.record import Recorded
from backend.settings import settings
from dashboard.asking import answered, ask
from dashboard.cycles_data import matching
from dashboard.data import desks
from dashboard.doing import do
from dashboard.literal import literal
from dashboard.offline.acts import datasets
from dashboard.offline.preview import BY_WORKER
from dashboard.session import to_address
from dashboard.task_watch import leave_to_worker

PAGE = "cycles"
EXAMPLE = "dataset like %PromptReco% and run 324200-325175 and class = Collisions18"
_WEEK = timedelta(days=7)


def new_cycle(workspace: str) -> None:
    """Ask for a new cycle, of the datasets that a filter lets through."""
    ask(PAGE, "New cycle", lambda: _new_cycle(workspace), width="large")


def change_cycle(cycle: CycleFacts, seen: int) -> None:
    """Ask for another name, deadline, description, or other workspaces."""
    ask(PAGE, f"Edit {cycle.name}", lambda: _change_cycle(cycle, seen), width="large")


def more_datasets(cycle: CycleFacts, workspace: str, seen: int) -> None:
    """Ask for the datasets to be put into the cycle, those that a filter lets through."""
    ask(PAGE, f"Add datasets to {cycle.name}", lambda: _more_datasets(cycle, workspace, seen), width="large")


def confirm(
    done: str,
    lines: list[str],
    label: str,
    command: Callable[[Session, Actor, str], Recorded],
    errand: Callable[[Session, Actor, str], Errand] | None = None,
) -> None:
    """Ask: what will be, why (optional), and one button, named ``label``; ``done`` is what the act bar says then.

    ``errand`` is the task that is asked for in place of the command, where there is so much that a worker does it.
    """

    def draw() -> None:
        for line in lines:
            st.markdown(line)
        if errand is not None:
            st.caption(BY_WORKER)
        why = st.text_input("Why", key="cycle-why", placeholder="optional: what the log will say", max_chars=300)
        if st.button(label, type="primary", key="cycle-confirm"):
            if errand is not None:
                leave_to_worker(done, lambda session, who: errand(session, who, why))
            elif do(done, lambda session, who: command(session, who, why)):
                st.cache_data.clear()  # the menu counts the cycles that wait
            _close()

    ask(PAGE, label, draw, width="medium")


def confirm_order(done: str, lines: list[str], label: str, order: Order, *, ids: tuple[int, ...], seen: int) -> None:
    """As :func:`confirm`, for an order on datasets: so many of them as a worker does are left to it."""
    confirm(
        done,
        lines,
        label,
        lambda session, who, why: order.do(session, who, ids, why=why, seen=seen),
        (lambda session, who, why: batch_as_previewed(session, who, order, ids=ids, why=why, seen=seen))
        if len(ids) >= settings().batch_task_datasets
        else None,
    )


def _new_cycle(workspace: str) -> None:
    name, deadline, description, chosen = _said(None)
    ids = _asked(workspace)
    made: list[int] = []

    def command(session: Session, who: Actor) -> Recorded:
        cycle = create_cycle(session, who, name=name, deadline=deadline, ids=ids, desks=chosen, description=description)
        made.append(cycle.cycle)
        return cycle.recorded

    ready = bool(name.strip() and ids and chosen)
    if st.button(f"Make a cycle of {datasets(len(ids))}", type="primary", key="cycle-make", disabled=not ready):
        if do(f"Cycle {name.strip()}: {datasets(len(ids))} until {deadline:%d %b %Y}, 23:59 UTC", command):
            to_address(cycle=str(made[0]))
            st.cache_data.clear()  # the menu counts the cycles that wait
        _close()


def _change_cycle(cycle: CycleFacts, seen: int) -> None:
    name, deadline, description, chosen = _said(cycle)
    edit = CycleEdit(name, deadline, description, tuple(chosen))
    for line in _changes(cycle, edit):
        st.markdown(f"- {line}")
    if st.button("Save", type="primary", key="cycle-save", disabled=not _changes(cycle, edit)):
        do(f"Cycle {name.strip()} is changed", lambda s, who: edit_cycle(s, who, cycle.id, edit=edit, seen=seen))
        _close()


def _more_datasets(cycle: CycleFacts, workspace: str, seen: int) -> None:
    ids = _asked(workspace)
    new = tuple(sorted(set(ids) - set(cycle.datasets)))
    if ids:
        st.caption(f"{datasets(len(ids) - len(new))} of them are in the cycle already, and stay.")
    if st.button(f"Add {datasets(len(new))}", type="primary", key="cycle-add-them", disabled=not new):
        done = f"{datasets(len(new))} added to {cycle.name}"
        do(done, lambda s, who: add_datasets(s, who, cycle.id, ids=new, seen=seen))
        _close()


def _close() -> None:
    """Done or refused: the act bar, or the banner above the page, says which."""
    answered()
    st.rerun()


def _said(cycle: CycleFacts | None) -> tuple[str, date, str, list[str]]:
    names = sorted((w.workspace for w in desks(Side.OFFLINE)), key=lambda name: (name != GLOBAL, name))
    with st.container(horizontal=True):
        name = st.text_input(
            "Name", cycle.name if cycle else "", key="cycle-name", max_chars=LONGEST_NAME, placeholder="2018 week 43"
        )
        today = datetime.now(UTC).date()
        before = cycle.deadline.date() if cycle and cycle.deadline else today + _WEEK
        deadline = st.date_input("Deadline, 23:59 UTC of", before, key="cycle-deadline", format="YYYY-MM-DD", width=170)
    description = st.text_input("Description", cycle.description if cycle else "", key="cycle-description")
    standing = [name for name in names if name in cycle.progress] if cycle else names
    chosen = st.multiselect("Workspaces that certify it", names, standing, key="cycle-desks")
    return name, deadline, description, chosen


def _asked(workspace: str) -> tuple[int, ...]:
    """The datasets that the filter lets through; a filter that cannot be read lets nothing through."""
    text = st.text_input("Datasets, as a filter", key="cycle-filter", placeholder=EXAMPLE)
    if not text.strip():
        st.caption("Say which datasets, as in the filter of Offline.")
        return ()
    try:
        ids = matching(text, workspace)
    except InvalidFilter as error:
        st.error(literal(str(error)))
        return ()
    st.markdown(f"**{datasets(len(ids))}** match.")
    return ids


def _changes(cycle: CycleFacts, edit: CycleEdit) -> list[str]:
    lines = []
    if edit.name is not None and edit.name.strip() != cycle.name:
        lines.append(f"name: {literal(cycle.name)} → **{literal(edit.name.strip())}**")
    if edit.deadline is not None and (cycle.deadline is None or edit.deadline != cycle.deadline.date()):
        lines.append(f"deadline → **{edit.deadline:%d %b %Y}, 23:59 UTC**")
    if edit.description is not None and edit.description.strip() != cycle.description:
        lines.append(f"description → **{literal(edit.description.strip()) or 'none'}**")
    if edit.desks is not None:
        gone, new = sorted(cycle.progress.keys() - set(edit.desks)), sorted(set(edit.desks) - cycle.progress.keys())
        lines += [f"no more for {desk}" for desk in gone] + [f"for **{desk}** too, pending there" for desk in new]
    return lines
