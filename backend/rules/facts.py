"""The facts: every variable that a rule may read, by what the rule judges, under the name that such a rule gives it.

Online rules name what they read flatly (``b_field``), offline ones and recipes by where it stands
(``run.oms.b_field``), rules that open datasets as the original's tables are named (``Run.oms_attributes.b_field``).
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.rules import facts_oms, facts_registry
from backend.rules.facts_values import Fact, FactKind, Source

__all__ = ["Fact", "FactCatalogue", "FactKind", "Source", "Subject", "facts_for", "with_any_component"]


class Subject(StrEnum):
    """What a rule judges, and so which facts there are."""

    RUN = "run"
    ONLINE_COMPONENT = "online component"
    OFFLINE_COMPONENT = "offline component"
    OFFLINE_DATASET = "offline dataset"
    RECIPE = "recipe"


@dataclass(frozen=True, slots=True)
class FactCatalogue:
    """The facts of one kind of rule, by name. One that ``has_any_component`` knows every well-formed component."""

    subject: Subject
    facts: Mapping[str, Fact]
    has_any_component: bool = False

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    def __len__(self) -> int:
        return len(self.facts)

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def get(self, name: str) -> Fact | None:
        """The fact of that name, if there is one."""
        return self.facts.get(name) or (self._of_component(name) if self.has_any_component else None)

    def nearest(self, name: str) -> str | None:
        """The name that was most likely meant."""
        if (beside := self._beside(name)) is not None:
            return beside
        return next(iter(difflib.get_close_matches(name, self.facts, n=1, cutoff=0.6)), None)

    def _beside(self, name: str) -> str | None:
        """The same attribute where it stands for this kind of rule: ``b_field`` is ``run.oms.b_field`` in a recipe."""
        last = name.removesuffix(".status").rpartition(".")[2]
        return next((fact.name for fact in self if fact.attribute.removesuffix(".status") == last), None)

    def _of_component(self, name: str) -> Fact | None:
        known = facts_registry.COMPONENT.search(name)
        return _verdicts(self.subject, [known[0]]).get(name) if known else None


def facts_for(subject: Subject, *, components: Iterable[str] | None = None) -> FactCatalogue:
    """The catalogue for rules that judge such a thing.

    Parameters
    ----------
    components
        The components whose flags there are, as ``tracker-strip``; if none are given, those that CMS certifies.
    """
    run = facts_oms.RUN
    chosen = tuple(components) if components is not None else _components(subject)
    if subject is Subject.RUN:
        facts = _flat(run, facts_registry.RUN_ATTRIBUTES, map(facts_oms.bit_of_run, facts_oms.BITS))
    elif subject is Subject.ONLINE_COMPONENT:
        facts = _flat(run, facts_registry.RUN_ATTRIBUTES, _LUMISECTION, [facts_registry.LUMISECTION_NUMBER])
    elif subject is Subject.OFFLINE_DATASET:
        facts = _of_dataset(run)
    else:
        lumisection = (*_LUMISECTION, *facts_oms.STORED_LUMINOSITIES)
        facts = _nested(run, facts_registry.RUN_ATTRIBUTES, lumisection, _PLACES)
        facts |= _verdicts(subject, chosen)
    return FactCatalogue(subject, facts)


def with_any_component(catalogue: FactCatalogue) -> FactCatalogue:
    """The catalogue of a registry whose components are not known yet."""
    return FactCatalogue(catalogue.subject, catalogue.facts, has_any_component=True)


_LUMISECTION = (
    *map(facts_oms.bit, facts_oms.BITS),
    *facts_oms.LUMISECTION_ATTRIBUTES,
    *facts_oms.LUMINOSITIES,
)
_PLACES = (facts_registry.RUN_NUMBER, facts_registry.LUMISECTION_NUMBER, facts_registry.DATASET_NAME)


def _components(subject: Subject) -> tuple[str, ...]:
    online, offline = facts_registry.online_components(), facts_registry.offline_components()
    return online if subject is Subject.OFFLINE_COMPONENT else tuple(dict.fromkeys((*offline, *online)))


def _flat(*groups: Iterable[Fact]) -> dict[str, Fact]:
    return {fact.name: fact for group in groups for fact in group}


def _nested(*groups: Iterable[Fact]) -> dict[str, Fact]:
    return _flat(fact.nested() for group in groups for fact in group)


def _verdicts(subject: Subject, components: Iterable[str]) -> dict[str, Fact]:
    if subject is Subject.OFFLINE_COMPONENT:
        return _nested(*map(facts_registry.triplet, components))
    if subject is Subject.RECIPE:
        chosen = tuple(components)
        return _nested(map(facts_registry.verdict, chosen), facts_registry.dataset_states(chosen))
    return {}


def _of_dataset(run: Iterable[Fact]) -> dict[str, Fact]:
    """What the original's table of datasets, joined with that of runs, has."""
    oms = (fact.named(f"Run.oms_attributes.{fact.attribute}") for fact in run)
    rr = (fact.named(f"Run.rr_attributes.{fact.attribute}") for fact in facts_registry.RUN_ATTRIBUTES)
    return _flat([facts_registry.DATASET_NAME, facts_registry.RUN_NUMBER], rr, oms)
