"""A rule in plain words, for those who do not read JSON: *tracker is in the run*, *TEC+ is off*, *energy ≥ 6,000 GeV*.

A phrase never says more than the rule does. What has no phrase of its own is shown as the rule writes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.rules import Json, Rule
from backend.rules.clauses import HAS, Clause, clause_of, clauses_of
from backend.rules.facts import FactCatalogue
from backend.rules.facts_values import Fact, FactKind
from backend.rules.nodes import Node, Operation, as_text
from dashboard.fact_words import label_of, value_words

_CHOICE = "if, then, else"
_BRANCHES = {"and": "all of", "or": "any of", "if": _CHOICE, "?:": _CHOICE, "!": "not", "!!": "is true"}
_SIGNS = {">": ">", ">=": "≥", "<": "<", "<=": "≤", "==": "=", "===": "=", "!=": "≠", "!==": "≠"}
_EQUAL, _UNEQUAL = ("==", "==="), ("!=", "!==")


@dataclass(frozen=True, slots=True)
class Worded:
    """A node of a rule in words. ``text`` is the node as JSON; a branch has children, a clause has none.

    The children are those of :class:`backend.rules.Explained`: trees of the same rule go together node by node.
    """

    words: str
    text: str
    operator: str | None
    children: tuple["Worded", ...] = ()


def worded(rule: Rule, catalogue: FactCatalogue) -> Worded:
    """The tree of the rule in words; the catalogue knows units and kinds."""
    return _worded(rule.root, catalogue)


def _worded(node: Node, catalogue: FactCatalogue) -> Worded:
    operator = node.operator if isinstance(node, Operation) else None
    if isinstance(node, Operation) and _is_branch(node):
        below = tuple(_worded(operand, catalogue) for operand in node.operands)
        return Worded(_BRANCHES[node.operator], as_text(node), operator, below)
    return Worded(_clause_words(node, catalogue), as_text(node), operator)


def _is_branch(node: Operation) -> bool:
    """Whether the explanation of the rule opens the node."""
    if node.operator in ("!", "!!"):
        return len(node.operands) == 1
    return bool(node.operands) and node.operator in _BRANCHES


def _clause_words(node: Node, catalogue: FactCatalogue) -> str:
    clauses = clauses_of(node)
    if len(clauses) == 2:
        return _between(node, clauses, catalogue)
    clause = clause_of(node)
    if clause is None:
        return _other_words(node, catalogue)
    said = clause.name, catalogue.get(clause.name), clause.operator, _json(clause.constant)
    return _phrase(*said) or _plain(*said)


def _other_words(node: Node, catalogue: FactCatalogue) -> str:
    if isinstance(node, Operation) and node.variable:
        return f"{label_of(node.variable, catalogue.get(node.variable))} is there and not empty"
    return as_text(node)


def _between(node: Node, clauses: Sequence[Clause], catalogue: FactCatalogue) -> str:
    assert isinstance(node, Operation)
    low, high = clauses
    fact = catalogue.get(low.name)
    sign = _SIGNS[node.operator]
    label = label_of(low.name, fact)
    return f"{value_words(_json(low.constant))} {sign} {label} {sign} {value_words(_json(high.constant), fact)}"


def _phrase(name: str, fact: Fact | None, operator: str, constant: Json) -> str | None:
    """What people would say; none where there is no better way than the comparison itself."""
    label = label_of(name, fact)
    if operator in (*_EQUAL, *_UNEQUAL):
        is_not = " not" if operator in _UNEQUAL else ""
        if isinstance(constant, bool):
            return _truth(label, fact, constant, is_not)
        if constant is None:
            return f"{label} is{is_not} unknown"
        if fact is not None and fact.kind is FactKind.STATUS:
            return f"{label} is{is_not} {constant}"
    if operator == HAS:
        return f"{label} contains {value_words(constant)}"
    if operator == "in" and isinstance(constant, list):
        return f"{label} is one of {', '.join(map(value_words, constant)) or 'nothing'}"
    return None


def _truth(label: str, fact: Fact | None, truth: bool, is_not: str) -> str:
    attribute = fact.attribute if fact else ""
    if attribute.endswith("_included"):
        return f"{label} is{is_not} in the run" if truth else f"{label} is{is_not} said to be out of the run"
    if attribute.endswith("_ready"):
        return f"{label} is{is_not} {'ready' if truth else 'off'}"
    who, verb, what = label.partition(" is ")
    if not verb:
        return f"{label} is{is_not} {'true' if truth else 'false'}"
    known = f"{is_not} known to be" if is_not else ""
    return f"{who} is{known} {'' if truth else 'not '}{what}"


def _plain(name: str, fact: Fact | None, operator: str, constant: Json) -> str:
    return f"{label_of(name, fact)} {_SIGNS.get(operator, operator)} {value_words(constant, fact)}"


def _json(value: object) -> Json:
    return value  # type: ignore[return-value]  # constants of a parsed rule are JSON
