"""What an act reaches: the runs, datasets, columns, luminosities and configuration whose projections it moves."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import NotFound
from backend.record.act import Act, DatasetKey
from backend.record.locks import lock_configuration, lock_luminosity, lock_runs
from models.vocabulary import ActKind


@dataclass(frozen=True, slots=True)
class Reach:
    """What an act touches.

    ``columns`` is dataset id → the columns spoken of (empty: only attributes); ``whole`` are datasets that are folded
    anew in all columns, because they are new or their run's known lumisections change. ``created`` is dataset id →
    the change set that created it; datasets that this act creates are in ``new`` and not yet in ``created``, and in
    ``again`` those that it makes although they had been there before, until their making was undone. A
    proposal reaches only its runs: its other words wait outside the folds. ``ids`` names all datasets spoken of.
    """

    runs: frozenset[int]
    columns: dict[int, set[int]]
    whole: frozenset[int]
    keys: dict[int, DatasetKey]
    created: dict[int, int]
    new: frozenset[int]
    again: frozenset[int]
    luminosities: frozenset[tuple[int, str]]
    configurations: frozenset[tuple[str, str]]
    ids: dict[DatasetKey, int] = field(default_factory=dict)

    @property
    def datasets(self) -> list[int]:
        """All dataset ids reached, ascending."""
        return sorted(self.columns)


def reach_of(session: Session, act: Act) -> Reach:
    """What the act touches; its configuration, luminosity, runs and datasets are locked, in this order, until the end.

    Raises
    ------
    NotFound
        If a run or dataset does not exist.
    """
    past = _PastReach() if act.undoes is None else _past_reach(session, act)
    runs = frozenset(s.run_number for s in act.runs) | past.runs
    projects = act.kind is not ActKind.PROPOSAL
    configurations = past.configurations | {(s.kind, s.name) for s in act.configurations}
    lock_configuration(session, (kind for kind, _ in configurations))
    luminosities = past.luminosities | {(s.run_number, s.source.value) for s in act.luminosities if projects}
    lock_luminosity(session, (source for _, source in luminosities))
    known_runs = {s.run_number for s in act.runs if projects and "known" in s.said} | past.known_runs
    new_runs = set(act.new_runs)
    _lock_runs(session, runs | {k.run_number for k in act.new_datasets if k.run_number not in new_runs}, new_runs)

    columns: dict[int, set[int]] = {}
    keys: dict[int, DatasetKey] = {}
    created: dict[int, int] = {}
    made = set(act.new_datasets)
    named = ({s.dataset for s in act.datasets} | {s.dataset for s in act.lumisections}) - made
    sought = named | {key for key in made if key.run_number not in new_runs}
    for id_, run_number, name, change_set in _lock_datasets(session, sought, past.datasets, known_runs - new_runs):
        keys[id_], created[id_] = DatasetKey(run_number, name), change_set
        if projects:
            columns[id_] = set()
    again = {id_ for id_, key in keys.items() if key in made}
    unheard = [key for key in act.new_datasets if key not in keys.values()]
    new = dict(zip(_new_dataset_ids(session, len(unheard)), unheard, strict=True))
    keys |= new
    ids = {key: id_ for id_, key in keys.items()}
    if missing := named - ids.keys():
        raise NotFound(f"There is no dataset {min(missing)}.")
    columns |= {id_: set() for id_ in new}
    for said in act.lumisections if projects else ():
        columns[ids[said.dataset]].update(said.columns)
    for id_, touched in past.columns.items():
        columns[id_].update(touched)
    whole = {id_ for id_ in columns if keys[id_].run_number in known_runs} | new.keys() | again | past.created
    return Reach(
        runs=runs,
        columns=columns,
        whole=frozenset(whole),
        keys=keys,
        created=created,
        new=frozenset(new),
        again=frozenset(again),
        luminosities=luminosities,
        configurations=configurations,
        ids=ids,
    )


@dataclass(slots=True)
class _PastReach:
    """What the act that an undo takes back (or brings back) had touched, within the undo's scope."""

    runs: frozenset[int] = frozenset()
    known_runs: frozenset[int] = frozenset()
    datasets: frozenset[int] = frozenset()
    columns: dict[int, set[int]] = field(default_factory=dict)
    created: frozenset[int] = frozenset()
    luminosities: frozenset[tuple[int, str]] = frozenset()
    configurations: frozenset[tuple[str, str]] = frozenset()


