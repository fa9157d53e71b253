"""To hide datasets, and to show them again. A hidden one stays as it is, and is left out of lists and golden JSONs."""

from collections.abc import Sequence

from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.permitted import permitted
from backend.certify.plan import HIDDEN, Plan, Tally, by_state, record_plan
from backend.certify.ticked import CLOSED, Ticked, ticked_datasets
from backend.configuration import GLOBAL
from backend.errors import InvalidInput
from backend.record import DatasetSaid, Recorded
from models.vocabulary import ActKind, Origin


def hide_datasets(
    session: Session,
    actor: Actor,
    ids: Sequence[int],
    *,
    why: str,
    with_closed: bool = False,
    seen: int | None,
) -> Recorded:
    """Hide datasets, for a reason. Those that the global workspace signed off or completed stay, unless wanted.

    Raises
    ------
    NotPermitted
        If the actor may not.
    NotFound
        If there is no such dataset.
    WrongState
        If none of them would be hidden.
    InvalidInput
        If there is no reason, none is ticked, or one is ``online``.
    Conflict
        If somebody hid or showed one of them after ``seen``.
    """
    permitted(session, actor, Action.DATASET_HIDE)
    plan = _planned(ticked_datasets(session, ids, are_held=True), is_hidden=True, with_closed=with_closed)
    if not why.strip():
        raise InvalidInput(f"To hide {len(plan.datasets)} datasets takes a reason.")
    return record_plan(session, actor, plan, why=why.strip(), kind=ActKind.DATASET, seen=seen)


def show_datasets(session: Session, actor: Actor, ids: Sequence[int], *, why: str = "", seen: int | None) -> Recorded:
    """Show hidden datasets again. As :func:`hide_datasets`, without need of a reason."""
    permitted(session, actor, Action.DATASET_HIDE)
    plan = _planned(ticked_datasets(session, ids, are_held=True), is_hidden=False, with_closed=True)
    told = why.strip() or f"{len(plan.datasets)} datasets shown again"
    return record_plan(session, actor, plan, why=told, kind=ActKind.DATASET, seen=seen)


def preview_hiding(
    session: Session, actor: Actor, ids: Sequence[int], *, is_hidden: bool = True, with_closed: bool = False
) -> Plan:
    """What :func:`hide_datasets` would do, or :func:`show_datasets`; it says where nothing would change."""
    permitted(session, actor, Action.DATASET_HIDE)
    datasets = ticked_datasets(session, ids, are_held=False)
    return _planned(datasets, is_hidden=is_hidden, with_closed=with_closed or not is_hidden)


def _planned(datasets: Sequence[Ticked], *, is_hidden: bool, with_closed: bool) -> Plan:
    tally = Tally()
    for dataset in datasets:
        if dataset.is_hidden is is_hidden:
            tally.leaves_out(dataset, "hidden already" if is_hidden else "not hidden", of=(HIDDEN,))
        elif not with_closed and (state := dataset.state_in(GLOBAL)) in CLOSED:
            tally.leaves_out(dataset, f"{state} in {GLOBAL}", of=by_state(GLOBAL))
        else:
            tally.changes(dataset)
            tally.of_datasets.append(DatasetSaid(dataset.key, {HIDDEN: is_hidden}, Origin.PERSON))
    return tally.plan()
