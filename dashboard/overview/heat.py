"""The last runs against the components of the online global workspace; a click on a cell opens the run."""

import streamlit as st

from backend.configuration import GLOBAL, Side
from backend.queries import RunsPage
from dashboard import look
from dashboard.components.heat_map import heat_map
from dashboard.data import catalogue, components_of
from dashboard.grid_sheets import FLAGS, grid_row, quality_columns
from dashboard.look import StatusLook
from dashboard.overview.words import link
from models.vocabulary import Status

_OPEN = "overview-opened"
_SHOWN = (Status.BAD, Status.STANDBY, Status.EXCLUDED, Status.NOTSET, None, Status.GOOD)


def heat_card(found: RunsPage) -> None:
    """Draw it, the latest run at the right."""
    columns = quality_columns(catalogue(), FLAGS, components_of(Side.ONLINE, GLOBAL))
    names = frozenset(column.name for column in columns)
    legend = "".join(_entry(look.status_look(status), status) for status in _SHOWN)
    way = link("online", "Open in Online", css="ov-button")
    title = f"Last {len(found.rows)} runs" if len(found.rows) > 1 else "Last runs"
    st.html(
        f'<div class="ov-head"><h2>{title}</h2><span>height: share of LS</span>'
        f'<em class="ov-legend">{legend}{way}</em></div>'
    )
    heat_map(
        columns=columns,
        runs=[grid_row(run, FLAGS, names) for run in reversed(found.rows)],
        key="overview-heat",
        open_run=lambda run, column: st.session_state.update({_OPEN: (run, column)}),
    )


def run_asked_for() -> str | None:
    """The run whose cell was clicked."""
    opened = st.session_state.pop(_OPEN, None)
    return None if opened is None else str(opened[0])


def _entry(status_look: StatusLook, status: Status | None) -> str:
    word = status_look.word if status is not None else "no value"
    letter = "" if status is Status.GOOD else status_look.letter
    return f'<span><i class="ov-swatch {status_look.word.lower()}">{letter}</i>{word}</span>'
