"""The batch tools of a desk: on what is ticked or on the whole filter, and never before a preview is confirmed."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from backend.access import Action
from backend.certify.batch import Setting
from backend.certify.copying import Copy
from backend.certify.copying_columns import ColumnsCopy
from backend.configuration import GLOBAL, Side
from backend.queries import Filter, unique_dataset_names
from dashboard.data import components_of, desks, reading
from dashboard.literal import literal
from dashboard.offline import batch
from dashboard.offline.acts import Selection
from dashboard.offline.data import MOST_TICKED, page_of_datasets
from dashboard.offline.toolbar import Desk
from dashboard.permits import Permit, permit, permitted_button
from models.vocabulary import SAYABLE, DatasetState, Status

_TOOLS = {
    "set": "Set columns",
    "columns": "Copy columns",
    "copy": "Copy datasets",
    "move": "Move states",
    "hide": "Hide",
    "show": "Show hidden again",
}
_TO = (DatasetState.OPEN, DatasetState.SIGNOFF, DatasetState.COMPLETED)
Open = Callable[[], None]


def batch_tools(desk: Desk, asked: Filter, selection: Selection, *, total: int) -> None:
    """Draw the tools; ``total`` is how many datasets the filter lets through."""
    with st.popover("Batch tools", key="offline-batch"):
        ticked = len(selection.rows)
        scope = st.radio(
            "On",
            ("ticked", "filter"),
            format_func={"ticked": f"the {ticked:,} ticked", "filter": f"all {total:,} of the filter"}.__getitem__,
            horizontal=True,
            key=f"batch-scope-{'some' if ticked else 'none'}",
            index=0 if ticked else 1,
        )
        tool = st.selectbox("Tool", list(_TOOLS), format_func=_TOOLS.__getitem__, key="batch-tool")
        rows = (lambda: selection) if scope == "ticked" else partial(_of_filter, desk, asked, selection)
        given, opened = _FORMS[tool](desk, asked, rows)
        count = ticked if scope == "ticked" else total
        if not given.is_given:
            st.caption(literal(given.reason))
        meant = given.and_if(bool(count), "No dataset is meant: tick some, or ask for others.")
        if permitted_button(f"Preview on {count:,}…", meant, key="batch-preview", type="primary"):
            opened()
            st.rerun()


def _of_filter(desk: Desk, asked: Filter, selection: Selection) -> Selection:
    found = page_of_datasets(desk, asked, sort=(), page=1, size=MOST_TICKED)
    return Selection(found.rows, desk.workspace, selection.components, selection.seen)


def _set(desk: Desk, asked: Filter, rows: batch.Rows) -> tuple[Permit, Open]:
    columns = _columns(desk)
    status = st.segmented_control(
        "Status", SAYABLE, format_func=lambda s: Status(s).word, default=Status.GOOD, required=True, key="batch-status"
    )
    with_closed = _with_closed()
    given = _batch(desk).and_if(bool(columns), "Choose the columns.")
    return given, partial(batch.setting, rows, Setting(columns, Status(status), with_closed=with_closed))


def _copy_columns(desk: Desk, asked: Filter, rows: batch.Rows) -> tuple[Permit, Open]:
    source = st.selectbox("From the dataset of the same run", _names(desk, asked), key="batch-source")
    columns = _columns(desk)
    with_closed = _with_closed()
    given = _batch(desk).and_if(bool(columns) and source is not None, "Choose the source and the columns.")
    return given, partial(batch.columns, rows, ColumnsCopy(str(source), columns, with_closed))


def _copy(desk: Desk, asked: Filter, rows: batch.Rows) -> tuple[Permit, Open]:
    name = st.text_input("Name of the copies", key="batch-name", placeholder="/ReReco/Collisions2018D/DQM")
    names = [w.workspace for w in desks(Side.OFFLINE) if w.workspace != GLOBAL]
    into = st.multiselect("Into the workspaces", names, default=names, key="batch-into")
    given = permit(Action.DATASET_BATCH, None).and_if(bool(name.strip()), "Say how the copies are called.")
    return given, partial(batch.copy, rows, Copy(name.strip(), tuple(into)))


def _move(desk: Desk, asked: Filter, rows: batch.Rows) -> tuple[Permit, Open]:
    to = st.segmented_control("To", _TO, default=DatasetState.SIGNOFF, required=True, key="batch-to")
    everywhere = st.checkbox("In all workspaces", key="batch-everywhere")
    with_closed = _with_closed()
    action = Action.DATASET_REOPEN if to == DatasetState.OPEN else Action.DATASET_MOVE
    named = tuple(w.workspace for w in desks(Side.OFFLINE)) if everywhere else (desk.workspace,)
    given = permit(action, None if everywhere else desk.workspace)
    return given, partial(batch.moving, rows, named, DatasetState(str(to)), with_closed=with_closed)


def _hide(desk: Desk, asked: Filter, rows: batch.Rows) -> tuple[Permit, Open]:
    with_closed = _with_closed()
    return permit(Action.DATASET_HIDE), partial(batch.hiding, rows, is_hidden=True, with_closed=with_closed)


def _show(desk: Desk, asked: Filter, rows: batch.Rows) -> tuple[Permit, Open]:
    st.caption("Hidden datasets are in the list Hidden.")
    return permit(Action.DATASET_HIDE), partial(batch.hiding, rows, is_hidden=False, with_closed=True)


_FORMS: dict[str, Callable[[Desk, Filter, batch.Rows], tuple[Permit, Open]]] = {
    "set": _set,
    "columns": _copy_columns,
    "copy": _copy,
    "move": _move,
    "hide": _hide,
    "show": _show,
}


def _columns(desk: Desk) -> tuple[str, ...]:
    names = components_of(Side.OFFLINE, desk.workspace)
    return tuple(st.multiselect("Columns", names, key=f"batch-columns-{desk.workspace}"))


def _with_closed() -> bool:
    return st.checkbox("Signed off and completed ones too", key="batch-closed", help="They stay as they are otherwise.")


def _batch(desk: Desk) -> Permit:
    return permit(Action.DATASET_BATCH, None if desk.workspace == GLOBAL else desk.workspace)


def _names(desk: Desk, asked: Filter) -> list[str]:
    """The datasets that runs of the filter have: the source need not be on the list itself."""
    with reading() as session:
        return list(unique_dataset_names(session, workspace=desk.workspace))
