"""One cycle: until when, how far every workspace is with it, and what may be done with the whole of it."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

import streamlit as st
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.cycles import delete_cycle
from backend.certify.cycles_states import complete_cycle, reopen_cycle
from backend.certify.orders import MoveInCycle
from backend.configuration import GLOBAL
from backend.queries.cycles import CycleFacts, CycleProgress
from backend.record import Recorded
from dashboard.components.row_list import Column, Mark, Row, row_list
from dashboard.cycles_form import change_cycle, confirm, confirm_order, more_datasets
from dashboard.literal import literal
from dashboard.offline.acts import datasets, plan_of
from dashboard.permits import Permit, permit, permitted_button
from dashboard.session import person, to_address
from models.vocabulary import CycleState, DatasetState

_PROGRESS = (
    Column("Workspace", "name", 130),
    Column("Cycle", "pill", 110),
    Column("Certified", "share", 210),
    Column("Waiting", "number", 90),
    Column("Open", "number", 90),
    Column("Signed off", "number", 90),
    Column("Completed", "number", 96),
    Column(""),
)


def cycle_card(cycle: CycleFacts, workspace: str, seen: int) -> None:
    """Draw the head, what may be done, and the progress by workspace."""
    st.html(_head(cycle))
    with st.container(key="cycle-acts", horizontal=True):
        _of_workspace(cycle, workspace, seen)
        st.space("stretch")
        _of_cycle(cycle, workspace, seen)
    row_list(
        columns=_PROGRESS,
        rows=[_progress_row(progress) for progress in sorted(cycle.progress.values(), key=_mine_first(workspace))],
        key="cycle-progress",
        label="Progress by workspace",
        selected=workspace,
        choose=lambda chosen: st.session_state.update(workspace=chosen),
        height=186,
    )


def deadline_mark(cycle: CycleFacts, workspace: str, now: datetime) -> Mark:
    """The deadline in words; amber when it is near, and said when it is over."""
    if cycle.deadline is None:
        return Mark("no deadline", "quiet")
    day, left = f"{cycle.deadline:%a %d %b %Y}", (cycle.deadline - now).total_seconds() / 86_400
    if not cycle.is_pending(workspace):
        return Mark(day, "quiet", "23:59 UTC")
    if left < 0:
        return Mark(f"▲ {day}, over", "warn", "the deadline was 23:59 UTC of that day")
    return Mark(f"{day}, {left:.0f} d", "warn" if left < 2 else "plain", "23:59 UTC")


def _head(cycle: CycleFacts) -> str:
    until = f"until {cycle.deadline:%a %d %b %Y %H:%M} UTC" if cycle.deadline else "without a deadline"
    said = f"cycle {cycle.id} · {datasets(len(cycle.datasets))} · {until}"
    made = f"made by {cycle.made_by}, {cycle.made_at:%d %b %Y} · last changed by {cycle.changed_by}"
    described = f"<div>{escape(cycle.description)}</div>" if cycle.description else ""
    return (
        f'<div class="rr-head"><div><div class="rr-big">{escape(cycle.name)}</div>'
        f'<span class="rr-label">{escape(said)} · {escape(made)}</span>{described}</div></div>'
    )


def _progress_row(progress: CycleProgress) -> Row:
    is_done = progress.state is CycleState.COMPLETED
    share = progress.completed / progress.of if progress.of else (1.0 if is_done else 0.0)
    counts = (progress.waiting, progress.open, progress.signoff, progress.completed)
    state = Mark(progress.state.value, "quiet" if is_done else "accent")
    return Row(progress.workspace, (progress.workspace, state, share, *counts, None))


def _of_workspace(cycle: CycleFacts, workspace: str, seen: int) -> None:
    """Complete, make pending again, and move everything, in the workspace that one looks from."""
    progress = cycle.progress[workspace]
    if progress.state is CycleState.PENDING:
        may_complete = _may_complete(cycle, progress)
        if permitted_button(f"Complete in {workspace}", may_complete, key="cycle-complete", type="primary"):
            _confirm_completing(cycle, workspace, seen)
        left = progress.open + progress.signoff
        given = permit(Action.CYCLE_MOVE, workspace).and_if(left > 0, "No dataset is left to be completed.")
        if permitted_button(f"Move {left:,} to COMPLETED", given, key="cycle-move-all"):
            _confirm_moving(cycle, workspace, seen)
        _why_not(may_complete)
    else:
        others = cycle.progress[GLOBAL].state is CycleState.PENDING if GLOBAL in cycle.progress else True
        given = permit(Action.CYCLE_COMPLETE, workspace)
        given = given.and_if(workspace == GLOBAL or others, "It is completed in global, which comes first.")
        if permitted_button(f"Make pending in {workspace}", given, key="cycle-reopen"):
            confirm(
                f"{cycle.name} is pending in {workspace} again",
                [f"**{literal(cycle.name)}** becomes pending in {workspace}; its datasets stay as they are."],
                f"Make it pending in {workspace}",
                lambda s, who, why: reopen_cycle(s, who, cycle.id, desk=workspace, why=why, seen=seen),
            )
        _why_not(given)


def _why_not(given: Permit) -> None:
    if not given.is_given:
        st.html(f'<span class="rr-label rr-reason" title="{escape(given.reason)}">{escape(given.reason)}</span>')


def _mine_first(workspace: str) -> Callable[[CycleProgress], tuple[bool, bool, str]]:
    return lambda progress: (progress.workspace != workspace, progress.workspace != GLOBAL, progress.workspace)


def _may_complete(cycle: CycleFacts, progress: CycleProgress) -> Permit:
    left = progress.of - progress.completed
    given = permit(Action.CYCLE_COMPLETE, progress.workspace)
    given = given.and_if(progress.may_complete, f"{left:,} of {progress.of:,} datasets are not COMPLETED here.")
    pending = [p.workspace for p in cycle.progress.values() if p.state is CycleState.PENDING and p.workspace != GLOBAL]
    is_last = progress.workspace != GLOBAL or not pending
    return given.and_if(is_last, f"Global comes last: {', '.join(pending[:4])} still has it pending.")


def _confirm_completing(cycle: CycleFacts, workspace: str, seen: int) -> None:
    progress = cycle.progress[workspace]
    confirm(
        f"{cycle.name} is completed in {workspace}",
        [f"**{progress.completed:,} of {progress.of:,}** datasets are COMPLETED in {workspace}."],
        f"Complete it in {workspace}",
        lambda s, who, why: complete_cycle(s, who, cycle.id, desk=workspace, why=why, seen=seen),
    )


def _confirm_moving(cycle: CycleFacts, workspace: str, seen: int) -> None:
    to = DatasetState.COMPLETED
    order = MoveInCycle(cycle=cycle.id, desk=workspace, to=to)
    plan = plan_of(lambda s: order.plan(s, person(), cycle.datasets))
    if plan is None:
        return
    count = len(plan.datasets)
    lines = [f"- **{n:,}** {before or 'new'} → {after} in {desk}" for (desk, before, after), n in plan.moves.items()]
    stay = Counter(left.why for left in plan.left_out)
    lines += [f"- **{n:,}** stay: {why}" for why, n in stay.items()]
    confirm_order(
        f"{datasets(count)} of {cycle.name} moved to {to} in {workspace}",
        lines,
        f"Move {datasets(count)} to {to}",
        order,
        ids=cycle.datasets,
        seen=seen,
    )


def _of_cycle(cycle: CycleFacts, workspace: str, seen: int) -> None:
    given = permit(Action.CYCLE_MANAGE)
    if permitted_button("Add datasets", given, key="cycle-add"):
        more_datasets(cycle, workspace, seen)
    if permitted_button("Edit", given, key="cycle-edit"):
        change_cycle(cycle, seen)
    if permitted_button("Delete", given, key="cycle-delete"):
        _confirm_deleting(cycle, seen)


def _confirm_deleting(cycle: CycleFacts, seen: int) -> None:
    def command(session: Session, who: Actor, why: str) -> Recorded:
        recorded = delete_cycle(session, who, cycle.id, why=why, seen=seen)
        to_address(cycle=None)
        return recorded

    confirm(
        f"{cycle.name} is deleted",
        [f"**{literal(cycle.name)}** goes; its {datasets(len(cycle.datasets))} stay as they are. Undo brings it back."],
        "Delete the cycle",
        command,
    )


def now() -> datetime:
    """The moment that deadlines are compared with."""
    return datetime.now(UTC)
