"""What the figure shows and what it does not, below it; and the way back from a part of it."""

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboard.explore.asked import BITS, Asked
from dashboard.explore.plot import is_counted
from dashboard.session import to_address


def figure_foot(asked: Asked, data: pl.DataFrame, drawn: pl.DataFrame, figure: go.Figure) -> None:
    """Draw it: how many runs there are, how many of them are counted in cells, and how many have no value."""
    what = "bits" if asked.plot == BITS else "runs"
    of_part = "" if asked.within is None else " in this part of the figure"
    said = [f"{drawn.height:,} {what}{of_part}"]
    if is_counted(asked, data):
        alone = sum(len(trace.customdata) for trace in figure.data[1:])
        said.append(f"density: {drawn.height - alone:,} are counted in cells, {alone:,} lie alone and are points")
    if left := data.height - drawn.height:
        said.append(f"{left:,} without a value are not drawn")
    with st.container(key="explore-foot", horizontal=True, vertical_alignment="center"):
        st.html(f'<div class="ov-foot">{"; ".join(said)}</div>')
        if asked.within is not None:
            st.button("Back to all", key="explore-all", on_click=to_address, kwargs={"within": None})
