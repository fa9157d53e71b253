"""What may be done to the ticked datasets: each opens a preview of the plan that the command makes, counted exactly."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.datasets import preview_moves
from backend.certify.orders import Certify, Move, Order
from backend.certify.plan import Plan
from backend.certify.quick import previews_of_quick
from backend.configuration import GLOBAL
from backend.errors import RegistryError
from backend.jobs.batching import Batch, batch_as_previewed
from backend.queries import DatasetRow
from backend.queries.ticked_rows import TickedRow
from backend.record import DatasetKey, Recorded
from backend.settings import settings
from dashboard.data import reading
from dashboard.offline.preview import Becomes, Preview, Wish, show
from dashboard.permits import permit
from dashboard.session import person
from models.vocabulary import DatasetState, Status

REFUSED = "offline-refused"
"""Why a preview could not be opened, until it is said."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The datasets that an act is about, as they stand, and the change set up to which the person has seen them."""

    rows: tuple[DatasetRow | TickedRow, ...]
    workspace: str
    components: tuple[str, ...]
    seen: int

    @property
    def ids(self) -> tuple[int, ...]:
        """The datasets as commands name them."""
        return tuple(row.id for row in self.rows)

    @property
    def lengths(self) -> Mapping[DatasetKey, int]:
        """How many lumisections each has."""
        return {DatasetKey(row.run_number, row.name): row.lumisections for row in self.rows}

    def in_state(self, *states: DatasetState) -> tuple[DatasetRow | TickedRow, ...]:
        """Those that are in one of the states in the workspace."""
        return tuple(row for row in self.rows if row.states.get(self.workspace) in states)


def certify(selection: Selection) -> None:
    """Quick certification of the ticked datasets, and their sign-off in the same act if one wants."""
    workspace, ids = selection.workspace, selection.ids

    def order(wish: Wish) -> tuple[Order, str]:
        said = wish.comment or None
        return Certify(workspace=workspace, comment=said, with_sign_off=wish.and_sign_off), ""

    may_sign = permit(Action.DATASET_MOVE, workspace).is_given
    plans = plan_of(lambda s: previews_of_quick(s, person(), ids, workspace=workspace, with_sign_off=may_sign))
    if plans is None:
        return
    plan, signing = plans
    count = datasets(len(plan.datasets))
    preview = replace(
        preview_of(plan, selection, order=order, title=f"Certify {datasets(len(selection.rows))} in {workspace}"),
        change=f"→ {Status.GOOD.word}",
        confirm=f"Set {count} to GOOD",
        done=f"{count} certified in {workspace}",
        comment="Comment for all of them, optional for GOOD",
    )
    if signing:
        signed = datasets(sum(signing.moves.values()))
        with_it = replace(
            preview_of(signing, selection, order=order, title=preview.title),
            change=preview.change,
            confirm=f"Certify and sign off {datasets(len(signing.datasets))}",
            done=f"{datasets(len(signing.datasets))} certified and signed off in {workspace}",
        )
        preview = replace(
            preview, sign_off=f"Then move {signed} {DatasetState.OPEN} → SIGNOFF in {workspace}", signing=with_it
        )
    show(preview)


def move(selection: Selection, states: Sequence[DatasetState], to: DatasetState, *, with_closed: bool = False) -> None:
    """Move those of the ticked datasets that are in one of the states; in the workspace alone."""
    moved = replace(selection, rows=selection.in_state(*states))
    desks, ids = (selection.workspace,), moved.ids
    plan = plan_of(lambda s: preview_moves(s, person(), ids, desks=desks, to=to, with_closed=with_closed))
    if plan is None:
        return

    def order(wish: Wish) -> tuple[Order, str]:
        return Move(desks=desks, to=to, with_closed=with_closed), wish.comment

    count = datasets(len(plan.datasets))
    preview = preview_of(plan, moved, order=order, title=f"Move {count} to {to} in {selection.workspace}")
    show(
        replace(
            preview,
            confirm=f"Move {count} to {to}",
            done=f"{count} moved to {to} in {selection.workspace}",
            comment="Why, optional",
        )
    )


