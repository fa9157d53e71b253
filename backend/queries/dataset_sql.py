"""A filter of datasets as the database understands it: over the datasets alone, what is asked of runs set apart.

The parts of a group that ask about the run are asked of the runs in one look, so that datasets are not joined with
runs that are several times wider; a desk's own state is read from an index per workspace.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, Text, and_, false, func, literal_column, or_, select, true

from backend.queries.attributes import OMS_PREFIX, Kind
from backend.queries.dataset_attributes import DATASETS, OF_RUN, STATE_PREFIX
from backend.queries.filter_sql import (
    DATASET,
    RUN,
    Column,
    Truth,
    compared,
    flag_holds,
    run_column,
    sort_column,
    turned,
    where,
)
from backend.queries.filters import AllOf, AnyOf, Condition, Filter, FlagCondition, Operator
from models.cycle import CycleNow
from models.dataset import IN_GUI

CYCLE: Table = CycleNow.__table__  # type: ignore[attr-defined]  # SQLModel sets it on table classes

GUI_PREFIX = "gui."
"""``gui.<name>`` among a dataset's attributes: the DQM GUI shows it under that name."""

_IN_GUI: Column = literal_column(IN_GUI.replace("(attributes", "(dataset.attributes"))
_COLUMNS: Mapping[str, Column] = {
    "dataset": DATASET.c.name,
    "lumisections": DATASET.c.lumisections,
    "is_hidden": DATASET.c.is_hidden,
    "words": DATASET.c.words,
    "last_change": DATASET.c.last_change,
    "changed_by": DATASET.c.changed_by,
}


def datasets_where(tree: Filter, flags: Mapping[str, int]) -> Truth:
    """The expression for a checked filter of datasets; ``flags`` is component → column id.

    Raises
    ------
    InvalidFilter
        If it names a component that does not exist.
    """
    match tree:
        case AllOf(parts):
            return and_(true(), *_parts(parts, AllOf, flags))
        case AnyOf(parts):
            return or_(false(), *_parts(parts, AnyOf, flags))
        case FlagCondition():
            return flag_holds(tree, flags)
        case Condition():
            return _of_runs(tree) if _asks_runs(tree) else _condition(tree)


def state_of(workspace: str) -> Column:
    """How far a workspace is with a dataset, written as in the index of that workspace."""
    key: Column = literal_column("'" + workspace.replace("'", "''") + "'", Text)
    return DATASET.c.states.op("->>", return_type=Text())(key)


def own_column(name: str) -> Column:
    """What stands for an attribute that a dataset has itself; for those of its run see :func:`sort_key`."""
    if name.startswith(STATE_PREFIX):
        return state_of(name.removeprefix(STATE_PREFIX))
    return _IN_GUI if name == "is_in_gui" else _COLUMNS[name]


def run_attribute(name: str) -> str | None:
    """The attribute of the run that an attribute of a dataset is; none if it is the dataset's own."""
    return name if name.startswith(OMS_PREFIX) else OF_RUN.get(name)


def sort_key(name: str) -> Column:
    """What stands for an attribute when sorting, over datasets joined with their runs."""
    if name == "run_number":
        return DATASET.c.run_number
    of_run = run_attribute(name)
    return own_column(name) if of_run is None else sort_column(of_run)


def shown_column(name: str) -> Column:
    """What stands for an attribute when showing, over datasets joined with their runs."""
    of_run = run_attribute(name)
    return own_column(name) if of_run is None else run_column(of_run)


def _parts(parts: Sequence[Filter], group: type[AllOf] | type[AnyOf], flags: Mapping[str, int]) -> Iterator[Truth]:
    of_runs = tuple(part for part in parts if _asks_runs(part))
    if of_runs:
        yield _of_runs(group(of_runs))
    yield from (datasets_where(part, flags) for part in parts if part not in of_runs)


def _asks_runs(tree: Filter) -> bool:
    """Is it a question about the run and nothing else? The run's number stands in the dataset too."""
    match tree:
        case Condition(attribute):
            return attribute != "run_number" and run_attribute(attribute) is not None
        case FlagCondition():
            return False
        case AllOf(parts) | AnyOf(parts):
            return bool(parts) and all(_asks_runs(part) for part in parts)


def _of_runs(tree: Filter) -> Truth:
    return DATASET.c.run_number.in_(select(RUN.c.run_number).where(where(_as_of_run(tree), {})).correlate(None))


def _as_of_run(tree: Filter) -> Filter:
    match tree:
        case Condition(attribute, operator, value):
            return Condition(run_attribute(attribute) or attribute, operator, value)
        case AllOf(parts):
            return AllOf(tuple(_as_of_run(part) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_as_of_run(part) for part in parts))
        case FlagCondition():
            return tree


def _condition(condition: Condition) -> Truth:
    name, operator, value = condition.attribute, condition.operator, condition.value
    if name == "gui":
        return _GUI[operator](value)
    if name == "cycle":
        return _in_cycles(operator, value)
    column = DATASET.c.run_number if name == "run_number" else own_column(name)
    return compared(column, DATASETS.find(name).kind, operator, value)


def _in_cycles(operator: Operator, value: Any) -> Truth:
    """A dataset may be in many cycles, so a *not* means that it is in none of those."""
    if operator in _NEVER:
        return turned(_in_cycles(_NEVER[operator], value))
    datasets = select(func.unnest(CYCLE.c.datasets)).where(compared(CYCLE.c.id, Kind.INTEGER, operator, value))
    return DATASET.c.id.in_(datasets.correlate(None))


_NEVER = {
    Operator.IS_NOT: Operator.IS,
    Operator.NOT_IN: Operator.IN,
    Operator.IS_NULL: Operator.IS_NOT_NULL,
}


def _shown_as(name: str) -> Truth:
    known: Truth = DATASET.c.attributes.has_key(GUI_PREFIX + name)
    return known


_GUI: Mapping[Operator, Callable[[Any], Truth]] = {
    Operator.CONTAINS: _shown_as,
    Operator.NOT_CONTAINS: lambda name: turned(_shown_as(name)),
    Operator.IS_NULL: lambda _: func.coalesce(_IN_GUI, false()).is_(false()),
    Operator.IS_NOT_NULL: lambda _: _IN_GUI,
}
