"""Which datasets a desk looks at: those waiting for the DQM GUI, those to be worked on, or all; hidden ones apart."""

from collections.abc import Collection
from typing import Literal, TypeAlias

from sqlalchemy import Text, and_, literal_column, not_, text
from sqlmodel import Session

from backend.errors import InvalidFilter
from backend.queries.attributes import nearest
from backend.queries.columns import ColumnsCatalogue
from backend.queries.dataset_attributes import DATASETS, STATE_PREFIX
from backend.queries.dataset_sql import datasets_where, state_in
from backend.queries.filter_sql import BRIEF, Truth
from backend.queries.filters import AllOf, AnyOf, BitCondition, Condition, Filter, FlagCondition, checked
from models.brief_layout import EDITABLE
from models.vocabulary import ONLINE, ConfigurationKind, DatasetState

Which: TypeAlias = Literal["waiting", "editable", "all"]
"""Waiting for the DQM GUI in the workspace; OPEN, SIGNOFF or COMPLETED in it; or whatever its state there is."""

_STATES = {"waiting": (DatasetState.WAITING,), "editable": EDITABLE}
_WORKSPACES = text("SELECT body ->> 'workspace' FROM configuration WHERE kind = :kind AND body ->> 'side' = 'offline'")


def scope_of(
    session: Session,
    filter: Filter,
    *,
    workspace: str,
    which: Which,
    with_hidden: bool,
    catalogue: ColumnsCatalogue,
    beside_runs: bool = False,
) -> Truth:
    """What a desk sees of what a filter lets through, as an expression over ``dataset_brief`` (and the runs beside it).

    What every desk asks is written out as in the indexes of ``models/dataset_brief.py``, or they would not be used.

    Hidden datasets are left out unless ``with_hidden`` or the filter speaks of them; ``online`` belongs to the shift
    crew and is left out unless the filter names it.

    Raises
    ------
    InvalidFilter
        If the filter cannot be, or there is no such workspace or list.
    """
    tree = checked(filter, DATASETS)
    conditions = tuple(_conditions(tree))
    _refuse_unknown(session, {workspace, *_workspaces_asked(conditions)})
    parts: list[Truth] = []
    if which != "all":
        if which not in _STATES:
            raise InvalidFilter(f"There is no list of {which!r} datasets: there are waiting, editable and all.")
        parts.append(state_in(workspace, _STATES[which]))
    if not any(_names_online(condition) for condition in conditions):
        parts.append(BRIEF.c.name != literal_column(f"'{ONLINE}'", Text))
    if not (with_hidden or any(condition.attribute == "is_hidden" for condition in conditions)):
        parts.append(not_(BRIEF.c.is_hidden))
    return and_(*parts, datasets_where(tree, catalogue.counted, beside_runs=beside_runs))


def refuse_unknown_workspace(session: Session, workspace: str) -> None:
    """See that there is such an offline workspace.

    Raises
    ------
    InvalidFilter
        If there is none; the sentence names the nearest.
    """
    _refuse_unknown(session, {workspace})


def _refuse_unknown(session: Session, asked: Collection[str]) -> None:
    known = set(session.execute(_WORKSPACES, {"kind": ConfigurationKind.WORKSPACE.value}).scalars())
    if missing := sorted(set(asked) - known):
        raise InvalidFilter(f"There is no offline workspace {missing[0]!r:.80}{nearest(missing[0], known)}")


def _conditions(tree: Filter) -> list[Condition]:
    match tree:
        case Condition():
            return [tree]
        case FlagCondition() | BitCondition():
            return []
        case AllOf(parts) | AnyOf(parts):
            return [condition for part in parts for condition in _conditions(part)]


def _workspaces_asked(conditions: Collection[Condition]) -> set[str]:
    names = (condition.attribute for condition in conditions)
    return {name.removeprefix(STATE_PREFIX) for name in names if name.startswith(STATE_PREFIX)}


def _names_online(condition: Condition) -> bool:
    value = condition.value
    named = value if isinstance(value, tuple) else (value,)
    return condition.attribute == "dataset" and ONLINE in named
