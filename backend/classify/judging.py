"""What rules say of a run and its lumisections: its class, whether it is significant, the status of each component.

Pure: facts and classifiers in, a verdict out, with the classifier that decided each part of it. A run without HLT key
has no class; a run without class is not significant; of a run that is not significant no rule says a status.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from backend.classify.lumisections import SERIES, Facts, Lumisections
from backend.rules import Rule
from models.lumis import LumiSet
from models.vocabulary import OTHER_LUMISECTION_ATTRIBUTES, ColumnKind, ConfigurationKind, Status

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Judge(Generic[T]):
    """A classifier that is enabled, ready to judge: what it says of that for which its rule holds.

    ``version`` is the one in force; none is a draft.
    """

    kind: ConfigurationKind
    name: str
    version: int | None
    says: T
    rule: Rule

    def __str__(self) -> str:
        """``run class Collisions18 v3``; a component's classifier says in its name what it is."""
        kind = "" if self.kind is ConfigurationKind.COMPONENT else f"{self.kind.value} "
        return f"{kind}{self.name} {'draft' if self.version is None else f'v{self.version}'}"


@dataclass(frozen=True)
class Judges:
    """All classifiers that judge runs online. Where several hold, the first decides.

    ``significance`` is by run class, ``components`` by column, ``tracker-strip``.
    """

    run_classes: tuple[Judge[str], ...] = ()
    significance: Mapping[str, tuple[Judge[str], ...]] = field(default_factory=dict)
    components: Mapping[str, tuple[Judge[Status], ...]] = field(default_factory=dict)

    @cached_property
    def series(self) -> frozenset[str]:
        """The facts that component rules read and that differ from one lumisection to the next."""
        rules = [judge.rule for own in self.components.values() for judge in own]
        if any(rule.has_computed_names for rule in rules):
            return SERIES
        return SERIES & {variable.name for rule in rules for variable in rule.variables}


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of a run when it is judged: what OMS says of it, what the registry does, and its lumisections."""

    run_number: int
    oms: Mapping[str, Any]
    registry: Mapping[str, Any]
    lumisections: Lumisections


@dataclass(frozen=True, slots=True)
class ByPeople:
    """What people say of a run above the rules; none where they say nothing."""

    run_class: str | None = None
    is_significant: bool | None = None


NOBODY = ByPeople()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A status of a component, where it holds, and the classifier that decided; none where no rule matched."""

    status: Status
    where: LumiSet
    by: Judge[Status] | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What rules say of a run; ``components`` is column → stretches, which together are the run's lumisections."""

    run_class: str | None
    class_by: Judge[str] | None
    is_significant: bool
    significant_by: Judge[str] | None
    components: Mapping[str, tuple[Stretch, ...]]


def judge(judges: Judges, run: RunFacts, people: ByPeople = NOBODY) -> Verdict:
    """What the rules say of the run. They judge significance and components by what people said above them."""
    class_by = judge_class(judges, run)
    says_class = class_by.says if class_by else None
    run_class = says_class if people.run_class is None else people.run_class
    significant_by = judge_significance(judges, run, run_class)
    is_significant = significant_by is not None if people.is_significant is None else people.is_significant
    components: dict[str, tuple[Stretch, ...]] = {}
    if is_significant:
        facts = facts_of_lumisections(run, run_class, is_significant)
        for column, own in judges.components.items():
            components[column] = judge_component(own, run.lumisections, facts)
    return Verdict(says_class, class_by, significant_by is not None, significant_by, components)


def judge_class(judges: Judges, run: RunFacts) -> Judge[str] | None:
    """The classifier that gives the run its class; none, if it has no class or no HLT key."""
    if run.oms.get("hlt_key") is None:
        return None
    return _first(judges.run_classes, facts_of_run(run))


def judge_significance(judges: Judges, run: RunFacts, run_class: str | None) -> Judge[str] | None:
    """The classifier that makes a run of this class significant; none, if it is not."""
    if run_class is None:
        return None
    return _first(judges.significance.get(run_class, ()), facts_of_run(run, run_class))


def judge_component(judges: Sequence[Judge[Status]], lumisections: Lumisections, facts: Facts) -> tuple[Stretch, ...]:
    """The status of a component in every lumisection: that of the first rule that holds there.

    Parameters
    ----------
    judges
        The component's classifiers, the one that decides over the others first. With none there is nothing to say.
    facts
        What all lumisections share.
    """
    stretches = []
    left = lumisections.known
    for judge in judges:
        if not left:
            break
        if where := lumisections.where(judge.rule, facts) & left:
            stretches.append(Stretch(judge.says, where, judge))
            left = left - where
    if left and judges:
        stretches.append(Stretch(Status.NO_VALUE_FOUND, left, None))
    return tuple(stretches)


def facts_of_run(run: RunFacts, run_class: str | None = None) -> Facts:
    """The facts of a run as a whole: a bit is true if it is true in any of its lumisections."""
    bits = {name: True in values for name, values in run.lumisections.spans.items() if _is_bit(name)}
    return {**bits, **run.oms, **run.registry, "class": run_class}


def facts_of_lumisections(run: RunFacts, run_class: str | None, is_significant: bool) -> Facts:
    """The facts that all lumisections of a run share, where a component is judged."""
    return {**run.oms, **run.registry, "class": run_class, "significant": is_significant}


def _is_bit(name: str) -> bool:
    return OTHER_LUMISECTION_ATTRIBUTES.get(name, ColumnKind.BIT) is ColumnKind.BIT


def _first(judges: Sequence[Judge[T]], facts: Facts) -> Judge[T] | None:
    return next((judge for judge in judges if judge.rule.holds(facts)), None)
