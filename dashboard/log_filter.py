"""What is asked of the Log: who, what kind, about which run, dataset and workspace, when, and which words."""

from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from backend.configuration import Side
from backend.queries.log import LogFilter
from dashboard.data import desks
from dashboard.literal import literal
from dashboard.session import to_address
from models.vocabulary import ActKind

_TEXTS = (  # the run is not called "run" in the address: that is the Run page's, and one goes there from here
    ("by", "Who", "S. Tanaka", 130),
    ("run_number", "Run", "325172", 90),
    ("dataset", "Dataset", "PromptReco", 130),
    ("text", "Words", "in reasons, comments, causes", 250),
)
_TOO_LONG = 10
"""A run number has fewer digits: more would not fit into the column."""
FIELDS = ("by", "run_number", "dataset", "text", "workspace", "kind", "since", "until")


def log_filter() -> LogFilter:
    """Draw the bar; what it says is in the address of the page."""
    with st.container(key="log-bar", horizontal=True, vertical_alignment="center"):
        said = {key: _text(key, label, hint, width) for key, label, hint, width in _TEXTS}
        names = sorted({w.workspace for side in Side for w in desks(side)})
        workspace = st.selectbox(
            "Workspace",
            names,
            index=None,
            placeholder="Workspace",
            key="workspace",
            bind="query-params",
            label_visibility="collapsed",
            width=130,
        )
        chosen = st.multiselect(
            "Kind",
            [kind.value for kind in ActKind],
            placeholder="Kind",
            key="kind",
            bind="query-params",
            label_visibility="collapsed",
        )
        st.html('<span class="rr-label">from</span>', width="content")
        since = _day("since", "From day")
        st.html('<span class="rr-label">to</span>', width="content")
        until = _day("until", "to day")
        is_empty = not any([*said.values(), workspace, chosen, since, until])
        st.button("Clear", type="tertiary", key="log-clear", on_click=_clear, disabled=is_empty)
    run = _run_number(said["run_number"].strip())
    return LogFilter(
        by=said["by"] or None,
        kinds=frozenset(map(ActKind, chosen)),
        run_number=run,
        dataset=said["dataset"] or None,
        workspace=workspace,
        since=_begin(since),
        until=None if until is None else _begin(until + timedelta(days=1)),
        text=said["text"] or None,
    )


def _run_number(typed: str) -> int | None:
    """The run; what is no number of a run is said, and no act is about it."""
    if not typed:
        return None
    if typed.isdecimal() and len(typed) < _TOO_LONG:
        return int(typed)
    st.error(literal(f"{typed!r:.80} is no run number."), icon=":material/filter_alt_off:")
    return 0


def _text(key: str, label: str, hint: str, width: int) -> str:
    return st.text_input(
        label,
        key=key,
        placeholder=f"{label}: {hint}" if key == "text" else label,
        bind="query-params",
        label_visibility="collapsed",
        width=width,
        on_change=_from_the_latest,
    )


def _day(key: str, label: str) -> date | None:
    day: date | None = st.date_input(
        label, None, key=key, format="YYYY-MM-DD", bind="query-params", label_visibility="collapsed", width=116
    )
    return day


def _begin(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)


def _from_the_latest() -> None:
    to_address(before=None)


def _clear() -> None:
    for key in FIELDS:
        st.session_state[key] = [] if key == "kind" else "" if key in dict.fromkeys(t[0] for t in _TEXTS) else None
    _from_the_latest()