_CHAIN = text("""
    WITH RECURSIVE chain AS (
        SELECT id, undoes, scope FROM change_set WHERE id = :id
        UNION ALL SELECT c.id, c.undoes, c.scope FROM change_set c JOIN chain ON c.id = chain.undoes)
    SELECT id FROM chain ORDER BY id
""")
_PAST_RUNS = text("SELECT run_number, said ? 'known' FROM run_change WHERE change_set = :root")
_PAST_COLUMNS = text("SELECT dataset_id, columns FROM lumisection_change WHERE change_set = :root")
_PAST_DATASETS = text("""
    SELECT dataset_id, false FROM dataset_change WHERE change_set = :root
    UNION ALL SELECT id, true FROM dataset_identity WHERE change_set = :root
    UNION ALL SELECT dataset_id, true FROM dataset_change WHERE change_set = :root AND said ? 'made'
""")
_PAST_LUMINOSITIES = text("SELECT DISTINCT run_number, source FROM luminosity_change WHERE change_set = :root")
_PAST_CONFIGURATIONS = text("SELECT DISTINCT kind, name FROM configuration_change WHERE change_set = :root")


def chain_of_undos(session: Session, change_set: int) -> list[int]:
    """The act that said something, the undo of it, the undo of that … up to this change set."""
    return list(session.execute(_CHAIN, {"id": change_set}).scalars())


def _past_reach(session: Session, act: Act) -> _PastReach:
    assert act.undoes is not None
    root = {"root": chain_of_undos(session, act.undoes)[0]}

    def in_scope(thing: str, number: int) -> bool:
        return act.scope is None or number in act.scope.get(thing, ())

    runs = [(n, known) for n, known in session.execute(_PAST_RUNS, root) if in_scope("runs", n)]
    columns: dict[int, set[int]] = {}
    for id_, touched in session.execute(_PAST_COLUMNS, root):
        if in_scope("datasets", id_):
            columns.setdefault(id_, set()).update(touched)
    named = [(id_, made) for id_, made in session.execute(_PAST_DATASETS, root) if in_scope("datasets", id_)]
    everything = act.scope is None
    return _PastReach(
        runs=frozenset(n for n, _ in runs),
        known_runs=frozenset(n for n, known in runs if known),
        datasets=frozenset(columns) | {id_ for id_, _ in named},
        columns=columns,
        created=frozenset(id_ for id_, made in named if made),
        luminosities=frozenset(
            (n, source) for n, source in session.execute(_PAST_LUMINOSITIES, root) if everything or in_scope("runs", n)
        ),
        configurations=frozenset((k, n) for k, n in session.execute(_PAST_CONFIGURATIONS, root) if everything),
    )


_LOCK_DATASETS = text("""
    SELECT d.id, d.run_number, d.name, d.change_set FROM dataset_identity d
    WHERE d.id IN (
        SELECT i.id FROM unnest(CAST(:numbers AS int[]), CAST(:names AS text[])) AS named (run_number, name)
            JOIN dataset_identity i USING (run_number, name)
        UNION SELECT unnest(CAST(:ids AS int[]))
        UNION SELECT i.id FROM dataset_identity i WHERE i.run_number = ANY(CAST(:runs AS int[])))
    ORDER BY d.id FOR UPDATE
""")
"""Each way to name a dataset has an index; asked for as one *or* another, all two hundred thousand would be read."""
_NEW_IDS = text("SELECT nextval('dataset_identity_id_seq') FROM generate_series(1, :count)")


def _lock_runs(session: Session, runs: Iterable[int], new: set[int]) -> None:
    wanted = sorted(set(runs) - new)
    if not wanted:
        return
    if missing := set(wanted) - lock_runs(session, wanted):
        raise NotFound(f"There is no run {min(missing)}.")


def _lock_datasets(
    session: Session, keys: set[DatasetKey], ids: Iterable[int], runs: set[int]
) -> list[tuple[int, int, str, int]]:
    if not (keys or ids or runs):
        return []
    ordered = sorted(keys)
    rows = session.execute(
        _LOCK_DATASETS,
        {
            "numbers": [k.run_number for k in ordered],
            "names": [k.name for k in ordered],
            "ids": list(ids),
            "runs": list(runs),
        },
    )
    return [tuple(row) for row in rows]


def _new_dataset_ids(session: Session, count: int) -> list[int]:
    return list(session.execute(_NEW_IDS, {"count": count}).scalars()) if count else []
