"""Undo: a new act that names an old one, for all of it or for some datasets and runs; undoing an undo is redo.

Later words over the same lumisections never block it: the fold without the undone words decides what is seen.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import Conflict, InvalidInput, NotFound
from backend.projections.undone import THINGS
from backend.record.act import Act, Recorded
from backend.record.door import record
from backend.record.loading import load_undone
from backend.record.reach import chain_of_undos
from models.vocabulary import ActKind

_ACT = text('SELECT id, kind, "by", why FROM change_set WHERE id = :id')
_LOCK = text("SELECT id FROM change_set WHERE id = :id FOR UPDATE")
_LOCK_CREATED = text("""
    SELECT id FROM dataset_identity
    WHERE change_set = ANY(:ids)
       OR id IN (SELECT dataset_id FROM dataset_change WHERE change_set = ANY(:ids) AND said ? 'made')
    ORDER BY id FOR UPDATE
""")
_LOCK_CREATED_CYCLES = text("SELECT id FROM cycle WHERE change_set = ANY(:ids) ORDER BY id FOR UPDATE")
_LOCK_CREATED_JSONS = text("SELECT id FROM golden_json WHERE change_set = ANY(:ids) ORDER BY id FOR UPDATE")
_CREATED = text("""
    SELECT id FROM dataset_identity WHERE change_set = :id
    UNION SELECT dataset_id FROM dataset_change WHERE change_set = :id AND said ? 'made' ORDER BY 1
""")
_CHAIN = text("""
    WITH worked AS (
        SELECT change_set FROM lumisection_change WHERE dataset_id = ANY(:datasets) AND change_set > :id
        UNION SELECT change_set FROM dataset_change WHERE dataset_id = ANY(:datasets) AND change_set > :id)
    SELECT w.change_set, s."by" FROM worked w JOIN change_set s ON s.id = w.change_set
    WHERE s.kind NOT IN ('proposal', 'ingest') ORDER BY 1
""")
"""What a source says of a dataset holds nobody up: it could not be undone, and goes and comes back with the dataset."""
_CREATED_CYCLES = text("SELECT id FROM cycle WHERE change_set = :id ORDER BY id")
_CYCLE_CHAIN = text("""
    SELECT DISTINCT w.change_set, s."by" FROM cycle_change w JOIN change_set s ON s.id = w.change_set
    WHERE w.cycle_id = ANY(:cycles) AND w.change_set > :id ORDER BY 1
""")
_CREATED_JSONS = text("SELECT id FROM golden_json WHERE change_set = :id ORDER BY id")
_JSON_CHAIN = text("""
    SELECT DISTINCT w.change_set, s."by" FROM golden_json_change w JOIN change_set s ON s.id = w.change_set
    WHERE w.golden_json_id = ANY(:golden_jsons) AND w.change_set > :id ORDER BY 1
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
    NotFound, InvalidInput, Conflict
        As :func:`refuse_to_undo`.
    """
    if session.execute(_LOCK, {"id": change_set}).one_or_none() is not None:
        made_by = chain_of_undos(session, change_set)[:1]
        session.execute(_LOCK_CREATED_CYCLES, {"ids": made_by})
        session.execute(_LOCK_CREATED_JSONS, {"ids": made_by})
        session.execute(_LOCK_CREATED, {"ids": made_by})
    refuse_to_undo(session, change_set, scope=scope)
    return record(session, Act(by=by, why=why, kind=ActKind.UNDO, undoes=change_set, scope=scope))


def refuse_to_undo(session: Session, change_set: int, *, scope: Mapping[str, Sequence[int]] | None = None) -> None:
    """See that an act can be taken back, as far as it and what it created are concerned.

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
    if len(undos) % 2 == 0:
        _refuse_broken_chains(session, change_set, root=root, scope=scope)


def _is_undone(session: Session, change_set: int, scope: Mapping[str, Sequence[int]] | None) -> bool:
    undone = load_undone(session, [change_set])
    if scope is None:
        return change_set in undone.everywhere
    return all(change_set in undone.acts(thing, n) for thing in THINGS for n in scope.get(thing, ()))


def _refuse_broken_chains(
    session: Session, change_set: int, *, root: int, scope: Mapping[str, Sequence[int]] | None
) -> None:
    """What the act made and others worked on since does not vanish under them."""
    cycles = session.execute(_CREATED_CYCLES, {"id": root}).scalars().all()
    datasets = session.execute(_CREATED, {"id": root}).scalars().all()
    jsons = session.execute(_CREATED_JSONS, {"id": root}).scalars().all()
    for thing, called, made, later in (
        ("datasets", "Datasets", datasets, _CHAIN),
        ("cycles", "Cycles", cycles, _CYCLE_CHAIN),
        ("golden_jsons", "Golden JSONs", jsons, _JSON_CHAIN),
    ):
        reached = [id_ for id_ in made if scope is None or id_ in scope.get(thing, ())]
        worked = session.execute(later, {"id": change_set, thing: reached}).all() if reached else []
        undone = load_undone(session, [act for act, _ in worked]).everywhere
        if chain := [f"{act} by {author}" for act, author in worked if act not in undone]:
            raise Conflict(
                f"{called} that change set {change_set} created were worked on since: undo first {', '.join(chain)}."
            )
