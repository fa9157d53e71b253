"""Random filter trees over every kind of attribute, for laws about them."""

from datetime import UTC, datetime

from hypothesis import strategies as st

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
    operators_of,
)
from models.vocabulary import Status

COMPONENTS = ("tracker-pixel", "tracker-strip", "ecal-ecal")
ATTRIBUTES = ("run_number", "fill_number", "energy_gev", "run_class", "is_significant", "is_running", "start_time")
OTHERS = ("components", "words", "oms.dt_included", "oms.initial_prescale_index", "oms.trigger_mode")
BITS = ("bpix_ready", "tecp_ready")
COUNTABLE = [o for o in operators_of(Kind.NUMBER)[:6] if o is not Operator.BETWEEN]

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=12)
small = st.integers(0, 40)
near = {
    Kind.INTEGER: small,
    Kind.NUMBER: st.sampled_from([0.0, 0.5, 2.0, 6500.0, 6800.25]),
    Kind.TEXT: st.sampled_from(
        ["", "a", "B", "Collisions18", "collisions%", "and", "5", "a_b", "%", "no", "1-2", 'x"y\\']
    ),
    Kind.BOOLEAN: st.booleans(),
    Kind.TIME: st.integers(0, 3).map(lambda day: datetime(2018, 10, 1 + day, 9, 30 * (day % 2), day, tzinfo=UTC)),
    Kind.LIST: st.sampled_from(["TRACKER", "DT", "a b"]),
    Kind.WORDS: st.sampled_from(["power", "trip", "nobody", "HV trip"]),
}
near[Kind.ANY] = st.one_of(st.booleans(), small, near[Kind.NUMBER], st.sampled_from(["l1", "true", "3", "x y"]))


def _spans(kind: Kind) -> st.SearchStrategy[Span]:
    ends = near[Kind.INTEGER if kind is Kind.ANY else kind]
    return st.tuples(ends, ends).map(sorted).map(lambda pair: Span(*pair))


def _values(kind: Kind, operator: Operator) -> st.SearchStrategy[object]:
    match operator:
        case Operator.IS_NULL | Operator.IS_NOT_NULL:
            return st.none()
        case Operator.BETWEEN:
            return _spans(kind)
        case Operator.IN | Operator.NOT_IN:
            has_spans = kind in (Kind.INTEGER, Kind.ANY)
            items = st.one_of(near[kind], _spans(kind)) if has_spans else near[kind]
            return st.lists(items, min_size=1, max_size=4).map(tuple)
        case Operator.LESS | Operator.AT_MOST | Operator.MORE | Operator.AT_LEAST if kind is Kind.ANY:
            return st.one_of(small, near[Kind.NUMBER])
        case Operator.LIKE | Operator.NOT_LIKE | Operator.CONTAINS | Operator.NOT_CONTAINS if kind is Kind.ANY:
            return near[Kind.TEXT]
    return near[kind]


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """One comparison that can be."""
    name = draw(st.sampled_from(ATTRIBUTES + OTHERS))
    kind = RUNS.find(name).kind
    operator = draw(st.sampled_from(operators_of(kind)))
    return Condition(name, operator, draw(_values(kind, operator)))


extents = st.one_of(st.sampled_from(Quantifier), st.builds(Count, st.sampled_from(COUNTABLE), small))
flag_conditions = st.builds(FlagCondition, st.sampled_from(COMPONENTS), st.sampled_from([None, *Status]), extents)
bit_conditions = st.builds(BitCondition, st.sampled_from(BITS), st.booleans(), extents)


def _groups(parts: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    tuples = st.lists(parts, min_size=0, max_size=3).map(tuple)
    return st.one_of(tuples.map(AllOf), tuples.map(AnyOf))


trees: st.SearchStrategy[Filter] = st.recursive(
    st.one_of(conditions(), flag_conditions, bit_conditions), _groups, max_leaves=8
).map(lambda tree: checked(tree, RUNS))
"""Checked trees, of every operator of every kind of attribute."""
