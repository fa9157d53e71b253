"""What a sign-off does to the offline datasets of a run: new ones begin to exist, and rules speak of them anew.

A dataset that exists keeps its states and what people said. Of workspaces that signed it off or completed it nothing
is said any more; in the others the rules say what they did not say before. Nothing is recorded here: the move of the
run and its datasets are one act.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import text
from sqlmodel import Session

from backend.certify.accepted import accepting
from backend.certify.offline_words import (
    Verdicts,
    offline_rules,
    offline_verdicts,
    online_facts,
    words_of_rules,
)
from backend.classify.words import Statuses
from backend.configuration import GLOBAL, Side, workspaces
from backend.errors import NotFound
from backend.projections.segments import SpokenWord, fold_segments, spread
from backend.record import Act, DatasetKey, DatasetSaid, LumisectionSaid, columns_by_name, lock_runs
from backend.record.loading import load_undone
from models.attributes import FIRST_OTHER_COLUMN
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, DatasetState, Origin, Status

CLOSED = frozenset({DatasetState.SIGNOFF.value, DatasetState.COMPLETED.value})
"""Of a workspace in one of these states nothing is said any more, unless somebody wants it."""

_RUN_CLASS = text("SELECT run_class FROM run WHERE run_number = :run")
_DATASETS = text("""
    SELECT d.id, d.name, d.states, d.is_hidden, s.kind AS made_by
    FROM dataset d JOIN dataset_identity i ON i.id = d.id JOIN change_set s ON s.id = i.change_set
    WHERE d.run_number = :run AND d.name <> :online ORDER BY d.name
""")
_RULE_WORDS = text("""
    SELECT c.change_set, c.id, c.dataset_id, c.columns, c.first, c.last, c.value, c.origin, c.withdraws
    FROM lumisection_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.dataset_id = ANY(:datasets) AND s.kind <> 'proposal' AND (c.origin = :rule OR :rule = ANY(c.withdraws))
