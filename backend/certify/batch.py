"""To set columns: one status over all lumisections of many datasets, in one act, all of it or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.permitted import permitted
from backend.certify.places import workspace_of
from backend.certify.plan import Plan, Tally, a_word, by_state, pieces, record_plan, status_of
from backend.certify.said import text_or_none
from backend.certify.sayable import refuse_unknown_cause, refuse_unsayable
from backend.certify.ticked import Ticked, ticked_datasets
from backend.configuration import Side, workspaces
from backend.errors import InvalidInput, NotFound
from backend.queries.flags import FlagInForce, Flags, flags_in_force
from backend.record import Recorded, columns_by_name
from models.lumis import EMPTY, LumiRange
from models.vocabulary import Origin, Status


@dataclass(frozen=True, slots=True)
class Setting:
    """What is set: a status of some columns (``tracker-strip``), with a cause that their workspaces offer, a comment.

    ``with_closed`` includes datasets that are signed off or completed; they stay as they are otherwise.
    """

    columns: tuple[str, ...]
    status: Status
    cause: str | None = None
    comment: str | None = None
    with_closed: bool = False


def set_columns(
    session: Session, actor: Actor, ids: Sequence[int], *, setting: Setting, why: str = "", seen: int | None
) -> Recorded:
    """Set columns of datasets in all their lumisections.

    Raises
    ------
    NotPermitted
        If the actor may not, in the workspace of one of the columns; closed ones take the right to reopen them too.
    NotFound
        If there is no such dataset, or no such column offline.
    WrongState
        If nothing would change.
    InvalidInput
        If no dataset or column is named, nobody can say the status, BAD has no comment, or a workspace does not offer
        the cause.
    Conflict
        If somebody changed one of the columns after ``seen``.
    """
    columns = _checked(session, actor, setting)
    datasets = ticked_datasets(session, ids, are_held=True)
    plan = planned_setting(session, datasets, setting, columns)
    told = f"{', '.join(setting.columns)} of {len(plan.datasets)} datasets {setting.status.word}"
    comment = text_or_none(setting.comment, what="comment")
    return record_plan(session, actor, plan, why=why.strip() or (f"{told}: {comment}" if comment else told), seen=seen)


def preview_setting(session: Session, actor: Actor, ids: Sequence[int], *, setting: Setting) -> Plan:
    """What :func:`set_columns` would do; it refuses what that would refuse, but says where nothing would change."""
    columns = _checked(session, actor, setting)
    return planned_setting(session, ticked_datasets(session, ids, are_held=False), setting, columns)


def permitted_columns(
    session: Session, actor: Actor, columns: Sequence[str], *, with_closed: bool
) -> Mapping[str, int]:
    """See that the actor may change these columns of many datasets; gives column → id.

    Raises
    ------
    NotPermitted
        If not, in the workspace of one of them.
    NotFound
        If no offline workspace has such a column.
    InvalidInput
        If none is named.
    """
    desks = tuple(dict.fromkeys(map(workspace_of, columns)))
    if not desks:
        raise InvalidInput("No column is named.")
    permitted(session, actor, Action.DATASET_BATCH, *desks)
    if with_closed:
        permitted(session, actor, Action.DATASET_REOPEN, *desks)
    return known_columns(session, columns)


def known_columns(session: Session, columns: Sequence[str]) -> Mapping[str, int]:
    """Column → id; raises :class:`NotFound` if no offline workspace has one of them."""
    known = {f"{w.workspace}-{c.name}" for w in workspaces(session, Side.OFFLINE) for c in w.columns}
    if (unknown := next((column for column in columns if column not in known), None)) is not None:
        raise NotFound(f"There is no component {unknown!r:.80} offline.")
    ids = columns_by_name(session)
    return {column: ids[column].id for column in dict.fromkeys(columns)}


def open_columns(tally: Tally, dataset: Ticked, columns: Mapping[str, int], *, with_closed: bool) -> dict[str, int]:
    """The columns of which something may be said of the dataset; without any it is left out of the plan."""
    whys = {name: dataset.why_untouched(workspace_of(name), with_closed=with_closed) for name in columns}
    found = {name: id_ for name, id_ in columns.items() if whys[name] is None}
    if not found:
        desks = map(workspace_of, columns)
        tally.leaves_out(dataset, ", ".join(dict.fromkeys(filter(None, whys.values()))), of=by_state(*desks))
    return found


def _checked(session: Session, actor: Actor, setting: Setting) -> Mapping[str, int]:
    columns = permitted_columns(session, actor, setting.columns, with_closed=setting.with_closed)
    refuse_unsayable(setting.status, setting.comment)
    refuse_unknown_cause(session, setting.cause, map(workspace_of, setting.columns))
    return columns


def planned_setting(session: Session, datasets: Iterable[Ticked], setting: Setting, columns: Mapping[str, int]) -> Plan:
    """What setting the columns would do, without asking for rights: whoever says a status of datasets plans with it."""
    told = list(datasets)
    flags = flags_in_force(session, [d.id for d in told], list(columns.values()))
    tally = Tally()
    for dataset in told:
        if chosen := open_columns(tally, dataset, columns, with_closed=setting.with_closed):
            _set(tally, dataset, flags, setting, chosen)
    return tally.plan()


def _set(tally: Tally, dataset: Ticked, flags: Flags, setting: Setting, columns: Mapping[str, int]) -> None:
    cause, comment = (text_or_none(given, what="text") for given in (setting.cause, setting.comment))
    shared: dict[LumiRange, list[int]] = {}
    for name, id_ in columns.items():
        to_say = EMPTY
        for where, flag in pieces(flags.get((dataset.id, id_), ()), dataset.known):
            if flag is not None and _is_so(flag, setting.status, cause, comment):
                tally.stays[name, flag.status] += len(where)
                continue
            to_say = to_say | where
            tally.flags[name, status_of(flag), setting.status] += len(where)
            tally.covered += len(where) if flag is not None and flag.origin is Origin.PERSON else 0
        for found in to_say.ranges:
            shared.setdefault(found, []).append(id_)
    tally.looks_at(dataset, columns.values())
    if not shared:
        tally.leaves_out(dataset, "is so already")
        return
    tally.changes(dataset)
    tally.of_lumisections += (
        a_word(dataset.key, tuple(ids), where, setting.status, cause=cause, comment=comment)
        for where, ids in shared.items()
    )


def _is_so(flag: FlagInForce, status: Status, cause: str | None, comment: str | None) -> bool:
    said = (flag.origin, flag.status, flag.cause, flag.comment)
    return said == (Origin.PERSON, status, cause, comment)
