"""A fact: one typed variable that a rule may read, with its unit, its range and what it means."""

from dataclasses import dataclass, replace
from enum import StrEnum


class FactKind(StrEnum):
    """What the values of a fact are; any of them may also be null."""

    BOOL = "true or false"
    INTEGER = "whole number"
    NUMBER = "number"
    TEXT = "text"
    LIST = "list"
    STATUS = "status"
    TIME = "time"

    @property
    def is_number(self) -> bool:
        """Whether the values have an order and may have a unit."""
        return self in (FactKind.INTEGER, FactKind.NUMBER)


class Source(StrEnum):
    """Where the value of a fact stands, named as offline rules and recipes name it."""

    RUN = "run"
    RUN_OMS = "run.oms"
    RUN_RR = "run.rr"
    LUMISECTION = "lumisection"
    LUMISECTION_OMS = "lumisection.oms"
    LUMISECTION_RR = "lumisection.rr"
    DATASET = "dataset"


@dataclass(frozen=True, slots=True)
class Fact:
    """A variable as one kind of rule names it.

    ``attribute`` is its name at its ``source``: of ``run.oms.b_field`` it is ``b_field``. ``low`` and ``high`` bound
    what is physically possible, none where nobody knows; ``words`` are the only texts that it can be, none where any
    text can be.
    """

    name: str
    attribute: str
    source: Source
    kind: FactKind
    meaning: str
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    words: tuple[str, ...] = ()

    def named(self, name: str) -> "Fact":
        """The same fact under the name that another kind of rule has for it."""
        return replace(self, name=name)

    def nested(self) -> "Fact":
        """The same fact as offline rules and recipes name it: ``run.oms.b_field``."""
        return self.named(f"{self.source}.{self.attribute}")
