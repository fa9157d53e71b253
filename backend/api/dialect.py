"""The filters and sorts of the original as its clients write them, as the registry's one filter tree.

A filter is ``{key: {operator: value}}``. Keys, and the operators of one object, are joined by *and*; lists under
``and`` and ``or`` nest freely, inside a key and outside. A bare value means *equal*, a list *one of*, null *unsaid*.
What the original got wrong is not copied: *or* is or across everything, numbers compare as numbers also when they come
as text, ``NOTLIKE`` minds capitals no more than ``notlike``, and *not equal* includes what is unsaid.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from backend.errors import InvalidFilter
from backend.queries import (
    EVERYTHING,
    Condition,
    Count,
    Filter,
    FlagCondition,
    Operator,
    Sort,
    all_of,
    any_of,
)
from backend.queries.attributes import nearest
from backend.queries.filters import DEEPEST
from backend.queries.values import literal
from models.vocabulary import UNSAID, Status

Ask: TypeAlias = Callable[[Operator, Any], Filter]


@dataclass(frozen=True, slots=True)
class Keys:
    """What a table of the original may be asked about: of its own, and under ``rr_attributes``; OMS tells the rest.

    ``has_states`` if there are ``dataset_attributes.<workspace>_state`` too.
    """

    subject: str
    own: Mapping[str, str]
    registry: Mapping[str, str]
    has_states: bool = False

    def attribute(self, key: str) -> str:
        """The registry's name of what a key is about; InvalidFilter if there is nothing of the kind."""
        of, _, name = key.partition(".")
        if of == "oms_attributes" and name:
            return f"oms.{name}"
        if of == "rr_attributes" and name in self.registry:
            return self.registry[name]
        if self.has_states and of == "dataset_attributes" and name.endswith(_STATE):
            return f"state.{name.removesuffix(_STATE)}"
        if key in self.own:
            return self.own[key]
        names = [*self.own, *(f"rr_attributes.{name}" for name in self.registry)]
        raise InvalidFilter(f"A {self.subject} has no attribute {key!r:.80}{nearest(key, names)}")


_STATE = "_state"
_REGISTRY = {
    "class": "run_class",
    "state": "state",
    "significant": "is_significant",
    "stop_reason": "stop_reason",
}
_BARE = {"run_number": "run_number", "version": "last_change"}
RUN_KEYS = Keys("run", _BARE, _REGISTRY)
DATASET_KEYS = Keys(
    "dataset",
    _BARE | {"name": "dataset", "datasets_in_gui": "gui"},
    _REGISTRY | {"state": "run_state"},
    has_states=True,
)


def read_filter(said: object, keys: Keys = RUN_KEYS, depth: int = 1) -> Filter:
    """The tree for a filter of the original, of runs or of datasets.

    Raises
    ------
    InvalidFilter
        If it is none; the sentence names the part.
    """
    if isinstance(said, list) and not said:
        return EVERYTHING
    if not isinstance(said, dict):
        raise InvalidFilter(f"A filter is an object of conditions, not {said!r:.80}.")
    if depth > DEEPEST:
        raise InvalidFilter(f"The filter is nested deeper than {DEEPEST} levels.")
    return all_of(_of_key(key, value, keys, depth) for key, value in said.items() if key != "deleted")


def read_sortings(said: Sequence[tuple[str, str]], keys: Keys = RUN_KEYS) -> tuple[Sort, ...]:
    """The sorts for ``[[key, "ASC" | "DESC"], …]``."""
    return tuple(_sort(key, direction, keys) for key, direction in said)


_JOINS: Mapping[str, Callable[[Sequence[Filter]], Filter]] = {"and": all_of, "or": any_of}
_OPERATORS = {operator.value: operator for operator in Operator if not operator.value[0].isalpha()} | {
    "<>": Operator.IS_NOT,
    "like": Operator.LIKE,
    "notlike": Operator.NOT_LIKE,
}
_SUMMARY = "triplet_summary."
_ORDER = (Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST)


def _of_key(key: str, value: object, keys: Keys, depth: int) -> Filter:
    if join := _JOINS.get(key.lower()):
        if not isinstance(value, list):
            raise InvalidFilter(f"{key!r:.20} joins a list of filters, not {value!r:.80}.")
        return join([read_filter(part, keys, depth + 1) for part in value])
    return _said(_asked(key, keys), value, key=key, depth=depth)


def _asked(key: str, keys: Keys) -> Ask:
    """How a key is asked about: as an attribute, or as the count of a flag's status."""
    if key.startswith(_SUMMARY):
        column, _, word = key.removeprefix(_SUMMARY).rpartition(".")
        statuses = {status.word: status for status in Status} | {UNSAID: None}
        if word not in statuses:
            raise InvalidFilter(f"{key!r:.80} names no status{nearest(word, statuses)}")
        return lambda operator, value: _of_flag(column, statuses[word], operator, value)
    name = keys.attribute(key)
    return _in_gui if name == "gui" else lambda operator, value: _of_attribute(name, operator, value)


