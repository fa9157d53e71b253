"""Which day or week: it stands in the address, ``?period=2018-10-24`` or ``?period=2018-W43``."""

from datetime import UTC, date, datetime

import streamlit as st

from backend.errors import InvalidInput
from backend.queries.periods import Period, Span
from dashboard.reports.data import last_day
from dashboard.session import from_address, to_address

_SPANS = {Span.DAY: "Daily shift", Span.WEEK: "Weekly DC"}


def asked() -> Period:
    """Draw the controls and give the period; an address that names none is said, and leads to the last day."""
    period = _in_address()
    span = st.segmented_control(
        "Report",
        list(_SPANS),
        format_func=_SPANS.__getitem__,
        default=period.span,
        key=f"report-span-{period}",
        required=True,
        label_visibility="collapsed",
    )
    if Span(str(span)) is not period.span:
        _go(Period.of(Span(str(span)), period.first))
        st.rerun()
    st.button("◀", key="report-before", on_click=_go, args=(period.moved(-1),), help=f"The {period.span} before")
    day = st.date_input("Day", value=period.first, key=f"report-day-{period}", label_visibility="collapsed", width=130)
    st.button("▶", key="report-after", on_click=_go, args=(period.moved(1),), help=f"The {period.span} after")
    if isinstance(day, date) and Period.of(period.span, day) != period:
        _go(Period.of(period.span, day))
        st.rerun()
    return period


def _in_address() -> Period:
    written = from_address("period") or last_day() or datetime.now(UTC).date().isoformat()
    try:
        return Period.read(written)
    except InvalidInput as error:
        st.warning(str(error))
        return Period.read(last_day() or datetime.now(UTC).date().isoformat())


def _go(period: Period) -> None:
    to_address(period=str(period))
