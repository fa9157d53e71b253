"""What an act did, read back from the log: its own words, and in which states runs and datasets stood when it was done.

Of an undo it is what it takes back or brings back: the act at the bottom of the chain.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import NotFound
from backend.projections.attributes import AttributeChange, attributes_in_force
from backend.record.loading import load_undone
from models.vocabulary import ActKind, Origin

Scope = Mapping[str, Sequence[int]]
"""``{"datasets": [id, …], "runs": [number, …], "cycles": [id, …], "golden_jsons": [id, …]}``:
to what an undo is narrowed."""

STATE = "state"
OF_WORKSPACE = "state."

_CHAIN = text("""
    WITH RECURSIVE chain AS (
        SELECT id, "by", kind, undoes FROM change_set WHERE id = :id
        UNION ALL SELECT c.id, c."by", c.kind, c.undoes FROM change_set c JOIN chain ON c.id = chain.undoes)
    SELECT id, "by", kind FROM chain ORDER BY id DESC
""")
_RUNS = text("SELECT run_number, origin, said FROM run_change WHERE change_set = :act ORDER BY id")
_DATASETS = text("""
    SELECT w.dataset_id, d.run_number, d.name, w.origin, w.said
    FROM dataset_change w JOIN dataset_identity d ON d.id = w.dataset_id WHERE w.change_set = :act ORDER BY w.id
""")
_FLAGS = text("""
    SELECT DISTINCT w.dataset_id, d.run_number, d.name, c.workspace
    FROM lumisection_change w JOIN dataset_identity d ON d.id = w.dataset_id
         JOIN lumisection_column c ON c.id = ANY(w.columns)
    WHERE w.change_set = :act AND (w.origin = :person OR :person = ANY(w.withdraws))
    ORDER BY w.dataset_id, c.workspace
""")
_CONFIGURATIONS = text("SELECT kind, name, body FROM configuration_change WHERE change_set = :act ORDER BY id")
_CYCLES = text("SELECT cycle_id, said FROM cycle_change WHERE change_set = :act ORDER BY id")
_GOLDEN_JSONS = text("""
    SELECT g.id, EXISTS (SELECT FROM golden_json_change w WHERE w.golden_json_id = g.id AND w.said ->> 'official' <> '')
    FROM golden_json g
    WHERE g.change_set = :act OR g.id IN (SELECT golden_json_id FROM golden_json_change WHERE change_set = :act)
    ORDER BY g.id
""")
_RUN_STATES = text("""
    SELECT c.id, c.change_set, c.run_number, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM run_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = ANY(:of) AND c.change_set < :act AND c.said ? 'state' AND s.kind <> 'proposal'
""")
_DATASET_STATES = text("""
    SELECT c.id, c.change_set, c.dataset_id, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM dataset_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.dataset_id = ANY(:of) AND c.change_set < :act AND s.kind <> 'proposal'
