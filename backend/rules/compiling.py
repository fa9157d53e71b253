"""A parsed rule made into functions, so that judging a lumisection looks nothing up but its facts."""

from backend.rules.asking import ASKING, read_variable
from backend.rules.branches import all_of, any_of, first_that_holds
from backend.rules.clauses import compile_clause
from backend.rules.limits import LEVELS_OF_A_FACT, Budget
from backend.rules.loops import LOOPS
from backend.rules.nodes import Compiled, Constant, Listed, Node, Operation, size
from backend.rules.operators import EAGER
from backend.rules.parsing import parse_node
from backend.rules.reading import reader

_BRANCHES = {"and": all_of, "or": any_of, "if": first_that_holds, "?:": first_that_holds}


def compile_node(node: Node) -> Compiled:
    """The function of facts and budget that the node says."""
    if not isinstance(node, Operation):
        return _value(node)
    if node.operator in _BRANCHES:
        return _BRANCHES[node.operator](_compiled(node.operands))
    if node.operator in LOOPS:
        operands = (node.operand(0), node.operand(1), *node.operands[2:3])
        return LOOPS[node.operator](_compiled(operands), 1 + size(node.operand(1)))
    if node.operator == "var":
        return _variable(node)
    if node.operator in ASKING:
        return _asking(node)
    return compile_clause(node) or _eager(node)


def _compiled(nodes: tuple[Node, ...]) -> tuple[Compiled, ...]:
    return tuple([compile_node(node) for node in nodes])


def _value(node: Constant | Listed) -> Compiled:
    if isinstance(node, Constant):
        value = node.value
        return lambda facts, budget: value
    items = _compiled(node.items)
    return lambda facts, budget: [item(facts, budget) for item in items]


def _eager(node: Operation) -> Compiled:
    function, operands = EAGER[node.operator], _compiled(node.operands)
    return lambda facts, budget: function([operand(facts, budget) for operand in operands], budget)


def _variable(node: Operation) -> Compiled:
    """The fact of a name; of a name that is computed, or with a default value, all operands are evaluated first."""
    if node.variable is not None and len(node.operands) <= 1:
        read = reader(node.variable)
        return lambda facts, budget: read(facts)
    operands = _compiled(node.operands)
    return lambda facts, budget: read_variable([operand(facts, budget) for operand in operands], facts, budget)


def _asking(node: Operation) -> Compiled:
    function, operands = ASKING[node.operator], _compiled(node.operands)

    def ask(facts: object, budget: Budget) -> object:
        return function([operand(facts, budget) for operand in operands], facts, budget, _apply)

    return ask


def _apply(value: object, facts: object, budget: Budget) -> object:
    """What json-logic-js makes of a value that it takes for logic again."""
    if not isinstance(value, list | dict):
        return value
    node = parse_node(value, levels=LEVELS_OF_A_FACT)
    budget.spend(size(node))
    with budget.round():
        return compile_node(node)(facts, budget)