Planned = TypeVar("Planned")


def plan_of(make: Callable[[Session], Planned]) -> Planned | None:
    """The plan, or the plans; none if it is refused, and then the page says why."""
    try:
        with reading() as session:
            return make(session)
    except RegistryError as error:
        st.session_state[REFUSED] = str(error)
        return None


def preview_of(plan: Plan, selection: Selection, *, order: Callable[[Wish], tuple[Order, str]], title: str) -> Preview:
    """The figures of a plan: what becomes what, component by component, and what is left out and why.

    Parameters
    ----------
    order
        What a wish orders, and the reason that the log holds; the worker does it where the datasets are many.
    """
    ids, seen = selection.ids, selection.seen

    def command(session: Session, who: Actor, wish: Wish) -> Recorded:
        ordered, why = order(wish)
        return ordered.do(session, who, ids, why=why, seen=seen)

    def errand(session: Session, who: Actor, wish: Wish) -> Batch:
        ordered, why = order(wish)
        return batch_as_previewed(session, who, ordered, ids=ids, why=why, seen=seen)

    flags = sum(plan.flags.values())
    figures = [(len(plan.datasets), "datasets"), (plan.lumisections, "lumisections")]
    changed = {name for name, _, _ in plan.flags}
    figures += [(flags, f"flags, {len(changed)} component{'s' * (len(changed) != 1)}")] if flags else []
    figures += [(plan.covered, "of people's words covered")] if plan.covered else []
    lengths = selection.lengths
    return Preview(
        title=title,
        figures=tuple(figures),
        confirm=title,
        done=title,
        command=command,
        errand=errand if len(ids) >= settings().batch_task_datasets else None,
        change=_moves(plan),
        becomes=_becomes(plan),
        datasets=tuple((key, lengths.get(key, 0)) for key in plan.datasets),
        left_out=plan.left_out,
        is_empty=not plan,
    )


def datasets(count: int) -> str:
    """So many datasets, in words."""
    return f"{count:,} dataset{'s' * (count != 1)}"


def _moves(plan: Plan) -> str:
    """From → to, the workspaces that do the same together."""
    by_move: Counter[tuple[str | None, str]] = Counter()
    desks: dict[tuple[str | None, str], list[str]] = {}
    for (desk, before, to), count in plan.moves.items():
        by_move[before, to] += count
        desks.setdefault((before, to), []).append(desk)
    return ", ".join(
        f"{count:,} {before or 'new'} → {to}{_in_desks(desks[before, to])}" for (before, to), count in by_move.items()
    )


def _in_desks(desks: Sequence[str]) -> str:
    if desks == [GLOBAL] or len(desks) == 1:
        return f" in {desks[0]}"
    return f" in {len(desks)} workspaces"


def _becomes(plan: Plan) -> tuple[Becomes, ...]:
    now: dict[str, Counter[Status | None]] = {}
    then: dict[str, Counter[Status | None]] = {}
    for (name, before, after), lumisections in plan.flags.items():
        now.setdefault(name, Counter())[before] += lumisections
        then.setdefault(name, Counter())[after] += lumisections
    for (name, status), lumisections in plan.stays.items():
        now.setdefault(name, Counter())[status] += lumisections
        then.setdefault(name, Counter())[status] += lumisections
    return tuple(
        Becomes(name, len(plan.datasets), now[name].total(), now[name], then[name], _said(plan, name)) for name in now
    )


def _said(plan: Plan, component: str) -> str:
    """What happens to it, in words: "7,431 NOTSET → GOOD, 96 GOOD confirmed, 12 STANDBY stay"."""
    told = [
        f"{n:,} {_word(after)} confirmed" if before is after else f"{n:,} {_word(before)} → {_word(after)}"
        for (name, before, after), n in sorted(plan.flags.items(), key=lambda item: -item[1])
        if name == component
    ]
    told += [f"{n:,} {_word(status)} stay" for (name, status), n in plan.stays.items() if name == component]
    return ", ".join(told)


def _word(status: Status | None) -> str:
    return "unsaid" if status is None else status.word
