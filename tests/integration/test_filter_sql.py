"""What a filter lets through: the database and a slow reading of the tree, run by run, say the same."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import select, text
from sqlmodel import Session

from backend.errors import InvalidFilter
from backend.queries import (
    RUNS,
    AllOf,
    AnyOf,
    BitCondition,
    Condition,
    Count,
    Filter,
    FlagCondition,
    Kind,
    Operator,
    Quantifier,
    Span,
    checked,
    columns_catalogue,
    parse_filter,
)
from backend.queries.filter_sql import RUN, runs_and_online, where
from backend.record import Act, DatasetKey, LumisectionSaid, RunSaid, record
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, Bit, Origin, Status
from tests.factories import a_flag, a_run, bit_columns, columns, flag
from tests.filter_trees import BITS, trees
from tests.laws import examples

FACTS: dict[int, dict[str, Any]] = {
    1: {},
    2: {"lumisections": 0, "oms": {"energy": 6500.0, "hlt_key": "x", "initial_prescale_index": 2}},
    3: {
        "class": "Collisions18",
        "significant": True,
        "oms": {"energy": 6500, "components": ["TRACKER", "DT"], "dt_included": True, "trigger_mode": "l1"},
        "flags": {"tracker-strip": {Status.BAD: 8, Status.GOOD: 30}, "tracker-pixel": {Status.GOOD: 40}},
        "words": "HV trip of the power supply",
        "bits": {"bpix_ready": [(Bit.FALSE, 1, 11), (Bit.TRUE, 12, 60)], "tecp_ready": [(Bit.TRUE, 1, 40)]},
    },
    4: {
        "class": "Cosmics18",
        "significant": False,
        "oms": {"energy": 0.5, "components": [], "dt_included": False, "trigger_mode": 3, "fill_number": 5},
        "flags": {"tracker-strip": {Status.STANDBY: 12}},
        "bits": {"bpix_ready": [(Bit.FALSE, 1, 3), (Bit.NULL, 4, 9), (Bit.FALSE, 38, 90)]},
    },
    5: {
        "class": "a_b",
        "oms": {"components": ["TRACKER"], "initial_prescale_index": 2.5, "trigger_mode": "true", "fill_number": 20},
        "flags": {"ecal-ecal": {Status.BAD: 1, Status.EXCLUDED: 2, Status.NO_VALUE_FOUND: 3}},
        "words": "trip",
    },
    6: {
        "class": "",
        "oms": {
            "start_time": "2018-10-02T09:30:01Z",
            "end_time": "2018-10-03T00:00:02Z",
            "initial_prescale_index": "3",
        },
    },
}


def arrange(session: Session) -> None:
    ids = dict(zip(("tracker-pixel", "tracker-strip", "ecal-ecal"), columns(session), strict=True))
    bits = dict(zip(BITS, bit_columns(session, BITS), strict=True))
    for number, facts in FACTS.items():
        length = facts.get("lumisections", 40)
        online = a_run(session, number, known=LumiSet.span(1, length) if length else LumiSet(), **facts.get("oms", {}))
        if not length:
            said = RunSaid(number, {"known": []}, Origin.RULE)
            record(session, Act(by="ingest", why="gone", kind=ActKind.INGEST, runs=(said,)))
        said = {"run_class": facts.get("class"), "is_significant": facts.get("significant")}
        record(session, Act(by="A", why="x", kind=ActKind.EDIT_RUN, runs=(RunSaid(number, said, Origin.PERSON),)))
        for column, counts in facts.get("flags", {}).items():
            first = 1
            for status, n in counts.items():
                comment = facts.get("words") if first == 1 else None
                flag(session, a_flag(online, ids[column], status, of=(first, first + n - 1), comment=comment))
                first += n
        for bit, segments in facts.get("bits", {}).items():
            said = ((LumiRange(first, last), value) for value, first, last in segments)
            words = tuple(LumisectionSaid(online, (bits[bit],), at, value, Origin.RULE) for at, value in said)
            record(session, Act("ingest", "lumisections", ActKind.INGEST, lumisections=words))


def found(session: Session, tree: Filter) -> set[int]:
    condition = where(tree, columns_catalogue(session).counted)
    return set(session.execute(select(RUN.c.run_number).select_from(runs_and_online()).where(condition)).scalars())


def value_of(number: int, attribute: str) -> Any:
    facts = FACTS[number]
    oms = facts.get("oms", {})
    moment = {name: oms.get(name) and datetime.fromisoformat(oms[name]) for name in ("start_time", "end_time")}
    known = {
        "run_number": number,
        "fill_number": oms.get("fill_number"),
        "energy_gev": oms.get("energy"),
        "run_class": facts.get("class"),
        "is_significant": facts.get("significant"),
        "is_running": moment["end_time"] is None,
        "start_time": moment["start_time"],
        "components": oms.get("components"),
        "words": facts.get("words", ""),
    }
    return known[attribute] if attribute in known else oms.get(attribute.removeprefix("oms."))


def lets_through(tree: Filter, number: int) -> bool:
    match tree:
        case AllOf(parts):
            return all(lets_through(part, number) for part in parts)
        case AnyOf(parts):
            return any(lets_through(part, number) for part in parts)
        case FlagCondition():
            return is_flagged(tree, number)
        case BitCondition(bit, wanted, extent):
            length = FACTS[number].get("lumisections", 40)
            segments = FACTS[number].get("bits", {}).get(bit, ())
            at = {ls for value, first, last in segments if value == wanted for ls in range(first, last + 1)}
            return extends(extent, sum(ls <= length for ls in at), length)
        case Condition(attribute, operator, value):
            return holds(value_of(number, attribute), operator, value, RUNS.find(attribute).kind)


def is_flagged(flag_condition: FlagCondition, number: int) -> bool:
    length = FACTS[number].get("lumisections", 40)
    counts: Mapping[Status, int] = FACTS[number].get("flags", {}).get(flag_condition.column, {})
    status = flag_condition.status
    n = length - sum(counts.values()) if status is None else counts.get(status, 0)
    return extends(flag_condition.quantifier, n, length)


def extends(extent: Quantifier | Count, n: int, length: int) -> bool:
    match extent:
        case Count(operator, limit):
            return COMPARE[operator](n, limit)
        case quantifier:
            return {Quantifier.ANY: n > 0, Quantifier.NONE: n == 0, Quantifier.ALL: n == length > 0}[quantifier]


def holds(mine: Any, operator: Operator, value: Any, kind: Kind) -> bool:
    if operator in TURNED:
        return not holds(mine, Operator(TURNED[operator]), value, kind)
    if mine is None or operator is Operator.IS_NULL:
        return mine is None and operator is Operator.IS_NULL
    if operator is Operator.IN:
        inner = ((item, Operator.BETWEEN if isinstance(item, Span) else Operator.IS) for item in value)
        return any(holds(mine, each, item, kind) for item, each in inner)
    if kind in (Kind.WORDS, Kind.LIST):
        return value in mine if kind is Kind.LIST else set(value.lower().split()) <= set(mine.lower().split())
    if kind is Kind.ANY and is_number(value) > is_number(mine):
        return False
    if kind is Kind.ANY and not is_number(value):
        mine, value = as_text(mine), as_text(value)
    return COMPARE[operator](mine, value)


def is_number(value: Any) -> bool:
    return isinstance(value, Span) or type(value) in (int, float)


def as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_like(mine: str, pattern: str) -> bool:
    parts = (".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), mine, re.IGNORECASE | re.DOTALL) is not None


TURNED = {"not in": "in", "not like": "like", "not contains": "contains", "!=": "=", "is not null": "is null"}
COMPARE: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.IS: eq,
    Operator.IS_NOT: ne,
    Operator.LESS: lt,
    Operator.AT_MOST: le,
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
    Operator.BETWEEN: lambda mine, span: span.low <= mine <= span.high,
    Operator.CONTAINS: lambda mine, text: text.lower() in mine.lower(),
    Operator.LIKE: is_like,
}


def test_the_database_lets_through_what_the_tree_says(session: Session) -> None:
    arrange(session)

    @settings(max_examples=examples(120, at_length=400), deadline=None)
    @given(trees)
    def agrees(tree: Filter) -> None:
        assert found(session, tree) == {number for number in FACTS if lets_through(tree, number)}

    agrees()


@pytest.mark.parametrize(
    ("typed", "runs"),
    [
        ("class != Collisions18", {1, 2, 4, 5, 6}),
        ("energy >= 1000", {2, 3}),
        ("class = Cosmics18 or tracker-strip BAD > 5", {3, 4}),
        ("tracker-strip EMPTY and tracker-strip STANDBY", {4}),
        ("tracker-pixel all GOOD", {3}),
        ("ecal-ecal no BAD", {1, 2, 3, 4, 6}),
        ("bpix_ready false", {3, 4}),
        ("bpix_ready false > 10", {3}),
        ("bpix_ready true = 29", {3}),
        ("tecp_ready all true", {3}),
        ("bpix_ready no false or tecp_ready all true", {1, 2, 3, 5, 6}),
        ("significant or running", {1, 2, 3, 4, 5}),
        ("comments contains trip", {3, 5}),
        ("components contains TRACKER", {3, 5}),
        ("oms.initial_prescale_index > 1", {2, 5}),
        ("oms.dt_included = no", {4}),
        ("2-3, 5", {2, 3, 5}),
        ("start 2018-10-02", set()),
        ("start >= 2018-10-02T11:30:01+02:00", {6}),
        ("hlt_key like x\\", set()),
    ],
)
def test_what_people_type_finds_what_they_mean(session: Session, typed: str, runs: set[int]) -> None:
    arrange(session)
    assert found(session, parse_filter(typed, RUNS)) == runs


def test_a_component_that_does_not_exist_is_named_with_the_nearest(session: Session) -> None:
    columns(session)
    with pytest.raises(InvalidFilter, match="no component 'tracker-stripe': did you mean tracker-strip"):
        found(session, parse_filter("tracker-stripe BAD", RUNS))


def test_a_bit_that_is_not_there_is_named_with_the_nearest(session: Session) -> None:
    with pytest.raises(InvalidFilter, match="no attribute 'bpix_redy': did you mean bpix_ready"):
        parse_filter("bpix_redy false > 10", RUNS)
    with pytest.raises(InvalidFilter, match="no DCS bit 'bpix_redy': did you mean bpix_ready"):
        checked(BitCondition("bpix_redy", value=False), RUNS)
    with pytest.raises(InvalidFilter, match="There is no DCS bit 'bpix_ready'"):
        found(session, parse_filter("bpix_ready false", RUNS))


def test_what_comes_later_is_counted_and_what_the_run_loses_is_not(session: Session) -> None:
    arrange(session)
    online = DatasetKey(3, "online")
    late = LumisectionSaid(online, (bit_columns(session, BITS)[1],), LumiRange(5, 6), Bit.FALSE, Origin.RULE)
    record(session, Act("ingest", "OMS corrects", ActKind.INGEST, lumisections=(late,)))
    assert found(session, parse_filter("tecp_ready false = 2 and bpix_ready false = 11", RUNS)) == {3}
    shorter = RunSaid(3, {"known": [[1, 5]]}, Origin.RULE)
    record(session, Act("ingest", "OMS has fewer", ActKind.INGEST, runs=(shorter,)))
    assert found(session, parse_filter("tecp_ready false = 1 and bpix_ready all false", RUNS)) == {3}


def test_no_value_can_break_out_of_its_place(session: Session) -> None:
    arrange(session)
    for value in ("'; DROP TABLE run; --", "%(x)s", ":x", "\\", "$1"):
        for attribute, operator in (
            ("run_class", Operator.IS),
            ("oms.era", Operator.LIKE),
            ("words", Operator.CONTAINS),
        ):
            assert found(session, Condition(attribute, operator, value)) == set()
    assert session.execute(text("SELECT count(*) FROM run")).scalar_one() == len(FACTS)


def test_the_clock_of_the_reader_does_not_matter(session: Session) -> None:
    arrange(session)
    moment = datetime(2018, 10, 2, 9, 30, 1, tzinfo=UTC)
    assert found(session, Condition("start_time", Operator.IS, moment)) == {6}
