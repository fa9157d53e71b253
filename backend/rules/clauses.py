"""A clause of a rule: one fact compared with one constant. Nearly every rule is made of these alone.

Written either way round, ``{"<=": [6000, {"var": "run.oms.energy"}]}`` is the clause *run.oms.energy >= 6000*.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from backend.rules.limits import Budget
from backend.rules.nodes import Compiled, Constant, Listed, Node, Operation, as_json
from backend.rules.operators import EAGER
from backend.rules.reading import Reader, reader
from backend.rules.values import EXACT, is_number

HAS = "has"
"""How a clause says that the constant is in the fact: ``{"in": ["25ns", {"var": "run.oms.injection_scheme"}]}``."""

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "in": HAS, "==": "==", "===": "===", "!=": "!=", "!==": "!=="}
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "===": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Clause:
    """The fact of that name, compared with the constant; ``operator`` as if the fact stood on the left."""

    name: str
    operator: str
    constant: object


def clause_of(node: Node) -> Clause | None:
    """The clause that the node is, or None. A ``var`` with a default value makes none."""
    if not isinstance(node, Operation) or node.operator not in _TURNED or len(node.operands) != 2:
        return None
    left, right = node.operands
    if (name := _plain_variable(left)) is not None and _is_constant(right):
        return Clause(name, node.operator, _value(right))
    if (name := _plain_variable(right)) is not None and _is_constant(left):
        return Clause(name, _TURNED[node.operator], _value(left))
    return None


def clauses_of(node: Node) -> tuple[Clause, ...]:
    """The clauses that the node is made of: one, or the two of ``{"<": [6000, {"var": …}, 7000]}``, or none."""
    if isinstance(node, Operation) and node.operator in ("<", "<=") and len(node.operands) == 3:
        first, second, third = node.operands
        name = _plain_variable(second)
        if name is not None and _is_constant(first) and _is_constant(third):
            return Clause(name, _TURNED[node.operator], _value(first)), Clause(name, node.operator, _value(third))
    clause = clause_of(node)
    return (clause,) if clause else ()


def compile_clause(node: Operation) -> Compiled | None:
    """The function of a clause, or None if the node is none. What is compared as it stands is not coerced."""
    clause = clause_of(node)
    if clause is None or isinstance(clause.constant, list | dict):
        return None
    read, constant, otherwise = reader(clause.name), clause.constant, partial(judge_clause, clause)
    if clause.operator in ("==", "===") and isinstance(constant, str):
        return _is_word(read, constant, otherwise)
    if clause.operator in ("==", "===") and isinstance(constant, bool):
        return _is_truth(read, constant, otherwise)
    if clause.operator in _ORDER and is_number(constant) and abs(constant) < EXACT:
        return _compares_number(read, constant, _ORDER[clause.operator], otherwise)
    return lambda facts, budget: otherwise(read(facts), budget)


def judge_clause(clause: Clause, value: object, budget: Budget) -> object:
    """The clause about that value, with all coercions."""
    if clause.operator == HAS:
        return EAGER["in"]([clause.constant, value], budget)
    return EAGER[clause.operator]([value, clause.constant], budget)


_Otherwise = Callable[[object, Budget], object]


def _is_word(read: Reader, word: str, otherwise: _Otherwise) -> Compiled:
    def clause(facts: object, budget: Budget) -> object:
        value = read(facts)
        return value == word if type(value) is str else otherwise(value, budget)

    return clause


def _is_truth(read: Reader, truth: bool, otherwise: _Otherwise) -> Compiled:
    def clause(facts: object, budget: Budget) -> object:
        value = read(facts)
        return value is truth if type(value) is bool else otherwise(value, budget)

    return clause


def _compares_number(
    read: Reader, number: float, order: Callable[[float, float], bool], otherwise: _Otherwise
) -> Compiled:
    def clause(facts: object, budget: Budget) -> object:
        value = read(facts)
        return order(value, number) if type(value) is float or type(value) is int else otherwise(value, budget)

    return clause


def _plain_variable(node: Node) -> str | None:
    return node.variable if isinstance(node, Operation) and len(node.operands) <= 1 else None


def _is_constant(node: Node) -> bool:
    return isinstance(node, Constant) or (isinstance(node, Listed) and all(map(_is_constant, node.items)))


def _value(node: Node) -> object:
    return node.value if isinstance(node, Constant) else as_json(node)
