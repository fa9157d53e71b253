"""The cycle that a desk works on: which, when it is due, how far it is; it narrows the list to its datasets."""

from html import escape

import streamlit as st

from backend.queries import EVERYTHING, Condition, CycleFacts, Filter, Operator, cycles
from dashboard.data import reading
from dashboard.session import from_address, to_address

_CYCLE, _NONE = "cycle", 0


def cycle_picker(workspace: str, as_of: int) -> Filter:
    """Draw the choice among the cycles that the workspace has yet to complete; where there is none, nothing."""
    pending = {cycle.id: cycle for cycle in _pending(workspace, as_of)}
    if not pending:
        return EVERYTHING
    asked = from_address(_CYCLE)
    options = [_NONE, *pending]
    current = int(asked) if asked.isdecimal() and int(asked) in pending else _NONE
    chosen = st.selectbox(
        "Cycle",
        options,
        index=options.index(current),
        format_func=lambda id_: _named(pending[id_]) if id_ in pending else "No cycle",
        key=f"cycle-of-{workspace}",
        label_visibility="collapsed",
        width=230,
    )
    to_address(**{_CYCLE: str(chosen) if chosen else None})
    if not chosen:
        return EVERYTHING
    st.html(_progress(pending[chosen], workspace), width="content")
    return Condition("cycle", Operator.IS, chosen)


@st.cache_resource(max_entries=64, show_spinner=False)
def _pending(workspace: str, as_of: int) -> tuple[CycleFacts, ...]:
    """Until there is another act than the latest, ``as_of``, what was read holds, for everybody."""
    with reading() as session:
        return cycles(session, workspace, only_pending=True)


def _named(cycle: CycleFacts) -> str:
    return f"{cycle.name} · due {cycle.deadline:%a %d %b}" if cycle.deadline else cycle.name


def _progress(cycle: CycleFacts, workspace: str) -> str:
    progress = cycle.progress[workspace]
    share = progress.completed / progress.of if progress.of else 1
    return (
        f'<span class="rr-cycle" title="{escape(cycle.description)}"><i style="width:{share:.1%}"></i></span> '
        f"<span><b>{progress.completed:,}</b> of {progress.of:,} done</span>"
    )
