"""A filter of datasets as the database understands it: over ``dataset_brief``, what is asked of others set apart.

The parts of a group that ask about the run are asked of the runs in one look, so that datasets are not joined with
runs that are several times wider; a desk's own state is read from an index per workspace.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Integer, Table, Text, and_, false, func, literal_column, not_, or_, select, true

from backend.queries.attributes import OMS_PREFIX, Kind
from backend.queries.dataset_attributes import DATASETS, OF_RUN, STATE_PREFIX
from backend.queries.filter_sql import (
    BRIEF,
    DATASET,
    RUN,
    Column,
    Truth,
    compared,
    flag_holds,
    of_datasets,
    run_column,
    sort_column,
    turned,
    where,
)
from backend.queries.filters import AllOf, AnyOf, BitCondition, Condition, Filter, FlagCondition, Operator
from models.brief_layout import DESKS, EDITABLE, GUI_PREFIX, STATE_CODES, editable, state_byte
from models.cycle import CycleNow

CYCLE: Table = CycleNow.__table__  # type: ignore[attr-defined]  # SQLModel sets it on table classes

_COLUMNS: Mapping[str, Column] = {
    "dataset": BRIEF.c.name,
    "lumisections": BRIEF.c.lumisections,
    "is_hidden": BRIEF.c.is_hidden,
    "is_in_gui": BRIEF.c.is_in_gui,
    "last_change": BRIEF.c.last_change,
    "changed_by": BRIEF.c.changed_by,
}
_STATES = "ARRAY[" + ", ".join(f"'{state.value}'" for state in STATE_CODES) + "]"


def datasets_where(tree: Filter, flags: Mapping[str, int], *, beside_runs: bool = False) -> Truth:
    """The expression for a checked filter of datasets; ``flags`` is component or bit → column id.

    With ``beside_runs`` it is over ``dataset_brief`` joined with the runs, and what is asked of runs is asked there.

    Raises
    ------
    InvalidFilter
        If it names a component or bit that does not exist.
    """
    match tree:
        case AllOf(parts):
            return and_(true(), *_parts(parts, AllOf, flags, beside_runs))
        case AnyOf(parts):
            return or_(false(), *_parts(parts, AnyOf, flags, beside_runs))
        case FlagCondition():
            return flag_holds(tree, flags)
        case BitCondition():
            return _of_runs(tree, flags, beside_runs)
        case Condition():
            return _of_runs(tree, flags, beside_runs) if _asks_runs(tree) else _condition(tree)


def state_of(workspace: str) -> Column:
    """How far a workspace is with a dataset, in words."""
    if workspace in DESKS:
        return literal_column(f"({_STATES})[{_of_brief(state_byte(workspace))}]", Text)
    words = DATASET.c.states.op("->>", return_type=Text())(workspace)
    return select(words).where(DATASET.c.id == BRIEF.c.id).correlate(BRIEF).scalar_subquery()


def state_in(workspace: str, states: Collection[str]) -> Truth:
    """That a workspace is so far with a dataset, written as in the indexes of that workspace."""
    if workspace not in DESKS:
        return state_of(workspace).in_(states)
    if set(states) == set(EDITABLE):
        return literal_column(_of_brief(editable(workspace)), Boolean)
    codes = [literal_column(str(code), Integer) for state, code in STATE_CODES.items() if state in states]
    byte: Column = literal_column(_of_brief(state_byte(workspace)), Integer)
    return byte.in_(codes)


def own_column(name: str) -> Column:
    """What stands for an attribute that a dataset has itself; for those of its run see :func:`sort_key`."""
    return state_of(name.removeprefix(STATE_PREFIX)) if name.startswith(STATE_PREFIX) else _COLUMNS[name]


def run_attribute(name: str) -> str | None:
    """The attribute of the run that an attribute of a dataset is; none if it is the dataset's own."""
    return name if name.startswith(OMS_PREFIX) else OF_RUN.get(name)


def sort_key(name: str) -> Column:
    """What stands for an attribute when sorting, over datasets joined with their runs."""
    if name == "run_number":
        return BRIEF.c.run_number
    of_run = run_attribute(name)
    return own_column(name) if of_run is None else sort_column(of_run)


