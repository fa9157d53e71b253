"""Datasets that the DQM GUI lists: what can be looked at there is linked, and opened for the workspaces that want it.

For each workspace that waits for the DQM GUI its offline-dataset rules decide: OPEN, or not significant for it. Without
a rule it goes on waiting. What people moved stays as they moved it, and nothing is said twice.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.certify.accepted import AcceptedDatasetBody, Listed, accepting
from backend.classify import Classifier, OfflineDatasetBody, offline_dataset_rules
from backend.db import transaction
from backend.errors import InvalidRule
from backend.projections.attributes import AttributeChange, attributes_in_force
from backend.record import Act, DatasetKey, DatasetSaid, record
from backend.record.loading import load_undone
from models.vocabulary import ActKind, DatasetState, Origin

BY = "dqm gui"
"""Who speaks in the log when a dataset has appeared there."""

LINK = "gui."
"""``gui.<name in the DQM GUI>`` is an attribute of the dataset that can be looked at under it."""

_STATE = "state."
_WAITING = DatasetState.WAITING.value

_ANY = text("SELECT EXISTS (SELECT FROM dataset WHERE name = ANY(:names) AND NOT is_hidden)")
_CANDIDATES = text("""
    SELECT d.run_number, d.name,
           ARRAY(SELECT key FROM jsonb_object_keys(d.attributes) AS key WHERE starts_with(key, :link)) AS links,
           EXISTS (SELECT FROM jsonb_each_text(d.states) AS s (workspace, state)
                   WHERE s.state = :waiting AND s.workspace = ANY(:ruled)) AS waits
    FROM dataset d
    WHERE d.name = ANY(:names) AND d.run_number = ANY(:runs) AND NOT d.is_hidden
    ORDER BY d.run_number, d.name
""")
_LOCK = text("SELECT id FROM dataset_identity WHERE run_number = :run AND name = ANY(:names) ORDER BY id FOR UPDATE")
_DATASETS = text("""
    SELECT d.id, d.name, d.states, d.attributes, r.run_class, r.state, r.is_significant, r.stop_reason, r.oms
    FROM dataset d JOIN run r ON r.run_number = d.run_number
    WHERE d.run_number = :run AND d.name = ANY(:names) ORDER BY d.name
""")
_PEOPLES_WORDS = text("""
    SELECT c.id, c.change_set, c.dataset_id, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM dataset_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.dataset_id = ANY(:datasets) AND (c.origin = :person OR :person = ANY(c.withdraws))
