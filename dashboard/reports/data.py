"""What Reports reads: a period as it stands, and what the golden recipe makes of its runs."""

import streamlit as st

from backend.db import engine
from backend.golden.standing import Standing, standing
from backend.queries.live import latest_change
from backend.queries.periods import Period
from backend.queries.reporting import Report, report_of
from backend.queries.taking import latest_start
from dashboard.data import reading
from dashboard.overview.data import recipe_now


def report_now(period: Period) -> Report:
    """The report of a period as it stands now."""
    return _report(str(period), _now())


def standing_in(report: Report) -> Standing | None:
    """What is certified of the runs of a report; none where there is no run, or no recipe is asked of any dataset."""
    if not report.runs.height:
        return None
    return _standing(int(report.runs["run_number"][0]), int(report.runs["run_number"][-1]), report.change_set)


@st.cache_data(ttl=60, show_spinner=False)
def last_day() -> str | None:
    """The day on which the last run began, as a period is written."""
    with reading() as session:
        found = latest_start(session)
    return None if found is None else found.date().isoformat()


@st.cache_resource(max_entries=16, show_spinner="The report is written …")
def _report(period: str, change_set: int) -> Report:
    with reading() as session:
        return report_of(session, Period.read(period))


@st.cache_resource(max_entries=16, show_spinner="What is certified is added up …")
def _standing(first: int, last: int, change_set: int) -> Standing | None:
    recipe = recipe_now()
    return None if recipe is None else standing(engine(), recipe, (first, last))


def _now() -> int:
    with reading() as session:
        return latest_change(session).change_set
