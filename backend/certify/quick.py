"""Quick certification: a person says GOOD where a rule says GOOD, NOTSET or NO VALUE FOUND, of many datasets at once.

What is BAD, STANDBY or EXCLUDED stays, what people said stays, and so do columns where BAD means keep. Where nobody,
not even a rule, said anything, nothing is said either. One comment goes with it, and the sign-off if one wants.
"""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.datasets import plan_move
from backend.certify.permitted import permitted
from backend.certify.places import workspace_of
from backend.certify.plan import Plan, Tally, a_word, by_state, pieces, record_plan, status_of
from backend.certify.said import text_or_none
from backend.certify.ticked import Ticked, ticked_datasets
from backend.configuration import GLOBAL, Side, workspaces
from backend.errors import InvalidInput, NotFound
from backend.queries.flags import FlagInForce, Flags, flags_in_force
from backend.record import Recorded, columns_by_name
from models.lumis import LumiRange
from models.vocabulary import DatasetState, Origin, Status

CONFIRMED = frozenset({Status.GOOD, Status.NOTSET, Status.NO_VALUE_FOUND})
"""What of a rule's words a person confirms as GOOD."""


def quick_certify(
    session: Session,
    actor: Actor,
    ids: Sequence[int],
    *,
    workspace: str,
    comment: str | None = None,
    with_sign_off: bool = False,
    why: str = "",
    seen: int | None,
) -> Recorded:
    """Certify datasets that are OPEN in a workspace; those that are not stay as they are.

    Parameters
    ----------
    workspace
        Whose certifiable columns are meant; of the global one, all that it shows, where their own desk is OPEN too.
    with_sign_off
        Whether the datasets are moved to SIGNOFF in the workspace, in the same act.

    Raises
    ------
    NotPermitted
        If the actor may not flag in one of the workspaces, or move there.
    NotFound
        If there is no such dataset or offline workspace.
    WrongState
        If nothing would be said.
    InvalidInput
        If none is ticked, one is ``online``, or the workspace has nothing to be certified.
    Conflict
        If somebody changed one of the columns after ``seen``, or moved one of the datasets.
    """
    columns = _permitted_columns(session, actor, workspace, with_sign_off)
    said = text_or_none(comment, what="comment")
    datasets = ticked_datasets(session, ids, are_held=True)
    alone, signing = _planned(session, datasets, workspace, columns, comment=said, with_sign_off=with_sign_off)
    plan = alone if signing is None else signing
    told = f"{len(plan.datasets)} datasets certified in {workspace}{', and signed off' if with_sign_off else ''}"
    return record_plan(session, actor, plan, why=why.strip() or (f"{told}: {said}" if said else told), seen=seen)


def preview_quick(
    session: Session, actor: Actor, ids: Sequence[int], *, workspace: str, with_sign_off: bool = False
) -> Plan:
    """What :func:`quick_certify` would do; it refuses what that would refuse, but says where nothing would change."""
    alone, signing = previews_of_quick(session, actor, ids, workspace=workspace, with_sign_off=with_sign_off)
    return alone if signing is None else signing


def previews_of_quick(
    session: Session, actor: Actor, ids: Sequence[int], *, workspace: str, with_sign_off: bool
) -> tuple[Plan, Plan | None]:
    """What :func:`quick_certify` would do without the sign-off and, if it is asked for, with it; counted once."""
    columns = _permitted_columns(session, actor, workspace, with_sign_off)
    datasets = ticked_datasets(session, ids, are_held=False)
    return _planned(session, datasets, workspace, columns, comment=None, with_sign_off=with_sign_off)


def certified_columns(session: Session, workspace: str) -> dict[str, bool]:
    """The columns that an offline workspace certifies (``tracker-strip``), and whether BAD means keep there.

    Raises
    ------
    NotFound
        If there is no such workspace.
    """
    desks = workspaces(session, Side.OFFLINE)
    if workspace not in {GLOBAL, *(desk.workspace for desk in desks)}:
        raise NotFound(f"There is no offline workspace {workspace!r}.")
    return {
        f"{desk.workspace}-{column.name}": column.is_inverted
        for desk in desks
        for column in desk.columns
        if column.certifiable and (desk.workspace == workspace or (workspace == GLOBAL and column.in_global))
    }


Columns = Mapping[str, tuple[int, bool]]
"""Column → its id, and whether BAD means keep."""


def _permitted_columns(session: Session, actor: Actor, workspace: str, with_sign_off: bool) -> Columns:
    """The columns that are meant; the global workspace takes the rights of every workspace that it looks at."""
    if workspace != GLOBAL:
        permitted(session, actor, Action.FLAGS, workspace)
    if with_sign_off:
        permitted(session, actor, Action.DATASET_MOVE, workspace)
    columns = certified_columns(session, workspace)
    if all(columns.values()):
        raise InvalidInput(f"{workspace} has no component that is certified so.")
    permitted(session, actor, Action.FLAGS, *(workspace_of(name) for name, inverted in columns.items() if not inverted))
    ids = columns_by_name(session)
    return {name: (ids[name].id, inverted) for name, inverted in columns.items()}


def _planned(
    session: Session,
    datasets: Sequence[Ticked],
    workspace: str,
    columns: Columns,
    *,
    comment: str | None,
    with_sign_off: bool,
) -> tuple[Plan, Plan | None]:
    """Without the sign-off, and with it if it is wanted: what is said of lumisections is the same in both."""
    tally = Tally()
    flags = flags_in_force(session, [d.id for d in datasets], [id_ for id_, _ in columns.values()])
    open_ones = []
    for dataset in datasets:
        if why := dataset.why_untouched(workspace):
            tally.leaves_out(dataset, why, of=by_state(workspace))
            continue
        _certify(tally, dataset, flags, columns, comment)
        open_ones.append(dataset)
    signing = _signed_off(tally.copy(), open_ones, workspace) if with_sign_off else None
    for dataset in open_ones:
        if dataset.key not in tally.datasets:
            tally.leaves_out(dataset, "has nothing to be confirmed")
    return tally.plan(), signing


def _signed_off(tally: Tally, open_ones: Sequence[Ticked], workspace: str) -> Plan:
    for dataset in open_ones:
        plan_move(tally, dataset, desks=[workspace], to=DatasetState.SIGNOFF)
    return tally.plan()


def _certify(tally: Tally, dataset: Ticked, flags: Flags, columns: Columns, comment: str | None) -> None:
    shared: dict[LumiRange, list[int]] = {}
    for name, (id_, is_inverted) in columns.items():
        is_open = not dataset.why_untouched(workspace_of(name))
        for where, flag in pieces(flags.get((dataset.id, id_), ()), dataset.known):
            if is_open and not is_inverted and flag is not None and _is_confirmed(flag):
                tally.flags[name, flag.status, Status.GOOD] += len(where)
                for found in where.ranges:
                    shared.setdefault(found, []).append(id_)
            else:
                tally.stays[name, status_of(flag)] += len(where)
    tally.looks_at(dataset, (id_ for id_, is_inverted in columns.values() if not is_inverted))
    if shared:
        tally.changes(dataset)
        tally.of_lumisections += (
            a_word(dataset.key, tuple(ids), where, Status.GOOD, comment=comment) for where, ids in shared.items()
        )


def _is_confirmed(flag: FlagInForce) -> bool:
    return flag.origin is Origin.RULE and flag.status in CONFIRMED
