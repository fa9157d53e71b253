"""Why a rule says what it says: the rule as a tree, each branch with its value, and the branches that decided.

``and``, ``or``, ``if``, ``!`` and ``!!`` are opened; every other node is a clause and is told with the values of its
operands and of the facts that it reads. Branches that the rule did not need are judged too, so that one sees what they
would have said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from backend.errors import InvalidRule
from backend.rules.compiling import compile_node
from backend.rules.limits import Budget
from backend.rules.nodes import Json, Node, Operation, as_text
from backend.rules.parsing import LOOPS
from backend.rules.plain import plain
from backend.rules.reading import reader
from backend.rules.values import UNDEFINED, is_truthy
from backend.rules.variables import variables_of


@dataclass(frozen=True, slots=True)
class Told:
    """An operand or a fact with its value."""

    text: str
    value: Json


@dataclass(frozen=True, slots=True)
class Explained:
    """A node of the rule with what it says of the facts.

    ``operator`` is None of a constant or a list. ``has_decided`` where the value of the node above comes from it: of
    an ``and`` that is false, the first false branch; of one that is true, every branch. ``is_reached`` is false of a
    branch that was not needed; ``trouble`` says why such a branch cannot be judged.
    """

    text: str
    operator: str | None
    value: Json
    holds: bool
    has_decided: bool = True
    is_reached: bool = True
    children: tuple["Explained", ...] = ()
    operands: tuple[Told, ...] = ()
    facts: tuple[Told, ...] = ()
    trouble: str | None = None


def explain(root: Node, facts: object) -> Explained:
    """The tree of the rule on these facts. The value of its root is that of the rule.

    Raises
    ------
    InvalidRule
        If the rule cannot be judged on these facts.
    """
    budget = Budget()
    value, explained = _Explaining(facts, budget).node(root)
    return replace(explained, value=plain(value, budget))


def deciding_clauses(explained: Explained, *, every: bool = False) -> tuple[Explained, ...]:
    """The clauses from which the value comes, in the order of the rule; constants are none.

    Parameters
    ----------
    every
        Also the clauses that would have decided alike, had they been asked first: all that make an ``and`` false, all
        that make an ``or`` true.
    """
    if not explained.children:
        return (explained,) if explained.operator else ()
    is_alike = every and explained.operator in ("and", "or")
    chosen = [c for c in explained.children if c.has_decided or (is_alike and c.holds == explained.holds)]
    return tuple(clause for child in chosen for clause in deciding_clauses(child, every=every))


_Valued = tuple[object, Explained]


class _Explaining:
    """Goes through the nodes. What the rule needs is paid from its budget; what is only shown, from another."""

    def __init__(self, facts: object, budget: Budget) -> None:
        self._facts = facts
        self._budget = budget
        self._spare = Budget()

    def node(self, node: Node, *, is_reached: bool = True) -> _Valued:
        if not isinstance(node, Operation) or not node.operands:
            return self._clause(node, is_reached)
        if node.operator in ("and", "or"):
            return self._all_or_any(node, is_reached)
        if node.operator in ("if", "?:"):
            return self._if(node, is_reached)
        if node.operator in ("!", "!!") and len(node.operands) == 1:
            value, child = self.node(node.operands[0], is_reached=is_reached)
            return self._opened(node, is_truthy(value) is (node.operator == "!!"), [child], is_reached)
        return self._clause(node, is_reached)

    def _all_or_any(self, node: Operation, is_reached: bool) -> _Valued:
        stops_at = node.operator == "or"
        result: object = UNDEFINED
        branches: list[Explained] = []
        stopped = None
        for index, operand in enumerate(node.operands):
            value, branch = self.node(operand, is_reached=is_reached and stopped is None)
            branches.append(branch)
            if stopped is None:
                result, stopped = value, index if branch.holds is stops_at else None
        decided = range(len(branches)) if stopped is None else (stopped,)
        return self._opened(node, result, _decided(branches, decided), is_reached)

    def _if(self, node: Operation, is_reached: bool) -> _Valued:
        result: object = None
        branches: list[Explained] = []
        decided: list[int] = []
        is_open = True
        for index, operand in enumerate(node.operands):
            is_value = index % 2 == 1 or index == len(node.operands) - 1
            is_taken = is_open and (index % 2 == 0 or branches[-1].holds)
            value, branch = self.node(operand, is_reached=is_reached and is_taken)
            branches.append(branch)
            decided += [index] * is_taken
            if is_taken and is_value:
                result, is_open = value, False
        return self._opened(node, result, _decided(branches, decided), is_reached)

    def _opened(self, node: Operation, value: object, branches: Iterable[Explained], is_reached: bool) -> _Valued:
        return value, Explained(
            node.operator,
            node.operator,
            self._shown(value),
            is_truthy(value),
            is_reached=is_reached,
            children=tuple(branches),
        )

    def _clause(self, node: Node, is_reached: bool) -> _Valued:
        trouble = None
        try:
            value = compile_node(node)(self._facts, self._budget if is_reached else self._spare)
        except InvalidRule as error:
            if is_reached:
                raise
            value, trouble = None, str(error)
        return value, Explained(
            as_text(node),
            node.operator if isinstance(node, Operation) else None,
            self._shown(value),
            is_truthy(value),
            is_reached=is_reached,
            operands=self._operands(node),
            facts=tuple(Told(name, self._fact(name)) for v in variables_of(node) if (name := v.name)),
            trouble=trouble,
        )

    def _operands(self, node: Node) -> tuple[Told, ...]:
        """The operands with their values; names are told as facts, and the body of a loop has no value of its own."""
        if not isinstance(node, Operation) or node.operator in ("var", "missing", "missing_some"):
            return ()
        shown = node.operands[:1] if node.operator in LOOPS else node.operands
        return tuple(Told(as_text(operand), self._value(operand)) for operand in shown)

    def _value(self, node: Node) -> Json:
        try:
            return plain(compile_node(node)(self._facts, self._spare), self._spare)
        except InvalidRule:
            return None

    def _fact(self, name: str) -> Json:
        return self._shown(reader(name)(self._facts))

    def _shown(self, value: object) -> Json:
        try:
            return plain(value, self._spare)
        except InvalidRule:
            return None


def _decided(branches: Sequence[Explained], decided: Iterable[int]) -> list[Explained]:
    """The branches, of which those at these places have decided."""
    return [replace(branch, has_decided=index in decided) for index, branch in enumerate(branches)]
