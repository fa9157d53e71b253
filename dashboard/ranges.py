"""The ranges of a dataset as a table: what holds where, who said it and why; as people copy them into mails."""

import polars as pl
import streamlit as st

from backend.queries import Strip
from dashboard.taking_away import csv_of
from models.vocabulary import OMS_WORKSPACE, Bit, Status

SHOWN = ("Registry", "OMS", "Both")
_HEAD_PX, _ROW_PX, _MOST_PX = 38, 26, 720
_COLUMNS = {
    "column": st.column_config.TextColumn("Column", width="medium"),
    "first": st.column_config.NumberColumn("First LS", format="%d"),
    "last": st.column_config.NumberColumn("Last LS", format="%d"),
    "lumisections": st.column_config.NumberColumn("LS", format="%d"),
    "value": "Value",
    "origin": "Origin",
    "by": "By",
    "at": st.column_config.DatetimeColumn("At, UTC", format="D MMM YYYY HH:mm:ss", timezone="UTC"),
    "cause": "Cause",
    "comment": st.column_config.TextColumn("Comment", width="large"),
}
"""How the columns are called on the page; the download keeps their names."""
_SCHEMA = {
    "column": pl.String,
    "first": pl.Int32,
    "last": pl.Int32,
    "lumisections": pl.Int32,
    "value": pl.String,
    "origin": pl.String,
    "by": pl.String,
    "at": pl.Datetime("us", "UTC"),
    "cause": pl.String,
    "comment": pl.String,
}


def ranges_table(strip: Strip) -> None:
    """Draw the table of one dataset, with the choice of whose ranges, and its download."""
    with st.container(key="ranges-bar", horizontal=True, vertical_alignment="center"):
        shown = st.segmented_control(
            "Whose ranges",
            SHOWN,
            key="ranges",
            default="Both",
            required=True,
            bind="query-params",
            label_visibility="collapsed",
        )
        frame = ranges_frame(strip, str(shown))
        st.download_button(
            "Ranges as CSV",
            data=lambda: csv_of(frame.columns, frame.iter_rows()),
            file_name=f"ranges_{strip.run_number}.csv",
            mime="text/csv",
            on_click="ignore",
            key="ranges-csv",
        )
        st.caption(f"{len(frame):,} ranges of {len(strip.known):,} known lumisections: {strip.known}")
    shown_as = frame.with_columns(pl.col("cause", "comment").fill_null(""))
    height = min(_HEAD_PX + _ROW_PX * max(frame.height, 1), _MOST_PX)
    st.dataframe(
        shown_as, key="ranges-table", hide_index=True, height=height, row_height=_ROW_PX, column_config=_COLUMNS
    )


def ranges_frame(strip: Strip, shown: str) -> pl.DataFrame:
    """One row per range, in the order of the columns.

    Returns
    -------
    pl.DataFrame
        ``column · first · last · lumisections · value · origin · by · at · cause · comment``
    """
    rows = []
    for column in strip.columns:
        is_of_oms = column.column.workspace == OMS_WORKSPACE
        if shown != "Both" and is_of_oms != (shown == "OMS"):
            continue
        for said in column.segments:
            word = strip.words[said.word]
            rows.append(
                {
                    "column": str(column.column),
                    "first": said.range.first,
                    "last": said.range.last,
                    "lumisections": len(said.range),
                    "value": _word(said.value),
                    "origin": word.origin.name.lower(),
                    "by": word.by,
                    "at": word.at,
                    "cause": word.cause,
                    "comment": word.comment,
                }
            )
    return pl.DataFrame(rows, schema=_SCHEMA)


def _word(value: Status | Bit | int | str) -> str:
    match value:
        case Status():
            return value.word
        case Bit():
            return value.name.lower()
    return str(value)
