"""As Python: the call of the ``runregistry`` client that returns what the page shows, from the page's filter."""

from datetime import datetime
from pprint import pformat
from typing import Any

from backend.errors import InvalidFilter
from backend.queries import (
    AllOf,
    AnyOf,
    BitCondition,
    Catalogue,
    Condition,
    Count,
    Filter,
    FlagCondition,
    Kind,
    Operator,
    Quantifier,
)
from backend.queries.values import Span
from models.attributes import OMS_COLUMNS
from models.vocabulary import UNSAID, Status

_OPERATORS = {
    Operator.IS: "=",
    Operator.IS_NOT: "<>",
    Operator.LESS: "<",
    Operator.AT_MOST: "<=",
    Operator.MORE: ">",
    Operator.AT_LEAST: ">=",
    Operator.LIKE: "like",
    Operator.NOT_LIKE: "notlike",
}
_REGISTRY = {
    "run_class": "rr_attributes.class",
    "run_state": "rr_attributes.state",
    "is_significant": "rr_attributes.significant",
    "stop_reason": "rr_attributes.stop_reason",
    "lumisections": "oms_attributes.ls_duration",
    "run_number": "run_number",
    "dataset": "name",
    "last_change": "version",
    "gui": "datasets_in_gui",
}
_OF_OMS = {column: f"oms_attributes.{name}" for name, column in OMS_COLUMNS.items()}
_STATE = "state."
_SIDES = {Operator.CONTAINS: "like", Operator.NOT_CONTAINS: "notlike"}


def python_call(asked: Filter, catalogue: Catalogue) -> str:
    """The program that returns the datasets that the filter lets through.

    Raises
    ------
    InvalidFilter
        If the client cannot ask for it; the sentence names the part.
    """
    said = pformat(client_filter(asked, catalogue), width=88, sort_dicts=False).replace("\n", "\n" + " " * 11)
    return (
        "import runregistry\n\n"
        "datasets = runregistry.get_datasets(\n"
        f"    filter={said},\n"
        "    ignore_filter_transformation=True,\n"
        ")\n"
    )


def client_filter(asked: Filter, catalogue: Catalogue) -> dict[str, Any]:
    """The filter as clients write it: ``{"and": [{"run_number": {">": 1}}, …]}``.

    Raises
    ------
    InvalidFilter
        If clients have no word for a part of it.
    """
    match asked:
        case AllOf(parts):
            return {"and": [client_filter(part, catalogue) for part in parts]}
        case AnyOf(parts):
            return {"or": [client_filter(part, catalogue) for part in parts]}
        case FlagCondition(column, status, quantifier):
            return _flag(column, status, quantifier)
        case BitCondition(bit):
            raise InvalidFilter(f"The Python client has no word for the DCS bit {bit}: leave it out of the filter.")
        case Condition():
            return _condition(asked, catalogue)


def _flag(column: str, status: Status | None, quantifier: Quantifier | Count) -> dict[str, Any]:
    def counted(of: Status | None, operator: str, lumisections: int) -> dict[str, Any]:
        word = UNSAID if of is None else of.word
        return {f"triplet_summary.{column}.{word}": {operator: lumisections}}

    match quantifier:
        case Count(operator, lumisections):
            return counted(status, _OPERATORS[operator], lumisections)
        case Quantifier.NONE:
            return counted(status, "=", 0)
        case Quantifier.ANY:
            return counted(status, ">", 0)
    others = [counted(other, "=", 0) for other in (*Status, None) if other is not status]
    return {"and": [counted(status, ">", 0), *others]}


def _condition(asked: Condition, catalogue: Catalogue) -> dict[str, Any]:
    attribute = catalogue.find(asked.attribute)
    key = _key(attribute.name)
    if key is None or attribute.kind is Kind.WORDS:
        raise InvalidFilter(f"The Python client has no word for {attribute.label}: leave it out of the filter.")
    match asked.operator, asked.value:
        case Operator.BETWEEN, Span() as span:
            return _within(key, span)
        case (Operator.IN | Operator.NOT_IN) as operator, tuple() as listed:
            return _listed(key, listed, is_in=operator is Operator.IN)
        case operator, value:
            return {key: _compared(operator, value, is_list=attribute.kind is Kind.LIST)}


def _compared(operator: Operator, value: Any, *, is_list: bool) -> dict[str, Any]:
    match operator:
        case Operator.IS_NULL:
            return {"=": None}
        case Operator.IS_NOT_NULL:
            return {"<>": None}
        case Operator.CONTAINS if is_list:
            return {"=": value}
        case Operator.CONTAINS | Operator.NOT_CONTAINS:
            return {_SIDES[operator]: f"%{value}%"}
    return {_OPERATORS[operator]: _plain(value)}


def _key(name: str) -> str | None:
    if name.startswith(_STATE):
        return f"dataset_attributes.{name.removeprefix(_STATE)}_state"
    if name.startswith("oms."):
        return f"oms_attributes.{name.removeprefix('oms.')}"
    return _REGISTRY.get(name) or _OF_OMS.get(name)


def _listed(key: str, listed: tuple[Any, ...], *, is_in: bool) -> dict[str, Any]:
    if is_in:
        return {"or": [_within(key, v) if isinstance(v, Span) else {key: {"=": _plain(v)}} for v in listed]}
    return {"and": [_without(key, v) if isinstance(v, Span) else {key: {"<>": _plain(v)}} for v in listed]}


def _within(key: str, span: Span) -> dict[str, Any]:
    return {key: {"and": [{">=": _plain(span.low)}, {"<=": _plain(span.high)}]}}


def _without(key: str, span: Span) -> dict[str, Any]:
    return {key: {"or": [{"<": _plain(span.low)}, {">": _plain(span.high)}]}}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
