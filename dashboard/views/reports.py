"""Reports: a day for the shift, a week for the data certification meeting; to be read, printed, kept."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.reports.asked import asked
from dashboard.reports.data import report_now, standing_in
from dashboard.reports.page import body_html, style
from dashboard.reports.tables import figures_of, sheets_of, title_of
from dashboard.reports.taken import take_report


def reports() -> None:
    """The page, top to bottom: which period, the ways out, the report."""
    st.html(f"<style>{style()}</style>")
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center"):
        st.html('<span class="rr-title" role="heading" aria-level="1">Reports</span>', width="content")
        period = asked()
        st.space("stretch")
        ways_out = st.container(key="report-ways", horizontal=True, width="content")
    report, made_at = report_now(period), datetime.now(UTC)
    found = standing_in(report)
    title, content = title_of(report), (figures_of(report, found), sheets_of(report, found))

    def body(*, links: bool) -> str:
        return body_html(title, *content, made_at=made_at, change_set=report.change_set, links=links)

    with ways_out:
        take_report(title, body(links=False), content, name=str(period), made_at=made_at, change_set=report.change_set)
    st.html(body(links=True))


reports()
