"""A filter as the database understands it: SQLAlchemy expressions with bound parameters over a run and ``online``.

Nothing in the tree negates a group, so *null* may stand for *does not hold* in every expression made here; only the
operators that begin with *not* turn it round themselves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import eq, ge, gt, le, lt
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Double,
    FromClause,
    Integer,
    Table,
    Text,
    and_,
    any_,
    cast,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONPATH

from backend.errors import InvalidFilter
from backend.queries.attributes import OMS_PREFIX, RUNS, Kind, nearest
from backend.queries.filters import (
    AllOf,
    AnyOf,
    BitCondition,
    Condition,
    Count,
    Filter,
    FlagCondition,
    Operator,
    Quantifier,
)
from backend.queries.values import Scalar, Span, is_number
from models.attributes import bit_position, count_position
from models.brief_layout import BRIEF_STATUSES, brief_position
from models.dataset import Dataset
from models.dataset_brief import DatasetBrief
from models.run import Run
from models.vocabulary import ONLINE, Bit, Status

Truth = ColumnElement[bool]
Column = ColumnElement[Any]

RUN: Table = Run.__table__  # type: ignore[attr-defined]  # SQLModel sets it on table classes
DATASET: Table = Dataset.__table__  # type: ignore[attr-defined]
BRIEF: Table = DatasetBrief.__table__  # type: ignore[attr-defined]

_IS_ONLINE = BRIEF.c.name == literal_column(f"'{ONLINE}'", Text)
"""Written as in the index of the briefs of ``online``."""


def runs_and_online() -> FromClause:
    """Every run beside its ``online`` dataset in brief; PostgreSQL drops the join where nothing of that is read."""
    return RUN.outerjoin(BRIEF, and_(BRIEF.c.run_number == RUN.c.run_number, _IS_ONLINE))


def where(tree: Filter, flags: Mapping[str, int]) -> Truth:
    """The expression for a checked filter of runs; ``flags`` is component or bit → column id.

    Raises
    ------
    InvalidFilter
        If it names a component or bit that does not exist.
    """
    match tree:
        case AllOf(parts):
            return and_(true(), *_parts(parts, and_, flags))
        case AnyOf(parts):
            return or_(false(), *_parts(parts, or_, flags))
        case FlagCondition():
            return _online_where(flag_holds(tree, flags))
        case BitCondition():
            return _bit_holds(tree, flags)
        case Condition():
            return _condition(tree)


def compared(column: Column, kind: Kind, operator: Operator, value: Any) -> Truth:
    """A comparison of a column that holds such a kind; a *not* turns its plain sister round."""
    if operator in _TURNED:
        return turned(compared(column, kind, _TURNED[operator], value))
    if kind is Kind.ANY:
        return _of_oms(column, operator, value)
    if operator is Operator.CONTAINS and kind in _HOLDS:
        return _HOLDS[kind](column, value)
    return _TESTS[operator](column, _bound(value))


def turned(plain: Truth) -> Truth:
    """That something does not hold, null being that it does not."""
    return func.coalesce(plain, false()).is_(false())


def flag_holds(flag: FlagCondition, flags: Mapping[str, int]) -> Truth:
    """The expression for a condition on a flag, over ``dataset_brief``."""
    of_column, status = column_id(flag.column, flags), flag.status
    if status in BRIEF_STATUSES:
        return _quantified(flag.quantifier, flag_count(of_column, status), BRIEF.c.lumisections)
    return of_datasets(_quantified(flag.quantifier, _count(of_column, status), DATASET.c.lumisections))


def of_datasets(condition: Truth) -> Truth:
    """What only the whole row of ``dataset`` can answer, as an expression over ``dataset_brief``."""
    return BRIEF.c.id.in_(select(DATASET.c.id).where(condition).correlate(None))


def _bit_holds(asked: BitCondition, columns: Mapping[str, int]) -> Truth:
    """The expression for a condition on a bit; ``online`` is asked itself, since its brief has no bits."""
    if asked.bit not in columns:
        raise InvalidFilter(f"There is no DCS bit {asked.bit!r:.80}{nearest(asked.bit, columns)}")
    count = DATASET.c.bits[bit_position(columns[asked.bit], Bit.of(asked.value))]
    holds = _quantified(asked.quantifier, func.coalesce(cast(count, Integer), 0), DATASET.c.lumisections)
    online = select(DATASET.c.run_number).where(DATASET.c.name == ONLINE, holds)
    return RUN.c.run_number.in_(online.correlate(None))


def _quantified(quantifier: Quantifier | Count, count: Column, lumisections: Column) -> Truth:
    """Written with *more than*: what is equal PostgreSQL takes to be rare where it has no statistics."""
    match quantifier:
        case Count(operator, n):
            return _TESTS[operator](count, n)
        case Quantifier.ANY:
            return count > 0
        case Quantifier.NONE:
            return not_(count > 0)
        case Quantifier.ALL:
            return and_(count >= lumisections, lumisections > 0)


def run_column(name: str) -> Column:
    """What stands for an attribute of a run: a column, a value in the JSON of OMS, or what is computed from columns."""
    if name.startswith(OMS_PREFIX):
        of_oms: Column = RUN.c.oms[name.removeprefix(OMS_PREFIX)]
        return of_oms
    return _COMPUTED[name] if name in _COMPUTED else RUN.c[name]


def sort_column(name: str) -> Column:
    """As :func:`run_column`, to sort by: a null in the JSON of OMS is as unsaid as what is not in it."""
    column = run_column(name)
    return func.nullif(column, literal_column("'null'::jsonb")) if name.startswith(OMS_PREFIX) else column


def flag_count(column_id: int, status: Status) -> Column:
    """How many lumisections have that status, one of ``BRIEF_STATUSES``, of a flag; over ``dataset_brief``."""
    return func.coalesce(cast(BRIEF.c.flags[brief_position(column_id, status)], Integer), 0)


def _count(column_id: int, status: Status | None) -> Column:
    """As :func:`flag_count` of any status, over ``dataset``; none: in how many nobody said anything."""
    if status is not None:
        return func.coalesce(cast(DATASET.c.counts[count_position(column_id, status)], Integer), 0)
    said = (_count(column_id, status) for status in Status)
    return DATASET.c.lumisections - sum(said, literal(0, Integer))


def column_id(column: str, flags: Mapping[str, int]) -> int:
    """The id of a component's column.

    Raises
    ------
    InvalidFilter
        If there is no such component; the sentence names the nearest.
    """
    if column not in flags:
        raise InvalidFilter(f"There is no component {column!r:.80}{nearest(column, flags)}")
    return flags[column]


_COMPUTED: dict[str, Column] = {
    "is_running": RUN.c.end_time.is_(None),
    "is_changed_after_signoff": RUN.c.proposed_by.is_not(None),
    "last_change": func.greatest(RUN.c.last_change, BRIEF.c.last_change),
}
_TURNED = {
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_LIKE: Operator.LIKE,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
}


def _parts(parts: Sequence[Filter], join: Callable[..., Truth], flags: Mapping[str, int]) -> Iterator[Truth]:
    """The parts of a group; what is asked of counts alone is asked of the datasets in one look."""
    counted = [part for part in parts if isinstance(part, FlagCondition)]
    if counted:
        yield _online_where(join(*(flag_holds(part, flags) for part in counted)))
    yield from (where(part, flags) for part in parts if part not in counted)


def _online_where(condition: Truth) -> Truth:
    """That the run's ``online`` dataset is such. Every run has one, so this says what a join says, at half the cost."""
    online = select(BRIEF.c.run_number).where(_IS_ONLINE, condition)
    return RUN.c.run_number.in_(online.correlate(None))


