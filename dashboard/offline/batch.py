"""The previews of the batch tools: on the ticked datasets or on all that the filter lets through."""

from collections.abc import Callable
from dataclasses import replace

from sqlmodel import Session

from backend.access import Actor
from backend.certify.batch import Setting, preview_setting, set_columns
from backend.certify.copying import Copy, copy_datasets, preview_copies
from backend.certify.copying_columns import ColumnsCopy, copy_columns, preview_columns
from backend.certify.datasets import move_datasets, preview_moves
from backend.certify.hiding import hide_datasets, preview_hiding, show_datasets
from backend.certify.plan import Plan
from backend.certify.sayable import SHORTEST_COMMENT
from backend.record import Recorded
from dashboard.offline.acts import Selection, datasets, plan_of, preview_of
from dashboard.offline.preview import Preview, Wish, show
from dashboard.session import actor
from models.vocabulary import DatasetState, Status

Rows = Callable[[], Selection]
"""The datasets that a tool is about, looked up when the preview is opened."""

_TO_COME = "to be said in the preview"
_WHY = "Why, optional: the log will hold it"


def copy(rows: Rows, told: Copy) -> None:
    """Copies of datasets under another name."""
    selection = rows()
    _open(
        selection,
        plan_of(lambda s: preview_copies(s, actor(), selection.ids, copy=told)),
        lambda s, who, wish: copy_datasets(s, who, selection.ids, copy=told, why=wish.comment, seen=selection.seen),
        does=("Copy {} to " + told.name, "{} copied to " + told.name),
    )


def columns(rows: Rows, told: ColumnsCopy) -> None:
    """Columns from another dataset of the same runs."""
    selection = rows()
    _open(
        selection,
        plan_of(lambda s: preview_columns(s, actor(), selection.ids, copy=told)),
        lambda s, who, wish: copy_columns(s, who, selection.ids, copy=told, why=wish.comment, seen=selection.seen),
        does=("Copy columns into {}", "columns of " + told.source + " copied into {}"),
    )


def setting(rows: Rows, told: Setting) -> None:
    """One status of some columns in all lumisections; BAD needs a comment."""
    selection = rows()
    planned = replace(told, comment=_TO_COME)

    def command(session: Session, who: Actor, wish: Wish) -> Recorded:
        said = replace(told, comment=wish.comment or None)
        return set_columns(session, who, selection.ids, setting=said, seen=selection.seen)

    _open(
        selection,
        plan_of(lambda s: preview_setting(s, actor(), selection.ids, setting=planned)),
        command,
        does=(f"Set columns of {{}} to {told.status.word}", f"columns of {{}} set to {told.status.word}"),
        comment="Comment for all of them" + (", needed for BAD" if told.status is Status.BAD else ", optional"),
        least_comment=SHORTEST_COMMENT if told.status is Status.BAD else 0,
    )


def moving(rows: Rows, desks: tuple[str, ...], to: DatasetState, *, with_closed: bool) -> None:
    """Moves to a state, in one workspace or in several."""
    selection = rows()
    told = {"desks": desks, "to": to, "with_closed": with_closed}
    _open(
        selection,
        plan_of(lambda s: preview_moves(s, actor(), selection.ids, **told)),
        lambda s, who, wish: move_datasets(s, who, selection.ids, why=wish.comment, seen=selection.seen, **told),
        does=(f"Move {{}} to {to}", f"{{}} moved to {to}"),
    )


def hiding(rows: Rows, *, is_hidden: bool, with_closed: bool) -> None:
    """Hides datasets, which takes a reason, or shows hidden ones again."""
    selection = rows()

    def command(session: Session, who: Actor, wish: Wish) -> Recorded:
        if not is_hidden:
            return show_datasets(session, who, selection.ids, why=wish.comment, seen=selection.seen)
        return hide_datasets(
            session, who, selection.ids, why=wish.comment, with_closed=with_closed, seen=selection.seen
        )

    _open(
        selection,
        plan_of(lambda s: preview_hiding(s, actor(), selection.ids, is_hidden=is_hidden, with_closed=with_closed)),
        command,
        does=("Hide {}", "{} hidden") if is_hidden else ("Show {} again", "{} shown again"),
        comment="Why they are hidden" if is_hidden else _WHY,
        least_comment=SHORTEST_COMMENT if is_hidden else 0,
    )


def _open(
    selection: Selection,
    plan: Plan | None,
    command: Callable[[Session, Actor, Wish], Recorded],
    *,
    does: tuple[str, str],
    comment: str = _WHY,
    least_comment: int = 0,
) -> None:
    if plan is None:
        return
    to_do, done = (words.format(datasets(len(plan.datasets))) for words in does)
    preview: Preview = preview_of(plan, selection, command=command, title=to_do)
    show(replace(preview, confirm=to_do, done=done, comment=comment, least_comment=least_comment))
