"""Numbers that only OMS knows, read from its JSON by one path: the same as looking twice, at kind and text."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import ARRAY, Double, Text, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session

from backend.queries import RUNS, Condition, Kind, Operator, Span, checked, operators_of
from backend.queries.filter_sql import Column, Truth, compared
from backend.queries.values import is_number
from tests.laws import examples

NAME = "prescale_index"
COUNTED = [o for o in operators_of(Kind.ANY) if o not in operators_of(Kind.TEXT) or o in operators_of(Kind.NUMBER)]
EDGES = (0, -1, 2, 2.5, 0.1, 5e-324, 1e-310, 2**31, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, 1e18, 1.7e308)
LONGER_THAN_A_DOUBLE = ("0.10000000000000000000001", "9007199254740992.5", "18446744073709551617", "2.0000000000000001")
numbers = st.sampled_from(EDGES) | st.integers(-(2**64), 2**64) | st.floats(allow_nan=False, allow_infinity=False)
askable = numbers.filter(lambda n: abs(n) < 2**63)
written = numbers.map(json.dumps) | st.sampled_from(LONGER_THAN_A_DOUBLE)
others = st.sampled_from([None, True, False, "", "2", "true", [], [2], [True, 2.5], {"prescale_index": 2}])
held = written | others.map(json.dumps)
documents = st.lists(held.map(lambda value: f'{{"{NAME}": {value}}}') | st.sampled_from(["{}", '{"other": 2}']))


@st.composite
def asked(draw: st.DrawFn) -> tuple[Operator, Any]:
    """An operator with what it can compare a number, or a list of anything, with."""
    operator = draw(st.sampled_from(COUNTED))
    span = st.tuples(askable, askable).map(sorted).map(lambda ends: Span(*ends))
    match operator:
        case Operator.IS_NULL | Operator.IS_NOT_NULL:
            return operator, None
        case Operator.BETWEEN:
            return operator, draw(span)
        case Operator.IN | Operator.NOT_IN:
            whole = st.tuples(*[st.integers(0, 2**40)] * 2).map(sorted).map(lambda ends: Span(*ends))
            items = st.one_of(askable, whole, st.booleans(), st.sampled_from(["2", "true", "x"]))
            return operator, tuple(draw(st.lists(items, min_size=1, max_size=4)))
        case Operator.IS | Operator.IS_NOT:
            return operator, draw(askable | st.booleans() | st.sampled_from(["2", "true", "x"]))
    return operator, draw(askable)


def looking_twice(value: Column, operator: Operator, wanted: Any) -> Truth:
    """The comparison by kind and text, spelled out."""
    text: Column = value.astext  # type: ignore[attr-defined]  # of JSON
    number = case((func.jsonb_typeof(value) == "number", cast(text, Double)))

    def one(item: Any) -> Truth:
        if isinstance(item, Span):
            return number.between(float(item.low), float(item.high))
        if is_number(item):
            return number == float(item)
        return text == (str(item).lower() if isinstance(item, bool) else item)

    def turned(truth: Truth) -> Truth:
        return func.coalesce(truth, False).is_(False)

    tests: dict[Operator, Callable[[], Truth]] = {
        Operator.IS: lambda: one(wanted),
        Operator.BETWEEN: lambda: one(wanted),
        Operator.IS_NOT: lambda: turned(one(wanted)),
        Operator.IN: lambda: or_(*map(one, wanted)),
        Operator.NOT_IN: lambda: turned(or_(*map(one, wanted))),
        Operator.IS_NULL: lambda: text.is_(None),
        Operator.IS_NOT_NULL: lambda: text.is_not(None),
    }
    return tests.get(operator, lambda: number.bool_op(operator.value)(float(wanted)))()


def test_one_path_says_of_any_json_what_looking_twice_says(session: Session) -> None:
    @settings(max_examples=examples(150, at_length=500), deadline=None)
    @given(documents, asked())
    @example(['{"prescale_index": 9007199254740993}'], (Operator.IS, 2**53))
    @example(['{"prescale_index": [2]}', '{"prescale_index": "2"}'], (Operator.AT_LEAST, 0))
    def agrees(written: list[str], question: tuple[Operator, Any]) -> None:
        operator, wanted = question
        condition = checked(Condition(f"oms.{NAME}", operator, wanted), RUNS)
        assert isinstance(condition, Condition)
        rows = select(cast(func.unnest(literal(written, ARRAY(Text))), JSONB).label("oms")).subquery()
        value = rows.c.oms[NAME]
        by_path = compared(value, Kind.ANY, operator, condition.value)
        twice = looking_twice(value, operator, condition.value)
        answers = session.execute(select(rows.c.oms, by_path.is_(True), twice.is_(True))).all()
        assert [bool(path) for _, path, _ in answers] == [bool(both) for _, _, both in answers]

    agrees()
