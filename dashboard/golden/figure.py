"""A figure of the page, with a PNG by plotly's own camera, and its data as CSV beside it."""

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboard.taking_away import csv_of


def draw(figure: go.Figure, *, key: str, name: str, height: int) -> object:
    """Draw it; the camera that appears over it gives a PNG of this name. Gives what was clicked."""
    figure.update_layout(height=height)
    return st.plotly_chart(
        figure,
        theme=None,
        key=key,
        on_select="rerun",
        selection_mode="points",
        config={
            "displaylogo": False,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {"format": "png", "filename": name, "scale": 2},
        },
    )


def csv_button(data: pl.DataFrame, *, key: str, name: str) -> None:
    """The figure's data as CSV."""
    st.download_button(
        "CSV",
        data=lambda: csv_of(data.columns, data.iter_rows()),
        file_name=f"{name}.csv",
        mime="text/csv",
        on_click="ignore",
        key=key,
    )
