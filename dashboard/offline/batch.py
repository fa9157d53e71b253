"""The previews of the batch tools: on the ticked datasets or on all that the filter lets through."""

from collections.abc import Callable
from dataclasses import replace

from backend.certify.batch import Setting
from backend.certify.copying import Copy
from backend.certify.copying_columns import ColumnsCopy
from backend.certify.orders import CopyColumns, CopyDatasets, Hide, Move, Order, SetColumns, Show
from backend.certify.sayable import SHORTEST_COMMENT
from dashboard.offline.acts import Selection, datasets, plan_of, preview_of
from dashboard.offline.preview import Preview, Wish, show
from dashboard.session import person
from models.vocabulary import DatasetState, Status

Rows = Callable[[], Selection]
"""The datasets that a tool is about, looked up when the preview is opened."""

_TO_COME = "to be said in the preview"
_WHY = "Why, optional: the log will hold it"


def copy(rows: Rows, told: Copy) -> None:
    """Copies of datasets under another name."""
    _open(rows(), CopyDatasets(target=told), does=("Copy {} to " + told.name, "{} copied to " + told.name))


def columns(rows: Rows, told: ColumnsCopy) -> None:
    """Columns from another dataset of the same runs."""
    does = ("Copy columns into {}", "columns of " + told.source + " copied into {}")
    _open(rows(), CopyColumns(source=told), does=does)


def setting(rows: Rows, told: Setting) -> None:
    """One status of some columns in all lumisections; BAD needs a comment."""

    def said(wish: Wish) -> tuple[Order, str]:
        return SetColumns(setting=replace(told, comment=wish.comment or None)), ""

    _open(
        rows(),
        SetColumns(setting=replace(told, comment=_TO_COME)),
        said=said,
        does=(f"Set columns of {{}} to {told.status.word}", f"columns of {{}} set to {told.status.word}"),
        comment="Comment for all of them" + (", needed for BAD" if told.status is Status.BAD else ", optional"),
        least_comment=SHORTEST_COMMENT if told.status is Status.BAD else 0,
    )


def moving(rows: Rows, desks: tuple[str, ...], to: DatasetState, *, with_closed: bool) -> None:
    """Moves to a state, in one workspace or in several."""
    order = Move(desks=desks, to=to, with_closed=with_closed)
    _open(rows(), order, does=(f"Move {{}} to {to}", f"{{}} moved to {to}"))


def hiding(rows: Rows, *, is_hidden: bool, with_closed: bool) -> None:
    """Hides datasets, which takes a reason, or shows hidden ones again."""
    _open(
        rows(),
        Hide(with_closed=with_closed) if is_hidden else Show(),
        does=("Hide {}", "{} hidden") if is_hidden else ("Show {} again", "{} shown again"),
        comment="Why they are hidden" if is_hidden else _WHY,
        least_comment=SHORTEST_COMMENT if is_hidden else 0,
    )


def _open(
    selection: Selection,
    order: Order,
    *,
    said: Callable[[Wish], tuple[Order, str]] | None = None,
    does: tuple[str, str],
    comment: str = _WHY,
    least_comment: int = 0,
) -> None:
    """Preview the order; ``said`` makes it from the wish, where the comment is not only for the log."""
    plan = plan_of(lambda session: order.plan(session, person(), selection.ids))
    if plan is None:
        return
    to_do, done = (words.format(datasets(len(plan.datasets))) for words in does)
    ordered = said or (lambda wish: (order, wish.comment))
    preview: Preview = preview_of(plan, selection, order=ordered, title=to_do)
    show(replace(preview, confirm=to_do, done=done, comment=comment, least_comment=least_comment))
