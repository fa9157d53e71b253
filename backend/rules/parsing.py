"""Reading a rule: it is checked whole before it is used, and what is wrong is said with the place where it stands.

A place is written as ``and › 3 › ==``: operators by their name, operands by their number from 1.

What json-logic-js would only find out while judging, or never, is refused here: an unknown operator in a branch that is
seldom taken, two operators in one object (which it takes for a constant, and so for *true*).
"""

import difflib
import json
from collections import Counter
from typing import TypeGuard

from backend.errors import InvalidRule
from backend.rules.limits import MOST_LEVELS, MOST_NODES, MOST_TEXT
from backend.rules.nodes import Constant, Listed, Node, Operation
from backend.rules.values import UNDEFINED

COMPARISONS = ("==", "===", "!=", "!==", "<", "<=", ">", ">=")
LOOPS = ("all", "some", "none", "filter", "map", "reduce")
OPERATORS = frozenset(
    (
        *("if", "?:", "and", "or", "!", "!!", *COMPARISONS, *LOOPS),
        *("var", "missing", "missing_some", "in", "cat", "substr", "merge", "log"),
        *("+", "-", "*", "/", "%", "min", "max"),
    )
)
"""Every operator of json-logic-js 2.0.5. ``log`` gives its operand and writes nothing."""

_MEANT = {"=": "==", "=>": ">=", "=<": "<=", "<>": "!=", "&&": "and", "||": "or", "not": "!", "is": "==", "eq": "=="}
_MEANT |= {"ne": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "any": "some", "every": "all", "contains": "in"}
_OPERANDS_NEEDED = {"*": 1, "missing_some": 2}
"""Where json-logic-js throws an error if there are fewer."""

_Place = tuple[str | int, ...]


def parse_node(rule: object, *, levels: int = MOST_LEVELS) -> Node:
    """The checked rule, with nothing in it that the caller could still change.

    Raises
    ------
    InvalidRule
        If it is too deep or too large, is no JSON, or has an operator that does not exist.
    """
    _check_size(rule, levels)
    return _node(rule, ())


def read_json(text: str) -> object:
    """What the text of a rule says as JSON.

    Raises
    ------
    InvalidRule
        If it is no JSON, with line and column, or says a key of one object twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise InvalidRule(f"The rule is no JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except RecursionError as error:
        raise InvalidRule(f"The rule has more than {MOST_LEVELS} levels.") from error
    except ValueError as error:
        raise InvalidRule(f"The rule has a number that is too long: {error}.") from error


def _check_size(rule: object, levels: int) -> None:
    """Refuse what is too deep or too large, level by level, so that it is not recursed into."""
    nodes = 1
    level = [rule]
    for _ in range(levels):
        wholes = [whole.values() if isinstance(whole, dict) else whole for whole in level if _is_whole(whole)]
        nodes += sum(map(len, wholes))
        if nodes > MOST_NODES:
            raise InvalidRule(f"The rule has more than {MOST_NODES:,} parts.")
        level = [part for whole in wholes for part in whole]
    if any(map(_is_whole, level)):
        raise InvalidRule(f"The rule has more than {levels} levels.")


def _is_whole(value: object) -> TypeGuard[dict[object, object] | list[object]]:
    return isinstance(value, dict | list)


def _node(rule: object, place: _Place) -> Node:
    if isinstance(rule, list):
        return Listed(tuple([_node(item, (*place, number)) for number, item in enumerate(rule, 1)]))
    if not isinstance(rule, dict) or len(rule) != 1:
        return Constant(_constant(rule, place))
    ((operator, operands),) = rule.items()
    if operator not in OPERATORS:
        raise InvalidRule(f"There is no operator {operator!r}{_at(place)}{_meant(operator)}")
    place = (*place, operator)
    is_bare = not isinstance(operands, list)
    given = [_node(operands, place)] if is_bare else [_node(o, (*place, n)) for n, o in enumerate(operands, 1)]
    if len(given) < _OPERANDS_NEEDED.get(operator, 0):
        raise InvalidRule(f"The operator {operator!r} needs {_OPERANDS_NEEDED[operator]} or more operands{_at(place)}.")
    return Operation(operator, tuple(given), is_bare)


def _constant(value: object, place: _Place) -> object:
    """A copy of a value that is no operation."""
    if isinstance(value, str) and len(value) > MOST_TEXT:
        raise InvalidRule(f"The rule has a text of more than {MOST_TEXT:,} characters{_at(place)}.")
    if value is None or isinstance(value, str | bool | int | float) or value is UNDEFINED:
        return value
    if isinstance(value, list):
        return [_constant(item, place) for item in value]
    if not isinstance(value, dict):
        raise InvalidRule(f"JSON has no {type(value).__name__} such as {value!r:.60}{_at(place)}.")
    for key in value:
        if not isinstance(key, str):
            raise InvalidRule(f"JSON has no key such as {key!r:.60}{_at(place)}.")
        if key in OPERATORS and len(value) > 1:
            raise InvalidRule(f"An object holds one operator, but there are {len(value)}, such as {key!r}{_at(place)}.")
    return {key: _constant(item, place) for key, item in value.items()}


def _at(place: _Place) -> str:
    return f" at {' › '.join(map(str, place))}" if place else ""


def _meant(operator: object) -> str:
    """The operator that was most likely meant, as the end of a sentence."""
    word = str(operator).strip().lower()
    near = [word] if word in OPERATORS else difflib.get_close_matches(word, sorted(OPERATORS), n=1, cutoff=0.5)
    meant = _MEANT.get(word) or next(iter(near), None)
    return f"; did you mean {meant!r}?" if meant else f"; there are {' '.join(sorted(OPERATORS))}."


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    said = dict(pairs)
    if len(said) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise InvalidRule(f"The rule says {twice!r} twice in one object; put both into one list.")
    return said


def _no_constant(word: str) -> object:
    raise InvalidRule(f"The rule is no JSON: {word} is no JSON number.")
