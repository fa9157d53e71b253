"""Undo: a new act that names an old one, for all of it or for some datasets and runs; undoing an undo is redo.

Later words over the same lumisections never block it: the fold without the undone words decides what is seen.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import Conflict, InvalidInput, NotFound
from backend.record.act import Act, Recorded
from backend.record.door import record
from backend.record.loading import load_undone
from backend.record.reach import chain_of_undos
from models.vocabulary import ActKind

_ACT = text('SELECT id, kind, "by", why FROM change_set WHERE id = :id FOR UPDATE')
_CREATED = text("SELECT id FROM dataset_identity WHERE change_set = :id ORDER BY id FOR UPDATE")
_CHAIN = text("""
    WITH worked AS (
        SELECT change_set FROM lumisection_change WHERE dataset_id = ANY(:datasets) AND change_set > :id
        UNION SELECT change_set FROM dataset_change WHERE dataset_id = ANY(:datasets) AND change_set > :id)
    SELECT w.change_set, s."by" FROM worked w JOIN change_set s ON s.id = w.change_set
    WHERE s.kind <> 'proposal' ORDER BY 1
""")
_NOT_UNDOABLE = frozenset({ActKind.INGEST, ActKind.PROPOSAL, ActKind.SETUP})


def undo(
    session: Session,
    change_set: int,
    *,
    by: str,
    why: str,
    scope: Mapping[str, Sequence[int]] | None = None,
) -> Recorded:
    """Take an act back. Rights and states are checked by the command that calls this.

    Parameters
    ----------
    change_set
        The act to take back; if it is itself an undo, what it took back holds again.
    scope
        ``{"datasets": [id, …], "runs": [number, …]}`` to take back only what the act said of these; none: all of it.

    Raises
    ------
    NotFound
        If there is no such act.
    InvalidInput
        If the act is one of ingest (it is rejected or overridden instead), or is undone already.
    Conflict
        If the act created datasets that have since been worked on; the sentence names the acts to undo first.
    """
    found = session.execute(_ACT, {"id": change_set}).one_or_none()
    if found is None:
        raise NotFound(f"There is no change set {change_set}.")
    if found.kind in _NOT_UNDOABLE:
        raise InvalidInput(f"Change set {change_set} ({found.why}) is of kind {found.kind}, which cannot be undone.")
    if _is_undone(session, change_set, scope):
        raise InvalidInput(f"Change set {change_set} ({found.why}) is undone already.")
    root, *undos = chain_of_undos(session, change_set)
    created = [] if len(undos) % 2 else session.execute(_CREATED, {"id": root}).scalars().all()
    reached = created if scope is None else [id_ for id_ in created if id_ in scope.get("datasets", ())]
    if reached:
        _refuse_broken_chain(session, change_set, reached)
    return record(session, Act(by=by, why=why, kind=ActKind.UNDO, undoes=change_set, scope=scope))


def _is_undone(session: Session, change_set: int, scope: Mapping[str, Sequence[int]] | None) -> bool:
    undone = load_undone(session, [change_set])
    if scope is None:
        return change_set in undone.everywhere
    return all(change_set in undone.acts("datasets", n) for n in scope.get("datasets", ())) and all(
        change_set in undone.acts("runs", n) for n in scope.get("runs", ())
    )


def _refuse_broken_chain(session: Session, change_set: int, datasets: Sequence[int]) -> None:
    later = session.execute(_CHAIN, {"id": change_set, "datasets": datasets}).all()
    undone = load_undone(session, [act for act, _ in later]).everywhere
    if chain := [(act, author) for act, author in later if act not in undone]:
        named = ", ".join(f"{act} by {author}" for act, author in chain)
        raise Conflict(f"Datasets that change set {change_set} created were worked on since: undo first {named}.")
