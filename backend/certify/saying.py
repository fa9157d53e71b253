"""To say a status of whole datasets, by the right to flag that every certifier has: one act, all of it or nothing.

What is not OPEN stays as it is: closed ones are set by the batch tools alone, which take rights of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.batch import Setting, known_columns, planned_setting
from backend.certify.permitted import permitted
from backend.certify.places import workspace_of
from backend.certify.plan import Plan, record_plan
from backend.certify.said import text_or_none
from backend.certify.sayable import refuse_unknown_cause, refuse_unsayable
from backend.certify.ticked import ticked_datasets
from backend.errors import InvalidInput
from backend.record import Recorded
from models.vocabulary import ActKind, Status


@dataclass(frozen=True, slots=True)
class Saying:
    """A status of some components (``tracker-strip``), with a cause that their workspaces offer, and a comment."""

    components: tuple[str, ...]
    status: Status
    cause: str | None = None
    comment: str | None = None


def say_status(
    session: Session, actor: Actor, ids: Sequence[int], *, saying: Saying, why: str = "", seen: int | None
) -> Recorded:
    """Say a status of components in all lumisections of those of the datasets that are OPEN in their workspaces.

    Raises
    ------
    NotPermitted
        If the actor may not flag in the workspace of one of the components.
    NotFound
        If there is no such dataset, or no such component offline.
    WrongState
        If nothing would change.
    InvalidInput
        If no dataset or component is named, nobody can say the status, BAD has no comment, or a workspace does not
        offer the cause.
    Conflict
        If somebody changed one of the components after ``seen``.
    """
    columns = _checked(session, actor, saying)
    datasets = ticked_datasets(session, ids, are_held=True)
    plan = planned_setting(session, datasets, _as_setting(saying), columns)
    told = f"{', '.join(saying.components)} of {len(plan.datasets)} datasets {saying.status.word}"
    comment = text_or_none(saying.comment, what="comment")
    reason = why.strip() or (f"{told}: {comment}" if comment else told)
    return record_plan(session, actor, plan, why=reason, kind=ActKind.FLAG, seen=seen)


def preview_saying(session: Session, actor: Actor, ids: Sequence[int], *, saying: Saying) -> Plan:
    """What :func:`say_status` would do; it refuses what that would refuse, but says where nothing would change."""
    columns = _checked(session, actor, saying)
    return planned_setting(session, ticked_datasets(session, ids, are_held=False), _as_setting(saying), columns)


def _checked(session: Session, actor: Actor, saying: Saying) -> Mapping[str, int]:
    if not saying.components:
        raise InvalidInput("No component is named.")
    desks = tuple(dict.fromkeys(map(workspace_of, saying.components)))
    permitted(session, actor, Action.FLAGS, *desks)
    columns = known_columns(session, saying.components)
    refuse_unsayable(saying.status, saying.comment)
    refuse_unknown_cause(session, saying.cause, desks)
    return columns


def _as_setting(saying: Saying) -> Setting:
    return Setting(saying.components, saying.status, saying.cause, saying.comment)
