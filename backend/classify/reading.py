"""The classifiers in force, ready to judge: enabled ones only, in the order in which they are asked."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlmodel import Session

from backend.classify.bodies import (
    ClassifierBody,
    ComponentBody,
    OfflineDatasetBody,
    RecipeBody,
    RunClassBody,
    SignificanceBody,
)
from backend.configuration import Side, pieces, workspaces
from backend.record import columns_by_name
from backend.rules import Rule
from backend.rules.facts import FactCatalogue, Subject, facts_for
from models.vocabulary import ColumnKind

C = TypeVar("C", bound=ClassifierBody)


@dataclass(frozen=True, slots=True)
class Classifier(Generic[C]):
    """A classifier in force. ``version`` and ``last_change`` are those of the piece of configuration."""

    name: str
    body: C
    version: int
    last_change: int

    @property
    def rule(self) -> Rule:
        """The rule; it speaks where it :meth:`~backend.rules.Rule.holds`."""
        return self.body.parsed


def classifiers(session: Session, model: type[C], *, name: str | None = None) -> tuple[Classifier[C], ...]:
    """Every enabled classifier of a kind, in the order in which they are asked; or that of a ``name`` alone."""
    enabled = [piece for piece in pieces(session, model, name=name).values() if piece.is_enabled]
    enabled.sort(key=lambda piece: piece.body.precedence(piece.name))
    return tuple(Classifier(piece.name, piece.body, piece.version, piece.last_change) for piece in enabled)


def run_class_rules(session: Session) -> tuple[Classifier[RunClassBody], ...]:
    """The rules that give a run its class: the first that holds decides."""
    return classifiers(session, RunClassBody)


def significance_rules(session: Session) -> Mapping[str, tuple[Classifier[SignificanceBody], ...]]:
    """By run class, the rules of which one that holds makes a run significant."""
    return _grouped(classifiers(session, SignificanceBody), lambda body: body.run_class)


def component_rules(session: Session, side: Side) -> Mapping[str, tuple[Classifier[ComponentBody], ...]]:
    """By component (``tracker-strip``), the rules that flag it on that side: the first that holds decides."""
    of_side = [found for found in classifiers(session, ComponentBody) if found.body.side is side]
    return _grouped(of_side, lambda body: body.component)


def offline_dataset_rules(session: Session) -> Mapping[str, tuple[Classifier[OfflineDatasetBody], ...]]:
    """By workspace, the rules of which one that holds opens a dataset for it."""
    return _grouped(classifiers(session, OfflineDatasetBody), lambda body: body.workspace)


def recipes(session: Session, *, name: str | None = None) -> tuple[Classifier[RecipeBody], ...]:
    """The shared recipes of golden JSONs, by name; or that of a ``name`` alone, which is read much sooner."""
    return classifiers(session, RecipeBody, name=name)


def facts_here(session: Session, subject: Subject) -> FactCatalogue:
    """The facts that a rule may read in this registry, with the components that its workspaces have."""
    if subject is Subject.OFFLINE_COMPONENT:
        online = workspaces(session, Side.ONLINE)
        return facts_for(subject, components=[f"{w.workspace}-{column.name}" for w in online for column in w.columns])
    flags = [name for name, column in columns_by_name(session).items() if column.kind is ColumnKind.FLAG]
    return facts_for(subject, components=flags)


def _grouped(found: Iterable[Classifier[C]], key: Callable[[C], str]) -> Mapping[str, tuple[Classifier[C], ...]]:
    groups: dict[str, list[Classifier[C]]] = {}
    for classifier in found:
        groups.setdefault(key(classifier.body), []).append(classifier)
    return {about: tuple(group) for about, group in groups.items()}
