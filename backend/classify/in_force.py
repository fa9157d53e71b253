"""The classifiers that judge runs online, as configuration has them now: parsed once per process and version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.classify.bodies import ClassifierBody, ComponentBody, RunClassBody, SignificanceBody
from backend.classify.reading import Classifier, classifiers
from backend.classify.verdicts import Judge, Judges
from backend.configuration import Side
from models.vocabulary import ConfigurationKind

JUDGING: tuple[type[ClassifierBody], ...] = (RunClassBody, SignificanceBody, ComponentBody)
"""The kinds of classifier that have a say when a run is classified."""

_VERSIONS = text("""
    SELECT kind, name, version, is_enabled, md5(body::text) FROM configuration
    WHERE kind = ANY(:kinds) ORDER BY kind, name
""")
_Versions: TypeAlias = tuple[tuple[Any, ...], ...]
"""With the digest of each body: a version that was rolled back may come again with another."""
_Standing: TypeAlias = Mapping[tuple[ConfigurationKind, str], Classifier[Any]]

_kept: WeakKeyDictionary[Engine, tuple[_Versions, _Standing, Judges]] = WeakKeyDictionary()
"""Engine → what was read last; nothing in it that the log does not hold."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A classifier as it might be: a new one, another version of one there is, or one disabled or taken away."""

    name: str
    body: ClassifierBody
    is_enabled: bool = True


def judges_in_force(session: Session) -> Judges:
    """The classifiers as they stand now, ready to judge."""
    return _look(session)[1]


def judges_with(session: Session, drafts: Sequence[Draft]) -> Judges:
    """The classifiers as they would stand with these drafts."""
    standing = {**_look(session)[0]}
    for draft in drafts:
        standing.pop((draft.body.kind, draft.name), None)
        if draft.is_enabled:
            standing[draft.body.kind, draft.name] = Classifier(draft.name, draft.body, DRAFT, DRAFT)
    return judges_of(standing.values())


DRAFT = 0
"""The version of a draft; those in force are counted from 1."""


def judges_of(enabled: Iterable[Classifier[Any]]) -> Judges:
    """The classifiers, each among those that could speak of the same, in the order in which they are asked."""
    run_classes: list[Judge[str]] = []
    significance: dict[str, list[Judge[str]]] = {}
    components: dict[str, list[Judge[Any]]] = {}
    for classifier in sorted(enabled, key=lambda c: (c.body.precedence(c.name), c.name)):
        match classifier.body:
            case RunClassBody() as body:
                run_classes.append(_judge(classifier, body.run_class))
            case SignificanceBody() as body:
                significance.setdefault(body.run_class, []).append(_judge(classifier, body.run_class))
            case ComponentBody(side=Side.ONLINE) as body:
                components.setdefault(body.component, []).append(_judge(classifier, body.status))
    return Judges(
        tuple(run_classes),
        {run_class: tuple(own) for run_class, own in significance.items()},
        {column: tuple(own) for column, own in components.items()},
    )


def _look(session: Session) -> tuple[_Standing, Judges]:
    engine = session.get_bind().engine
    kinds = [model.kind.value for model in JUDGING]
    versions = tuple(tuple(row) for row in session.execute(_VERSIONS, {"kinds": kinds}))
    if engine not in _kept or _kept[engine][0] != versions:
        standing = {(c.body.kind, c.name): c for model in JUDGING for c in classifiers(session, model)}
        _kept[engine] = versions, standing, judges_of(standing.values())
    return _kept[engine][1:]


S = TypeVar("S")


def _judge(classifier: Classifier[Any], says: S) -> Judge[S]:
    version = None if classifier.version == DRAFT else classifier.version
    return Judge(classifier.body.kind, classifier.name, version, says, classifier.rule)
