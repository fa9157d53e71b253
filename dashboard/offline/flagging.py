"""A status for whole datasets: what the keys B, S, X and N open, by the right to flag that every certifier has."""

from dataclasses import replace

from backend.certify.orders import Order, Say
from backend.certify.sayable import SHORTEST_COMMENT
from backend.certify.saying import Saying
from backend.configuration import causes
from dashboard.data import reading
from dashboard.offline.acts import Selection, datasets, plan_of, preview_of
from dashboard.offline.preview import Wish, show
from dashboard.session import person
from models.vocabulary import Status

_TO_COME = "to be said in the preview"
"""Stands for the comment while one looks at what would happen: the comment is asked there."""


def say(selection: Selection, components: tuple[str, ...], status: Status) -> None:
    """Open the preview of a status over all lumisections of the ticked datasets that are OPEN."""
    previewed = Say(saying=Saying(components, status, comment=_TO_COME))
    plan = plan_of(lambda session: previewed.plan(session, person(), selection.ids))
    if plan is None:
        return

    def order(wish: Wish) -> tuple[Order, str]:
        return Say(saying=Saying(components, status, wish.cause, wish.comment or None)), ""

    count = datasets(len(plan.datasets))
    title = f"Set {count} to {status.word}"
    show(
        replace(
            preview_of(plan, selection, order=order, title=title),
            change=f"→ {status.word}",
            done=f"{count} set to {status.word} in {', '.join(components)}",
            comment="Comment for all of them" + (", needed for BAD" if status is Status.BAD else ", optional"),
            least_comment=SHORTEST_COMMENT if status is Status.BAD else 0,
            causes=_causes(selection.workspace),
        )
    )


def _causes(workspace: str) -> tuple[str, ...]:
    with reading() as session:
        return tuple(cause.word for cause in causes(session, workspace))
