"""Which facts a rule reads, and with what it compares them: for the catalogue of facts to judge."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.rules.clauses import clauses_of
from backend.rules.limits import Budget
from backend.rules.nodes import Constant, Json, Listed, Node, Operation, children
from backend.rules.parsing import LOOPS
from backend.rules.plain import plain
from backend.rules.values import to_text


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a fact is compared with; ``operator`` as if the fact stood on the left, ``has`` where it contains it."""

    operator: str
    constant: Json


@dataclass(frozen=True, slots=True)
class Variable:
    """A fact that a rule reads, with every comparison of it with a constant. The empty name is that of all facts."""

    name: str
    comparisons: tuple[Comparison, ...] = ()


def variables_of(root: Node) -> tuple[Variable, ...]:
    """The facts that the rule reads, in the order in which it names them.

    In the body of ``map``, ``filter``, … names are those of the items of a list, not of facts.
    """
    found: dict[str, dict[str, Comparison]] = {}
    for node in _outside_loops(root):
        for name in _names(node):
            found.setdefault(name, {})
        for clause in clauses_of(node):
            said = Comparison(clause.operator, plain(clause.constant, Budget()))
            found.setdefault(clause.name, {})[repr(said)] = said
    return tuple(Variable(name, tuple(comparisons.values())) for name, comparisons in found.items())


def has_computed_names(root: Node) -> bool:
    """Whether the rule reads facts whose names are not written in it, so that they are known only while judging."""
    return any(_is_computed(node) for node in _outside_loops(root))


def _outside_loops(node: Node) -> Iterator[Node]:
    """The node and all below it, but for the bodies of loops."""
    yield node
    below = children(node)
    if isinstance(node, Operation) and node.operator in LOOPS:
        below = below[:1] + below[2:]
    for child in below:
        yield from _outside_loops(child)


def _names(node: Node) -> list[str]:
    if not isinstance(node, Operation):
        return []
    if node.operator == "var":
        return [] if node.variable is None else [node.variable]
    if node.operator == "missing":
        return [name for operand in node.operands for name in _listed_names(operand)]
    return _listed_names(node.operand(1)) if node.operator == "missing_some" else []


def _listed_names(node: Node) -> list[str]:
    """The names that stand there, one or in a list."""
    if isinstance(node, Listed):
        return [name for item in node.items for name in _listed_names(item)]
    if not isinstance(node, Constant) or isinstance(node.value, list | dict):
        return []
    return ["" if node.value is None else to_text(node.value, Budget())]


def _is_computed(node: Node) -> bool:
    if not isinstance(node, Operation):
        return False
    if node.operator == "var":
        return node.variable is None
    asked = node.operands if node.operator == "missing" else (node.operand(1),)
    return node.operator in ("missing", "missing_some") and not all(map(_is_named, asked))


def _is_named(node: Node) -> bool:
    if isinstance(node, Listed):
        return all(isinstance(item, Constant) and not isinstance(item.value, list | dict) for item in node.items)
    return isinstance(node, Constant) and not isinstance(node.value, list | dict)
