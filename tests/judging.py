"""Arranges what rules judge: lumisections in which some facts hold, and classifiers in a few words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from backend.classify.lumisections import Fact, Lumisections
from backend.classify.verdicts import Judge, RunFacts
from backend.rules import parse
from models.lumis import LumiSet
from models.vocabulary import ConfigurationKind, Status
from tests.factories import RUN


def lumisections(
    known: Iterable[int] = range(1, 11),
    series: Mapping[str, Callable[[int], Fact]] | None = None,
    **facts: Mapping[Fact, Iterable[int]],
) -> Lumisections:
    """Lumisections with facts, each told as value → where: ``lumisections(bpix_ready={True: [1, 2]})``."""
    spans = {name: {value: LumiSet.numbers(where) for value, where in values.items()} for name, values in facts.items()}
    return Lumisections(LumiSet.numbers(known), spans, series or {})


def a_run_to_judge(own: Lumisections | None = None, **oms: Any) -> RunFacts:
    """A run with an HLT key, and what OMS says of it besides."""
    said = {"hlt_key": "/cdaq/physics/Run2022/2e34/v1.4.0/HLT/V4"} | oms
    return RunFacts(RUN, said, {"state": "OPEN"}, own or lumisections())


def a_class(says: str, rule: Any, name: str | None = None) -> Judge[str]:
    """A run class classifier, or one of significance."""
    return Judge(ConfigurationKind.RUN_CLASS, name or says, 1, says, parse(rule))


def a_status(says: Status, rule: Any) -> Judge[Status]:
    """A component classifier."""
    return Judge(ConfigurationKind.COMPONENT, f"online/tracker-strip/{says.word}", 1, says, parse(rule))


def is_true(name: str) -> Any:
    """The rule that a fact is true."""
    return {"==": [{"var": name}, True]}


ALWAYS: Any = {"==": [1, 1]}
NEVER: Any = {"==": [1, 2]}
