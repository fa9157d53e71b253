"""A run when it is judged: the classifiers that judge it, what is known of it, and what becomes of it, the verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from backend.classify.lumisections import LUMINOSITIES, Facts, Lumisections, names_read
from backend.rules import Rule
from models.lumis import EMPTY, LumiSet
from models.vocabulary import OTHER_LUMISECTION_ATTRIBUTES, ColumnKind, ConfigurationKind, Status

T = TypeVar("T")


@dataclass(frozen=True)
class Judge(Generic[T]):
    """A classifier that is enabled, ready to judge: what it says of that for which its rule holds.

    ``version`` is the one in force; none is a draft.
    """

    kind: ConfigurationKind
    name: str
    version: int | None
    says: T
    rule: Rule

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names of the facts that its rule reads."""
        return names_read(self.rule)

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

    @property
    def columns(self) -> frozenset[str]:
        """The components that have classifiers."""
        return frozenset(self.components)

    @property
    def of_runs(self) -> tuple[object, object]:
        """The classifiers of runs as a whole: where two have the same ones, they say the same of every run."""
        return self.run_classes, self.significance

    def of(self, column: str) -> tuple[Judge[Status], ...]:
        """The classifiers of a component."""
        return self.components.get(column, ())

    @cached_property
    def reads_luminosity(self) -> bool:
        """Whether a component's rule asks for the luminosity of single lumisections."""
        return any(
            "" in judge.reads or not LUMINOSITIES.isdisjoint(judge.reads)
            for own in self.components.values()
            for judge in own
        )


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run when it is judged: what OMS says of it, what the registry does, and its lumisections."""

    run_number: int
    oms: Mapping[str, Any]
    registry: Mapping[str, Any]
    lumisections: Lumisections

    @cached_property
    def of_run(self) -> Facts:
        """The facts of the run as a whole: its bits, what OMS says of it, and what the registry says."""
        return {**self.bits, **self.oms, **self.registry}

    @property
    def bits(self) -> Mapping[str, bool]:
        """The bits of the run as a whole: one is true if it is true in any of its lumisections."""
        return {name: True in values for name, values in self.lumisections.spans.items() if _is_bit(name)}


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
class RunVerdict:
    """What rules say of a run as a whole, and what it counts as when its components are judged: people stand above."""

    class_by: Judge[str] | None
    significant_by: Judge[str] | None
    counts_as: str | None
    counts_as_significant: bool

    @property
    def run_class(self) -> str | None:
        """The class that rules give the run."""
        return None if self.class_by is None else self.class_by.says

    @property
    def is_significant(self) -> bool:
        """Whether rules say that the run is significant."""
        return self.significant_by is not None

    @property
    def as_judged(self) -> tuple[str | None, bool]:
        """All of the run's verdict that component rules see."""
        return self.counts_as, self.counts_as_significant


@dataclass(frozen=True, slots=True)
class Verdict:
    """What rules say of a run; ``components`` is column → stretches, which together are the run's lumisections."""

    run: RunVerdict
    components: Mapping[str, tuple[Stretch, ...]]

    @property
    def run_class(self) -> str | None:
        """The class that rules give the run."""
        return self.run.run_class

    @property
    def is_significant(self) -> bool:
        """Whether rules say that the run is significant."""
        return self.run.is_significant


def by_status(stretches: Iterable[Stretch]) -> dict[Status, LumiSet]:
    """Where each status is said, whichever classifiers decided."""
    found: dict[Status, LumiSet] = {}
    for stretch in stretches:
        found[stretch.status] = found.get(stretch.status, EMPTY) | stretch.where
    return found


def _is_bit(name: str) -> bool:
    return OTHER_LUMISECTION_ATTRIBUTES.get(name, ColumnKind.BIT) is ColumnKind.BIT
