"""A draft looked through at every pause: is it a rule, does it read facts that there are, can its comparisons hold."""

from dataclasses import dataclass
from time import perf_counter

from backend.classify import ClassifierBody
from backend.errors import InvalidInput
from backend.rules import Rule
from backend.rules.facts import FactCatalogue
from backend.rules.facts_warnings import warnings
from backend.rules.nodes import Node, children
from dashboard.classifiers.draft import Draft
from dashboard.classifiers.lines import line_of, without_place

_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about the rule, with the line that it is about."""

    sentence: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be said of a draft. Without a body it cannot be saved, and ``refusal`` says why."""

    body: ClassifierBody | None
    refusal: Remark | None = None
    warnings: tuple[Remark, ...] = ()


def check(draft: Draft, catalogue: FactCatalogue) -> Checked:
    """Look through a draft with the facts that this registry has."""
    try:
        body = draft.body()
        body.check_facts(catalogue)
    except InvalidInput as error:
        return Checked(None, _remark(draft.text, str(error)))
    return Checked(body, None, tuple(_remark(draft.text, said) for said in warnings(body.parsed, catalogue)))


def cost_words(rule: Rule, facts: object) -> str:
    """What the rule is made of and what it costs: ``9 facts, all known · depth 3 · 4.1 µs``."""
    count = len(rule.variables)
    facts_read = f"{count} fact{'' if count == 1 else 's'}, all known"
    return f"{facts_read} · depth {_depth(rule.root)} · {_microseconds(rule, facts):.1f} µs each time"


def _remark(text: str, sentence: str) -> Remark:
    line = line_of(text, sentence)
    return Remark(without_place(sentence) if line else sentence, line)


def _depth(node: Node) -> int:
    below = [_depth(child) for child in children(node) if children(child)]
    return 1 + max(below, default=0)


def _microseconds(rule: Rule, facts: object) -> float:
    began = perf_counter()
    for _ in range(_ROUNDS):
        rule.holds(facts)
    return (perf_counter() - began) / _ROUNDS * 1e6