""")

GuiNames = Mapping[str, frozenset[str]]
"""Dataset of a run → its names in the DQM GUI."""
Rules = Mapping[str, tuple[Classifier[OfflineDatasetBody], ...]]


@dataclass(frozen=True, slots=True)
class GuiLook:
    """What a look at the listing brought: new links, workspaces opened and not, and runs that could not be judged."""

    datasets: int = 0
    links: int = 0
    opened: int = 0
    not_significant: int = 0
    failures: Mapping[int, str] = field(default_factory=dict)


def is_looked_for(session: Session) -> bool:
    """Whether the registry has any dataset that the DQM GUI might list."""
    names = sorted({body.name for body in accepting(session)})
    return bool(session.execute(_ANY, {"names": names}).scalar_one())


def link_listed(
    engine: Engine, listing: Iterable[Listed], *, is_stopping: Callable[[], bool] = lambda: False
) -> GuiLook:
    """Link and open what the DQM GUI lists and the registry has; one act per run.

    A run whose rules cannot be judged by is named, and looked at again next time.
    """
    with transaction(engine) as session:
        listed = _listed_as(accepting(session), listing)
        rules = offline_dataset_rules(session)
        news = _news(session, listed, rules)
    said: list[tuple[DatasetSaid, ...]] = []
    failures: dict[int, str] = {}
    for run_number, names in news.items():
        if is_stopping():
            break
        try:
            with transaction(engine) as session:
                said.append(_link(session, run_number, names, rules))
        except InvalidRule as error:
            failures[run_number] = str(error)
    return _summed((word for words in said for word in words), failures)


def _listed_as(accepted: Iterable[AcceptedDatasetBody], listing: Iterable[Listed]) -> dict[int, dict[str, set[str]]]:
    """Run → dataset → its names in the listing; each name is held against the patterns once."""
    by_name: dict[str, list[int]] = {}
    for entry in listing:
        by_name.setdefault(entry.dataset, []).append(entry.run_number)
    found: dict[int, dict[str, set[str]]] = {}
    for body in accepted:
        for gui_name, runs in by_name.items():
            if body.finds(gui_name):
                for run in filter(body.has_run, runs):
                    found.setdefault(run, {}).setdefault(body.name, set()).add(gui_name)
    return found


def _news(session: Session, listed: Mapping[int, Mapping[str, set[str]]], rules: Rules) -> dict[int, GuiNames]:
    """Of what is listed, the datasets that lack a link or have a workspace that waits and has a rule."""
    asked = {
        "names": sorted({name for datasets in listed.values() for name in datasets}),
        "runs": sorted(listed),
        "link": LINK,
        "waiting": _WAITING,
        "ruled": sorted(rules),
    }
    news: dict[int, dict[str, frozenset[str]]] = {}
    for run, name, links, waits in session.execute(_CANDIDATES, asked):
        gui_names = listed[run].get(name, set())
        if gui_names and (waits or not {f"{LINK}{gui_name}" for gui_name in gui_names} <= set(links)):
            news.setdefault(run, {})[name] = frozenset(gui_names)
    return dict(news)


def _link(session: Session, run_number: int, names: GuiNames, rules: Rules) -> tuple[DatasetSaid, ...]:
    asked = {"run": run_number, "names": sorted(names)}
    session.execute(_LOCK, asked)
    rows = session.execute(_DATASETS, asked).all()
    moved = _moved_by_people(session, [row.id for row in rows])
    words = []
    for row in rows:
        new: dict[str, Any] = {
            f"{LINK}{gui}": True for gui in sorted(names[row.name]) if f"{LINK}{gui}" not in row.attributes
        }
        waiting = {w for w in rules if row.states.get(w) == _WAITING and f"{_STATE}{w}" not in moved.get(row.id, {})}
        facts = _facts(run_number, row) if waiting else {}
        for workspace in sorted(waiting):
            is_wanted = any(classifier.rule.holds(facts) for classifier in rules[workspace])
            new[f"{_STATE}{workspace}"] = DatasetState.OPEN if is_wanted else DatasetState.NOT_SIGNIFICANT
        if new:
            words.append(DatasetSaid(DatasetKey(run_number, row.name), new, Origin.RULE))
    if words:
        record(session, Act(by=BY, why=_why(words), kind=ActKind.INGEST, datasets=tuple(words)))
    return tuple(words)


def _moved_by_people(session: Session, datasets: list[int]) -> dict[int, dict[str, Any]]:
    """Dataset → what people say of it."""
    asked = {"datasets": datasets, "person": int(Origin.PERSON)}
    changes: dict[int, list[AttributeChange]] = {}
    for row in session.execute(_PEOPLES_WORDS, asked):
        changes.setdefault(row.dataset_id, []).append(AttributeChange(*row))
    undone = load_undone(session, {c.change_set for own in changes.values() for c in own})
    return {
        dataset: attributes_in_force(c for c in own if c.change_set not in undone.acts("datasets", dataset))
        for dataset, own in changes.items()
    }


def _facts(run_number: int, row: Any) -> Mapping[str, Any]:
    """What an offline-dataset rule reads, named as the original's tables are."""
    rr = {
        "class": row.run_class,
        "state": row.state,
        "significant": row.is_significant,
        "stop_reason": row.stop_reason,
    }
    return {"name": row.name, "run_number": run_number, "Run": {"rr_attributes": rr, "oms_attributes": row.oms}}


def _why(words: Iterable[DatasetSaid]) -> str:
    links = [name.removeprefix(LINK) for word in words for name in word.said if name.startswith(LINK)]
    if not links:
        return "rules decide for workspaces that waited for the DQM GUI"
    return f"appeared in the DQM GUI: {', '.join(dict.fromkeys(links))}"


def _summed(words: Iterable[DatasetSaid], failures: Mapping[int, str]) -> GuiLook:
    told = list(words)
    said = [(name, value) for word in told for name, value in word.said.items()]
    return GuiLook(
        datasets=len(told),
        links=sum(name.startswith(LINK) for name, _ in said),
        opened=sum(value is DatasetState.OPEN for _, value in said),
        not_significant=sum(value is DatasetState.NOT_SIGNIFICANT for _, value in said),
        failures=failures,
    )
