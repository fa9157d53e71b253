"""Log: every act, who did it, when and why; the difference it made, and to take it back."""

import streamlit as st

from backend.errors import NotFound
from backend.queries.log import LogEntry, LogFilter, LogPage
from dashboard.asking import question
from dashboard.components.row_list import Column, Mark, Row, Tone, row_list
from dashboard.literal import literal
from dashboard.log_act import PAGE, act_card
from dashboard.log_data import AT_ONCE, one_act, page_of_acts, undone_now
from dashboard.log_filter import log_filter
from dashboard.log_taken import log_taken
from dashboard.session import from_address, to_address
from models.vocabulary import ActKind

_COLUMNS = (
    Column("Act", "name", 76),
    Column("When, UTC", "time", 156),
    Column("Who", width=120),
    Column("Kind", "pill", 128),
    Column("About", width=210),
    Column("Why"),
    Column("", "pill", 92),
)
_QUIET = frozenset({ActKind.INGEST, ActKind.CLASSIFY, ActKind.SETUP, ActKind.PROPOSAL})


def log() -> None:
    """The page, top to bottom: what is asked, the acts, and the one that one looks at."""
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center"):
        st.html('<span class="rr-title" role="heading" aria-level="1">Log</span>', width="content")
        asked = log_filter()
    page = page_of_acts(asked, _number("before"))
    chosen = _number("act")
    with st.container(key="log-main", horizontal=True, gap="small"):
        with st.container(key="log-list"):
            _acts(page, chosen)
            _pager(page, asked)
        if chosen is not None:
            with st.container(key="log-side", width=460):
                _act(page, chosen, asked)
    question(PAGE)


def _acts(page: LogPage, chosen: int | None) -> None:
    undone = undone_now(page.entries)
    row_list(
        columns=_COLUMNS,
        rows=[_row(entry, is_undone=entry.change_set in undone) for entry in page.entries],
        key="log-acts",
        label="Acts",
        selected=None if chosen is None else str(chosen),
        choose=lambda id_: to_address(act=id_),
        empty="No act matches. Clear the filter, or look at other days.",
        leave_below=44,
    )


def _row(entry: LogEntry, *, is_undone: bool) -> Row:
    kind = Mark(entry.kind.value, _tone(entry.kind))
    about = Mark(_about(entry), title="\n".join(entry.told.lines))
    undone = Mark("undone", "quiet", f"by {entry.undone_by[-1].by}") if is_undone else None
    cells = (str(entry.change_set), entry.at, entry.by, kind, about, entry.why, undone)
    return Row(str(entry.change_set), cells, is_undone)


def _tone(kind: ActKind) -> Tone:
    return "quiet" if kind in _QUIET else "warn" if kind is ActKind.UNDO else "accent"


def _about(entry: LogEntry) -> str:
    told, runs = entry.told, entry.told.runs
    if not runs:
        return told.lines[0] if told.lines else "nothing"
    named = f"run {runs[0]}" if len(runs) == 1 else f"{len(runs):,} runs"
    return f"{named}, {told.datasets:,} datasets" if told.datasets > 1 else named


def _act(page: LogPage, chosen: int, asked: LogFilter) -> None:
    entry = next((entry for entry in page.entries if entry.change_set == chosen), None)
    try:
        act_card(entry or one_act(chosen), asked.run_number)
    except NotFound as error:
        st.warning(literal(str(error)))


def _pager(page: LogPage, asked: LogFilter) -> None:
    """Pages go by change set: acts that come meanwhile move none of them."""
    before = _number("before")
    with st.container(key="log-pager", horizontal=True, vertical_alignment="center"):
        if page.entries:
            said = f"Acts {page.entries[0].change_set} to {page.entries[-1].change_set}"
            st.html(f'<span class="rr-label">{said}</span>', width="content")
        st.space("stretch")
        log_taken(asked, before=before, limit=AT_ONCE)
        st.button("Latest", key="log-latest", disabled=before is None, on_click=to_address, kwargs={"before": None})
        earlier = {"before": str(page.before)}
        st.button("Earlier", key="log-earlier", disabled=page.before is None, on_click=to_address, kwargs=earlier)


def _number(name: str) -> int | None:
    said = from_address(name)
    return int(said) if said.isdecimal() and len(said) < 16 else None


log()
