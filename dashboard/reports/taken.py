"""A report taken away: as a file of HTML, as PDF, each table as CSV; or printed from the browser."""

from datetime import datetime

import streamlit as st

from dashboard.reports.page import file_html
from dashboard.reports.pdf import pdf_of
from dashboard.reports.tables import Figure, Sheet
from dashboard.taking_away import Table, registry_program, take_away


def take_report(
    title: str,
    body: str,
    content: tuple[tuple[Figure, ...], tuple[Sheet, ...]],
    *,
    name: str,
    made_at: datetime,
    change_set: int,
) -> None:
    """Draw the ways out; files are made when they are asked for."""
    figures, sheets = content
    st.download_button(
        "HTML",
        data=lambda: file_html(body, title),
        file_name=f"report-{name}.html",
        mime="text/html",
        on_click="ignore",
        key="report-html",
    )
    st.download_button(
        "PDF",
        data=lambda: pdf_of(title, figures, sheets, made_at=made_at, change_set=change_set),
        file_name=f"report-{name}.pdf",
        mime="application/pdf",
        on_click="ignore",
        key="report-pdf",
    )
    tables = [_table(sheet, name) for sheet in sheets if sheet.rows]
    program = registry_program(
        "The report as polars frames: runs, said, express, states, open.",
        "report",
        f"report_of(session, Period.read({name!r}))",
        "from backend.queries.periods import Period",
        "from backend.queries.reporting import report_of",
    )
    take_away("report", tables, [program])


def _table(sheet: Sheet, name: str) -> Table:
    title = sheet.title.partition(" (")[0]
    return Table(
        title, f"{title.lower().replace(' ', '-').replace(',', '')}-{name}.csv", lambda: (sheet.heads, sheet.rows)
    )
