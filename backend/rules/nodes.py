"""A parsed rule: constants, lists and operations in each other, checked and never changed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from backend.rules.limits import Budget
from backend.rules.values import UNDEFINED, to_text

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What ``json.loads`` gives."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that stands for itself. Objects that are no operation do, whatever stands in them."""

    value: object


@dataclass(frozen=True, slots=True)
class Listed:
    """A list, each item of which is evaluated."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with its operands; ``is_bare`` where the one operand stands without a list around it."""

    operator: str
    operands: tuple["Node", ...]
    is_bare: bool = False

    def operand(self, index: int) -> "Node":
        """The operand at that place from 0; undefined if there is none."""
        return self.operands[index] if index < len(self.operands) else NOTHING

    @property
    def variable(self) -> str | None:
        """The name that a ``var`` reads, if it is written there; None of another operation or of a computed name."""
        name = self.operand(0)
        if self.operator != "var" or not isinstance(name, Constant) or isinstance(name.value, list | dict):
            return None
        return "" if name.value is None or name.value is UNDEFINED else to_text(name.value, Budget())


Node = Constant | Listed | Operation
NOTHING = Constant(UNDEFINED)

Compiled = Callable[[object, Budget], object]
"""What a node becomes: a function of the facts, which spends of the budget what it costs."""


def children(node: Node) -> tuple[Node, ...]:
    """The operands of an operation, the items of a list."""
    if isinstance(node, Constant):
        return ()
    return node.items if isinstance(node, Listed) else node.operands


def size(node: Node) -> int:
    """How many constants, lists and operations there are."""
    return 1 + sum(map(size, children(node)))


def as_json(node: Node) -> Json:
    """The node as it was given to the parser."""
    if isinstance(node, Constant):
        return node.value  # type: ignore[return-value]  # the parser lets nothing in that is not JSON
    items = [as_json(child) for child in children(node)]
    if isinstance(node, Listed):
        return items
    return {node.operator: items[0] if node.is_bare else items}


def as_text(node: Node) -> str:
    """The node as JSON text on one line."""
    return json.dumps(as_json(node), ensure_ascii=False)
