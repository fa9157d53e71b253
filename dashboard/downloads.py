"""Everything seen can be taken away: the table as CSV, and the call of the Python client that returns the same."""

from collections.abc import Sequence

import streamlit as st

from backend.queries import RUNS, Filter, Kind, Sort, format_filter, runs_page
from dashboard.data import reading
from dashboard.taking_away import csv_of

MOST_ROWS = 20_000
"""As many runs as one file holds; the API serves more."""


def download_of_runs(asked: Filter, sort: Sequence[Sort]) -> None:
    """The button that gives the runs of the page's filter as CSV; the file is made when it is asked for."""
    with st.popover("Download", key="download"):
        st.download_button(
            "Runs as CSV",
            data=lambda: runs_csv(asked, sort),
            file_name="runs.csv",
            mime="text/csv",
            on_click="ignore",
            key="download-csv",
        )
        st.caption("The filter as text")
        st.code(format_filter(asked, RUNS) or "(none: every run)", language=None)


def runs_csv(asked: Filter, sort: Sequence[Sort]) -> bytes:
    """The runs with all their attributes, and per flag and status the lumisections, as CSV."""
    with reading() as session:
        rows = runs_page(session, filter=asked, sort=sort, limit=MOST_ROWS, with_bits=False).rows
    names = [a.name for a in RUNS.attributes if a.kind is not Kind.WORDS]
    return csv_of(names, ([row.attributes.get(name) for name in names] for row in rows))
