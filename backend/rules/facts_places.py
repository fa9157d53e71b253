"""Where in a rule something stands, written as the parser writes it: ``and › 3 › ==``."""

from collections.abc import Callable, Iterator

from backend.rules.nodes import Node, Operation, children
from backend.rules.parsing import LOOPS

_Place = tuple[str | int, ...]


def place_of(root: Node, is_sought: Callable[[Node], bool]) -> str:
    """The place of the first node that is sought, outside of the bodies of loops; an empty text if none is."""
    return next((" › ".join(map(str, place)) for place, node in _walk(root, ()) if is_sought(node)), "")


def at(place: str) -> str:
    """The place as the end of a sentence."""
    return f" at {place}" if place else ""


def _walk(node: Node, place: _Place) -> Iterator[tuple[_Place, Node]]:
    if isinstance(node, Operation):
        place = (*place, node.operator)
    yield place, node
    is_bare = isinstance(node, Operation) and node.is_bare
    is_loop = isinstance(node, Operation) and node.operator in LOOPS
    for number, child in enumerate(children(node), 1):
        if not (is_loop and number == 2):
            yield from _walk(child, place if is_bare else (*place, number))