""")


@dataclass(frozen=True, slots=True)
class RunDeed:
    """What was said of a run, by whom."""

    run_number: int
    origin: Origin
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DatasetDeed:
    """What was said of a dataset, by whom."""

    id: int
    run_number: int
    name: str
    origin: Origin
    said: Mapping[str, Any]

    @property
    def states(self) -> dict[str, str]:
        """Workspace → state that was said."""
        told = self.said.items()
        return {name.removeprefix(OF_WORKSPACE): value for name, value in told if name.startswith(OF_WORKSPACE)}


@dataclass(frozen=True, slots=True)
class FlagDeed:
    """That a person flagged a dataset in a workspace, or gave it back; ``oms`` where it was bits."""

    id: int
    run_number: int
    name: str
    workspace: str


@dataclass(frozen=True, slots=True)
class Deed:
    """An act that may be taken back, or brought back.

    Parameters
    ----------
    act
        The act that is named; an undo, if something is brought back.
    root
        The act at the bottom of the chain, which said something; ``kind`` is its kind.
    by
        Who did the act that is named.
    brings_back
        Whether to undo the named act brings the root back.
    configurations
        (Kind, name, body) of each version; ``cycles`` are the attributes that were said of cycles.
    golden_jsons
        The golden JSONs of which it spoke, and whether each was ever official.
    """

    act: int
    root: int
    by: str
    kind: ActKind
    brings_back: bool
    runs: tuple[RunDeed, ...]
    datasets: tuple[DatasetDeed, ...]
    flags: tuple[FlagDeed, ...]
    configurations: tuple[tuple[str, str, Mapping[str, Any] | None], ...]
    cycles: tuple[Mapping[str, Any], ...]
    golden_jsons: Mapping[int, bool] = field(default_factory=dict)


def deed_of(session: Session, change_set: int, *, scope: Scope | None = None) -> Deed:
    """What an act did, within the scope.

    Raises
    ------
    NotFound
        If there is no such act.
    """
    chain = session.execute(_CHAIN, {"id": change_set}).all()
    if not chain:
        raise NotFound(f"There is no change set {change_set}.")
    root = {"act": chain[-1].id}

    def in_scope(thing: str, number: int) -> bool:
        return scope is None or number in scope.get(thing, ())

    runs = (RunDeed(run, Origin(origin), said) for run, origin, said in session.execute(_RUNS, root))
    datasets = (
        DatasetDeed(id_, run, name, Origin(origin), said)
        for id_, run, name, origin, said in session.execute(_DATASETS, root)
    )
    flags = (FlagDeed(*row) for row in session.execute(_FLAGS, root | {"person": int(Origin.PERSON)}))
    return Deed(
        act=change_set,
        root=chain[-1].id,
        by=chain[0].by,
        kind=ActKind(chain[-1].kind),
        brings_back=len(chain) % 2 == 0,
        runs=tuple(deed for deed in runs if in_scope("runs", deed.run_number)),
        datasets=tuple(deed for deed in datasets if in_scope("datasets", deed.id)),
        flags=tuple(deed for deed in flags if in_scope("datasets", deed.id)),
        configurations=tuple(tuple(row) for row in session.execute(_CONFIGURATIONS, root)) if scope is None else (),
        cycles=tuple(said for cycle, said in session.execute(_CYCLES, root) if in_scope("cycles", cycle)),
        golden_jsons={id_: ever for id_, ever in session.execute(_GOLDEN_JSONS, root) if in_scope("golden_jsons", id_)},
    )


def run_states_before(session: Session, act: int, run_numbers: Iterable[int]) -> dict[int, str]:
    """The states in which runs stood before an act; acts that are undone by now left out."""
    rows = session.execute(_RUN_STATES, {"of": list(run_numbers), "act": act})
    found = _in_force("runs", session, [AttributeChange(*row) for row in rows])
    return {run: attributes[STATE] for run, attributes in found.items() if STATE in attributes}


def dataset_states_before(session: Session, act: int, datasets: Iterable[int]) -> dict[int, dict[str, str]]:
    """Dataset id → workspace → state before an act; acts that are undone by now left out."""
    rows = session.execute(_DATASET_STATES, {"of": list(datasets), "act": act})
    found = _in_force("datasets", session, [AttributeChange(*row) for row in rows])
    return {
        id_: {
            name.removeprefix(OF_WORKSPACE): value
            for name, value in attributes.items()
            if name.startswith(OF_WORKSPACE)
        }
        for id_, attributes in found.items()
    }


def _in_force(thing: Any, session: Session, changes: Sequence[AttributeChange]) -> dict[int, dict[str, Any]]:
    undone = load_undone(session, {change.change_set for change in changes})
    by_thing: dict[int, list[AttributeChange]] = {}
    for change in changes:
        if change.change_set not in undone.acts(thing, change.of):
            by_thing.setdefault(change.of, []).append(change)
    return {of: attributes_in_force(standing) for of, standing in by_thing.items()}