def _said(ask: Ask, value: object, *, key: str, depth: int) -> Filter:
    match value:
        case dict():
            return all_of(_operator(ask, operator, said, key=key, depth=depth) for operator, said in value.items())
        case list():
            return _listed(ask, Operator.IN, value, key=key)
        case _:
            return _compared(ask, Operator.IS, value)


def _operator(ask: Ask, operator: str, value: object, *, key: str, depth: int) -> Filter:
    word = operator.lower()
    if depth > DEEPEST:
        raise InvalidFilter(f"The filter is nested deeper than {DEEPEST} levels.")
    if word in _JOINS and isinstance(value, list) and value:
        if word == "or" and (equals := _equals(value)) is not None:
            return ask(Operator.IN, equals)
        return _JOINS[word]([_said(ask, part, key=key, depth=depth + 1) for part in value])
    if word not in _OPERATORS:
        raise InvalidFilter(f"{key!r:.80} cannot be asked with {operator!r:.40} {value!r:.40}.")
    if isinstance(value, list):
        listed = {Operator.IS: Operator.IN, Operator.IS_NOT: Operator.NOT_IN}
        return _listed(ask, listed.get(_OPERATORS[word], _OPERATORS[word]), value, key=key)
    return _compared(ask, _OPERATORS[word], value)


def _equals(parts: list[Any]) -> tuple[Any, ...] | None:
    """The values of ``[{"=": a}, {"=": b}, c, …]`` if that is all there is: one list, however many runs."""
    values = [part["="] if isinstance(part, dict) and list(part) == ["="] else part for part in parts]
    is_plain = all(isinstance(value, int | float | str) and value != "" for value in values)
    return tuple(values) if is_plain and len(values) > 1 else None


def _listed(ask: Ask, operator: Operator, values: list[Any], *, key: str) -> Filter:
    if not values or any(value is None or isinstance(value, dict | list) for value in values):
        raise InvalidFilter(f"{key!r:.80} is compared with a list of values, not with {values!r:.80}.")
    return ask(operator, tuple(values))


def _compared(ask: Ask, operator: Operator, value: object) -> Filter:
    if value is None and operator in (Operator.IS, Operator.IS_NOT):
        return ask(Operator.IS_NULL if operator is Operator.IS else Operator.IS_NOT_NULL, None)
    return ask(operator, value)


def _of_attribute(name: str, operator: Operator, value: Any) -> Filter:
    """The original says "" where the registry says nothing, and ``false`` of a run that nobody judged."""
    if name in ("run_class", "stop_reason") and value == "" and operator in (Operator.IS, Operator.IS_NOT):
        is_said = operator is Operator.IS_NOT
        null = Condition(name, Operator.IS_NOT_NULL if is_said else Operator.IS_NULL)
        return (all_of if is_said else any_of)((null, Condition(name, operator, "")))
    if name == "is_significant" and value in (False, "false") and operator in (Operator.IS, Operator.IS_NOT):
        return Condition(name, Operator.IS_NOT if operator is Operator.IS else Operator.IS, True)
    if name.startswith("oms.") and operator in _ORDER and isinstance(value, str):
        return Condition(name, operator, literal(value))
    return Condition(name, operator, value)


def _in_gui(operator: Operator, value: Any) -> Filter:
    """Whatever the operator, the original finds the datasets that the GUI shows under exactly these names."""
    if operator in (Operator.IS_NULL, Operator.IS_NOT_NULL):
        return Condition("gui", operator)
    names = value if isinstance(value, tuple) else (value,)
    if operator in (Operator.IS_NOT, Operator.NOT_IN, Operator.NOT_LIKE):
        return any_of([Condition("gui", Operator.NOT_CONTAINS, name) for name in names])
    return all_of([Condition("gui", Operator.CONTAINS, name) for name in names])


def _of_flag(column: str, status: Status | None, operator: Operator, value: Any) -> Filter:
    if operator in (Operator.IN, Operator.NOT_IN):
        join, each = (any_of, Operator.IS) if operator is Operator.IN else (all_of, Operator.IS_NOT)
        return join([_of_flag(column, status, each, one) for one in value])
    count = literal(value) if isinstance(value, str) else value
    if isinstance(count, bool) or not isinstance(count, int):
        raise InvalidFilter(f"{column} is counted in whole lumisections, not in {value!r:.80}.")
    return FlagCondition(column, status, Count(operator, count))


def _sort(key: str, direction: str, keys: Keys) -> Sort:
    if direction.upper() not in ("ASC", "DESC"):
        raise InvalidFilter(f"A sort goes ASC or DESC, not {direction!r:.40}.")
    name = key.removeprefix(_SUMMARY)
    return Sort(name if "-" in name else keys.attribute(key), descending=direction.upper() == "DESC")