def shown_column(name: str) -> Column:
    """What stands for an attribute when showing, over datasets joined with their runs."""
    of_run = run_attribute(name)
    return own_column(name) if of_run is None else run_column(of_run)


def _parts(
    parts: Sequence[Filter], group: type[AllOf] | type[AnyOf], flags: Mapping[str, int], beside_runs: bool
) -> Iterator[Truth]:
    of_runs = tuple(part for part in parts if _asks_runs(part))
    if of_runs:
        yield _of_runs(group(of_runs), flags, beside_runs)
    yield from (datasets_where(part, flags, beside_runs=beside_runs) for part in parts if part not in of_runs)


def _asks_runs(tree: Filter) -> bool:
    """Is it a question about the run and nothing else? The run's number stands in the dataset too."""
    match tree:
        case Condition(attribute):
            return attribute != "run_number" and run_attribute(attribute) is not None
        case BitCondition():
            return True
        case FlagCondition():
            return False
        case AllOf(parts) | AnyOf(parts):
            return bool(parts) and all(_asks_runs(part) for part in parts)


def _of_runs(tree: Filter, flags: Mapping[str, int], beside_runs: bool) -> Truth:
    asked = where(_as_of_run(tree), flags)
    return asked if beside_runs else BRIEF.c.run_number.in_(select(RUN.c.run_number).where(asked).correlate(None))


def _as_of_run(tree: Filter) -> Filter:
    match tree:
        case Condition(attribute, operator, value):
            return Condition(run_attribute(attribute) or attribute, operator, value)
        case AllOf(parts):
            return AllOf(tuple(_as_of_run(part) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_as_of_run(part) for part in parts))
        case FlagCondition() | BitCondition():
            return tree


def _condition(condition: Condition) -> Truth:
    name, operator, value = condition.attribute, condition.operator, condition.value
    if name == "gui":
        return _GUI[operator](value)
    if name == "cycle":
        return _in_cycles(operator, value)
    if name == "words":
        said = of_datasets(compared(DATASET.c.words, Kind.WORDS, Operator.CONTAINS, value))
        return said if operator is Operator.CONTAINS else turned(said)
    if name.startswith(STATE_PREFIX) and operator in _STATED:
        return _STATED[operator](name.removeprefix(STATE_PREFIX), value)
    column = BRIEF.c.run_number if name == "run_number" else own_column(name)
    return compared(column, DATASETS.find(name).kind, operator, value)


def _in_cycles(operator: Operator, value: Any) -> Truth:
    """A dataset may be in many cycles, so a *not* means that it is in none of those."""
    if operator in _NEVER:
        return turned(_in_cycles(_NEVER[operator], value))
    datasets = select(func.unnest(CYCLE.c.datasets)).where(compared(CYCLE.c.id, Kind.INTEGER, operator, value))
    return BRIEF.c.id.in_(datasets.correlate(None))


_NEVER = {
    Operator.IS_NOT: Operator.IS,
    Operator.NOT_IN: Operator.IN,
    Operator.IS_NULL: Operator.IS_NOT_NULL,
}


_STATED: Mapping[Operator, Callable[[str, Any], Truth]] = {
    Operator.IS: lambda workspace, state: state_in(workspace, [state]),
    Operator.IS_NOT: lambda workspace, state: turned(state_in(workspace, [state])),
    Operator.IN: state_in,
    Operator.NOT_IN: lambda workspace, states: turned(state_in(workspace, states)),
}


def _shown_as(name: str) -> Truth:
    return of_datasets(DATASET.c.attributes.has_key(GUI_PREFIX + name))


_GUI: Mapping[Operator, Callable[[Any], Truth]] = {
    Operator.CONTAINS: _shown_as,
    Operator.NOT_CONTAINS: lambda name: turned(_shown_as(name)),
    Operator.IS_NULL: lambda _: not_(BRIEF.c.is_in_gui),
    Operator.IS_NOT_NULL: lambda _: BRIEF.c.is_in_gui,
}


def _of_brief(sql: str) -> str:
    return sql.replace("(states", "(dataset_brief.states")