def _condition(condition: Condition) -> Truth:
    operator, value, kind = condition.operator, condition.value, RUNS.find(condition.attribute).kind
    if kind is not Kind.WORDS:
        return compared(run_column(condition.attribute), kind, operator, value)
    said = _online_where(of_datasets(compared(DATASET.c.words, kind, Operator.CONTAINS, value)))
    return said if operator is Operator.CONTAINS else turned(said)


def _of_oms(json: Column, operator: Operator, value: Any) -> Truth:
    """A comparison with what OMS gives, by the type of the value: numbers with numbers, all else as text."""
    text, number = json.astext, number_of_oms(json)
    if isinstance(value, tuple):
        numbers = [float(item) if is_number(item) else item for item in value if _asks_number(item)]
        texts = [_as_text(item) for item in value if not _asks_number(item)]
        return or_(_in(number, numbers), _in(text, texts))
    if _asks_number(value):
        return _TESTS[operator](number, value)
    return _TESTS[operator](text, _as_text(value))


def number_of_oms(json: Any) -> Column:
    """The number that stands in the JSON of OMS, null where none does; a path, so that the JSON is read once."""
    path = f'strict $."{json.right.value}" ? (@.type() == "number")'
    found = func.jsonb_path_query_first(json.left, cast(path, JSONPATH), literal_column("'{}'::jsonb"), true())
    return cast(found, Double)


def _asks_number(value: Any) -> bool:
    return isinstance(value, Span) or is_number(value)


def _as_text(value: Any) -> str:
    """As PostgreSQL writes a JSON value: yes and no are ``true`` and ``false``."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in(column: Column, items: Sequence[Scalar | Span]) -> Truth:
    """One array however long the list; ranges beside it."""
    single = [item for item in items if not isinstance(item, Span)]
    spans = (_between(column, item) for item in items if isinstance(item, Span))
    kind = BigInteger() if any(map(_is_wide, single)) else column.type
    listed = [column == any_(literal(single, ARRAY(kind)))] if single else []
    return or_(false(), *listed, *spans)


def _between(column: Column, span: Span) -> Truth:
    return column.between(_bound(span.low), _bound(span.high))


def _bound(value: Any) -> Any:
    """A whole number as wide as it is: the columns are of four bytes, and what they cannot hold can be asked for."""
    return literal(value, BigInteger) if _is_wide(value) else value


def _is_wide(value: object) -> bool:
    return type(value) is int and not -(2**31) <= value < 2**31


_TESTS: Mapping[Operator, Callable[[Any, Any], Truth]] = {
    Operator.IS: eq,
    Operator.IS_NOT: lambda column, value: column.is_distinct_from(value),
    Operator.LESS: lt,
    Operator.AT_MOST: le,
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
    Operator.BETWEEN: _between,
    Operator.IN: _in,
    Operator.LIKE: lambda column, pattern: column.ilike(pattern, escape=""),
    Operator.CONTAINS: lambda column, text: column.icontains(text, autoescape=True),
    Operator.IS_NULL: lambda column, _: column.is_(None),
    Operator.IS_NOT_NULL: lambda column, _: column.is_not(None),
}
_HOLDS: Mapping[Kind, Callable[[Any, Any], Truth]] = {
    Kind.LIST: lambda column, name: any_(column) == name,
    Kind.WORDS: lambda column, text: column.bool_op("@@")(
        func.websearch_to_tsquery(literal_column("'simple'::regconfig"), text)
    ),
}
