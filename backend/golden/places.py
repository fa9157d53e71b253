"""Where a recipe's facts stand: with the run or dataset, in the segments of a dataset, or in each lumisection alone."""

from collections.abc import Iterable
from enum import IntEnum

from backend.golden.attributes import recipe_facts
from backend.rules import Rule
from backend.rules.facts_checking import check_variables

RUN_OMS, RUN_RR, DATASET = "run.oms.", "run.rr.", "dataset."
RUN_NUMBER, DATASET_NAME = "run.run_number", "dataset.name"
LUMISECTION_NUMBER = "lumisection.lumisection_number"
LUMISECTION_OMS, LUMISECTION_RR = "lumisection.oms.", "lumisection.rr."
STATE = "_state"

RECORDED = frozenset({"lumisection.oms.recorded_lumi_per_lumi", "lumisection.oms.recorded"})
DELIVERED = frozenset({"lumisection.oms.delivered_lumi_per_lumi", "lumisection.oms.delivered"})
LIVE = "lumisection.oms.live_lumi_per_lumi"
LUMINOSITIES = RECORDED | DELIVERED | {LIVE}
"""Facts that differ from one lumisection to the next, as its number does."""


class Level(IntEnum):
    """How finely a fact can differ."""

    DATASET = 0
    SEGMENT = 1
    LUMISECTION = 2


def level_of(names: Iterable[str]) -> Level:
    """How finely these facts can differ together."""
    return max(map(_level, names), default=Level.DATASET)


def _level(name: str) -> Level:
    if name == LUMISECTION_NUMBER or name in LUMINOSITIES:
        return Level.LUMISECTION
    return Level.SEGMENT if name.startswith((LUMISECTION_OMS, LUMISECTION_RR)) else Level.DATASET


def names_read(rule: Rule) -> tuple[str, ...]:
    """The facts that a recipe reads, each once, in the order in which it names them.

    Raises
    ------
    InvalidRule
        If one of them is no fact of recipes; names it and the name that was most likely meant.
    """
    check_variables(rule, recipe_facts())
    return tuple(dict.fromkeys(variable.name for variable in rule.variables))
