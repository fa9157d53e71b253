"""Which kind of value a rule gives, as far as that stands in the rule itself: what its column in a frame is of."""

import polars as pl

from backend.rules.nodes import Constant, Listed, Node, Operation
from backend.rules.parsing import COMPARISONS

_JUDGEMENTS = frozenset((*COMPARISONS, "!", "!!", "in", "all", "some", "none"))
_NUMBERS = frozenset(("+", "-", "/", "%", "min", "max"))
_TEXTS = frozenset(("cat", "substr"))

Kind = type[pl.Boolean] | type[pl.Float64] | type[pl.String] | type[pl.Object]


def kind_of(node: Node) -> Kind:
    """Boolean of true and false alone, Float64 and String of numbers and texts or null, Object of all else."""
    if isinstance(node, Constant):
        return _kind_of_value(node.value)
    if isinstance(node, Listed):
        return pl.Object
    if node.operator in _JUDGEMENTS:
        return pl.Boolean
    if node.operator in _NUMBERS or (node.operator == "*" and len(node.operands) > 1):
        return pl.Float64
    if node.operator in _TEXTS:
        return pl.String
    return _kind_of_branches(node)


def _kind_of_value(value: object) -> Kind:
    if isinstance(value, bool):
        return pl.Boolean
    if isinstance(value, int | float):
        return pl.Float64
    return pl.String if isinstance(value, str) else pl.Object


def _kind_of_branches(node: Operation) -> Kind:
    """The kind that all values have which an ``and``, ``or`` or ``if`` may give."""
    if node.operator in ("and", "or"):
        values = node.operands
    elif node.operator in ("if", "?:") and len(node.operands) % 2:
        values = (*node.operands[1::2], node.operands[-1])
    else:
        return pl.Object
    kinds = set(map(kind_of, values))
    return kinds.pop() if len(kinds) == 1 else pl.Object
