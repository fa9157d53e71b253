"""Whether a rule reads only facts that there are. One that does not is never stored."""

from functools import partial

from backend.errors import InvalidRule
from backend.rules.facts import FactCatalogue
from backend.rules.facts_places import at, place_of
from backend.rules.nodes import Node, Operation
from backend.rules.rule import Rule
from backend.rules.variables import variables_of


def check_variables(rule: Rule, catalogue: FactCatalogue) -> None:
    """Refuse a rule that reads a fact which its kind of rule does not have.

    Raises
    ------
    InvalidRule
        With the name, its place, and the name that was most likely meant.
    """
    if rule.has_computed_names:
        raise InvalidRule("The rule puts the name of a fact together while it judges; names must be written out.")
    for variable in rule.variables:
        if variable.name not in catalogue:
            where = at(place_of(rule.root, partial(_reads, variable.name)))
            raise InvalidRule(_unknown(variable.name, where, catalogue))


def _reads(name: str, node: Node) -> bool:
    """Whether the node itself is an operator that reads the fact."""
    is_reader = isinstance(node, Operation) and node.operator in ("var", "missing", "missing_some")
    return is_reader and any(variable.name == name for variable in variables_of(node))


def _unknown(name: str, where: str, catalogue: FactCatalogue) -> str:
    if not name:
        return f"The rule reads all facts at once{where}; it must name one."
    meant = catalogue.nearest(name)
    return f"There is no fact {name!r}{where}{f'; did you mean {meant!r}?' if meant else '.'}"