""")


@dataclass(frozen=True, slots=True)
class SignedOffDatasets:
    """What a sign-off creates and refreshes, as words for the act that moves the run.

    Parameters
    ----------
    created
        The datasets that begin to exist.
    refreshed
        Those that exist and of which rules say something new.
    no_longer_accepted
        Those that an earlier sign-off created and that this one would not, because the run's class changed or what is
        accepted did: to be hidden, if people want so.
    """

    run_number: int
    created: tuple[DatasetKey, ...]
    refreshed: tuple[DatasetKey, ...]
    no_longer_accepted: tuple[DatasetKey, ...]
    datasets: tuple[DatasetSaid, ...]
    lumisections: tuple[LumisectionSaid, ...]

    def within(self, act: Act) -> Act:
        """The act with these words in it."""
        return replace(
            act,
            new_datasets=(*act.new_datasets, *self.created),
            datasets=(*act.datasets, *self.datasets),
            lumisections=(*act.lumisections, *self.lumisections),
        )


def datasets_of_sign_off(session: Session, run_number: int, *, run_class: str | None = None) -> SignedOffDatasets:
    """What signing off a run creates and refreshes; the run is locked until the transaction ends.

    Parameters
    ----------
    run_class
        The class that counts, where the same act changes it; if none is given, the run's.

    Raises
    ------
    NotFound
        If there is no such run.
    InvalidRule
        If an offline rule cannot be judged by on the facts of this run.
    """
    if not lock_runs(session, [run_number]):
        raise NotFound(f"There is no run {run_number}.")
    counts_as = run_class or session.execute(_RUN_CLASS, {"run": run_number}).scalar_one()
    accepted = {body.name for body in accepting(session) if body.run_class == counts_as and body.has_run(run_number)}
    there = _datasets(session, run_number)
    words = _Words.of(session, run_number, accepted, there)
    return SignedOffDatasets(
        run_number=run_number,
        created=tuple(DatasetKey(run_number, name) for name in sorted(accepted - there.keys())),
        refreshed=tuple(sorted({said.dataset for said in words.lumisections if said.dataset.name in there})),
        no_longer_accepted=tuple(
            DatasetKey(run_number, dataset.name)
            for dataset in there.values()
            if dataset.name not in accepted and dataset.is_of_sign_off and not dataset.is_hidden
        ),
        datasets=words.datasets,
        lumisections=words.lumisections,
    )


@dataclass(frozen=True, slots=True)
class _Dataset:
    """A dataset that the run has."""

    id: int
    name: str
    states: Mapping[str, str]
    is_hidden: bool
    is_of_sign_off: bool


def _datasets(session: Session, run_number: int) -> dict[str, _Dataset]:
    rows = session.execute(_DATASETS, {"run": run_number, "online": ONLINE})
    return {
        row.name: _Dataset(row.id, row.name, row.states, row.is_hidden, row.made_by == ActKind.MOVE_RUN) for row in rows
    }


@dataclass(frozen=True, slots=True)
class _Words:
    """The states and the verdicts to be said."""

    datasets: tuple[DatasetSaid, ...]
    lumisections: tuple[LumisectionSaid, ...]

    @classmethod
    def of(
        cls, session: Session, run_number: int, accepted: Collection[str], there: Mapping[str, _Dataset]
    ) -> "_Words":
        if not accepted:
            return cls((), ())
        desks = _desks(session)
        rules = offline_rules(session)
        facts = online_facts(session, run_number, rules)
        ids = {name: column.id for name, column in columns_by_name(session).items()}
        said_before = _said_by_rules(session, [d.id for d in there.values() if d.name in accepted], ids)
        states: list[DatasetSaid] = []
        words: list[LumisectionSaid] = []
        verdicts: Verdicts = {}
        for name in sorted(accepted):
            key, dataset = DatasetKey(run_number, name), there.get(name)
            has = {} if dataset is None else dataset.states
            if new := {f"state.{w}": DatasetState.WAITING.value for w in desks if w not in has}:
                states.append(DatasetSaid(key, new, Origin.RULE))
            if not verdicts or rules.tell_datasets_apart:
                every = [column for columns in desks.values() for column in columns]
                verdicts = offline_verdicts(rules, facts, name, columns=every)
            to_say = {c: verdicts[c] for w, columns in desks.items() if has.get(w) not in CLOSED for c in columns}
            before = {} if dataset is None else said_before.get(dataset.id, {})
            words += words_of_rules(key, to_say, before=before, known=facts.lumisections.known, ids=ids)
        return cls(tuple(states), tuple(words))


def _desks(session: Session) -> dict[str, tuple[str, ...]]:
    """Offline workspace → its columns; the global one has none of its own."""
    desks = {
        w.workspace: tuple(f"{w.workspace}-{c.name}" for c in w.columns) for w in workspaces(session, Side.OFFLINE)
    }
    return {GLOBAL: (), **desks}


def _said_by_rules(session: Session, datasets: Sequence[int], ids: Mapping[str, int]) -> dict[int, dict[str, Statuses]]:
    """Dataset → column → status → where rules say so now, whatever people say above them."""
    if not datasets:
        return {}
    rows = session.execute(_RULE_WORDS, {"datasets": list(datasets), "rule": int(Origin.RULE)}).all()
    undone = load_undone(session, {act for act, *_ in rows})
    standing = [SpokenWord(*word) for act, *word in rows if act not in undone.acts("datasets", word[1])]
    segments = fold_segments(spread(standing), (Origin.RULE,))
    segments = segments.take(segments.column < FIRST_OTHER_COLUMN)
    names = {id_: name for name, id_ in ids.items()}
    ranges: dict[int, dict[str, dict[Status, list[LumiRange]]]] = {}
    arrays = (segments.dataset, segments.column, segments.value, segments.first, segments.last)
    for dataset, column, value, first, last in zip(*(array.tolist() for array in arrays), strict=True):
        said = ranges.setdefault(dataset, {}).setdefault(names[column], {})
        said.setdefault(Status(value), []).append(LumiRange(first, last))
    return {
        dataset: {column: {s: LumiSet.of(found) for s, found in said.items()} for column, said in columns.items()}
        for dataset, columns in ranges.items()
    }
