"""A rule in its three faces: it judges facts, it says why, and it judges whole frames."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from backend.rules.columns import expression
from backend.rules.compiling import compile_node
from backend.rules.explaining import Explained, explain
from backend.rules.limits import Budget
from backend.rules.nodes import Compiled, Json, Node, Operation, as_json
from backend.rules.parsing import parse_node, read_json
from backend.rules.plain import plain
from backend.rules.values import is_truthy
from backend.rules.variables import Variable, has_computed_names, variables_of


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked JSON-logic rule. Made by :func:`parse`; it never changes, and may be kept and shared by threads."""

    root: Node
    _judge: Compiled = field(repr=False, compare=False)

    def evaluate(self, facts: object) -> Json:
        """What json-logic-js says of these facts; NaN, Infinity and undefined are null.

        Raises
        ------
        InvalidRule
            If JavaScript would throw an error, or if the rule costs more than a rule may on these facts.
        """
        budget = Budget()
        return plain(self._judge(facts, budget), budget)

    def holds(self, facts: object) -> bool:
        """Whether what the rule says of these facts counts as true."""
        return is_truthy(self._judge(facts, Budget()))

    def explain(self, facts: object) -> Explained:
        """The same, as a tree of what each branch says and which branches decided."""
        return explain(self.root, facts)

    def to_polars(self) -> pl.Expr:
        """The rule as an expression named ``rule``, equal to :meth:`evaluate` row by row.

        The frame has a column for each fact, named as the rule names it (``run.oms.energy``). The expression is Boolean
        where the rule can only say true or false, Float64 or String where all it can say are numbers or texts, else
        Object; :meth:`condition` makes every rule the first.
        """
        return expression(self.root)

    def condition(self) -> "Rule":
        """The rule that says true where this one holds, and false where it does not."""
        return _rule(Operation("!!", (self.root,)))

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The facts that the rule reads, with the constants that it compares them with."""
        return variables_of(self.root)

    @property
    def has_computed_names(self) -> bool:
        """Whether it reads facts whose names only the facts tell, so that :attr:`variables` does not say all."""
        return has_computed_names(self.root)

    def operands(self) -> tuple["Rule", ...]:
        """The operands of an ``and`` as rules, those of an ``and`` within it too; a rule that is none is its only one.

        All of them hold exactly where the rule holds. An ``and`` of nothing, which never holds, stays whole.
        """
        return tuple(map(_rule, _opened(self.root)))

    def as_json(self) -> Json:
        """The rule as it was parsed."""
        return as_json(self.root)


def parse(rule: object) -> Rule:
    """The rule that JSON says, as ``json.loads`` gives it.

    Raises
    ------
    InvalidRule
        If it cannot be, with the place where it is wrong and the operator that was most likely meant.
    """
    return _rule(parse_node(rule))


def parse_text(text: str) -> Rule:
    """The rule that stands in the text, as somebody has typed it.

    Raises
    ------
    InvalidRule
        If it is no JSON, with line and column; or if it cannot be, as :func:`parse` says.
    """
    return parse(read_json(text))


def evaluate(rule: object, data: object) -> Json:
    """What json-logic-js says: ``jsonLogic.apply(rule, data)``.

    >>> evaluate({"==": [{"var": "gemp_ready"}, False]}, {"gemp_ready": None})
    False
    """
    return parse(rule).evaluate(data)


def all_hold(rules: Iterable[Rule]) -> Rule:
    """The rule that says true where all of these hold, and false elsewhere; one at least must be given."""
    return _rule(Operation("!!", (Operation("and", tuple(rule.root for rule in rules)),)))


def _opened(node: Node) -> Iterator[Node]:
    if isinstance(node, Operation) and node.operator == "and" and node.operands:
        for operand in node.operands:
            yield from _opened(operand)
    else:
        yield node


def _rule(root: Node) -> Rule:
    return Rule(root, compile_node(root))
