"""The figure taken away: as a page of its own, its data as CSV, and the Python that reads the same points."""

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from backend.queries import RUNS, format_filter
from backend.queries.quantities import Quantity
from dashboard.explore.asked import BITS, Asked
from dashboard.explore.plot import file_name, shown_data
from dashboard.golden.figure import csv_button
from dashboard.taking_away import registry_program

_CAMERAS = {"png": "PNG", "svg": "SVG"}


def take_away(asked: Asked, data: pl.DataFrame, figure: go.Figure) -> str:
    """Draw the ways out; gives what the camera over the figure makes."""
    name = file_name(asked)
    with st.popover("Download", key="explore-download"):
        csv_button(shown_data(asked, data), key="explore-csv", name=name)
        st.download_button(
            "Figure as HTML",
            data=lambda: figure.to_html(include_plotlyjs=True).encode(),
            file_name=f"{name}.html",
            mime="text/html",
            on_click="ignore",
            key="explore-html",
        )
        camera = st.segmented_control(
            "The camera over the figure gives",
            list(_CAMERAS),
            format_func=_CAMERAS.__getitem__,
            key="explore-camera",
            default="png",
            required=True,
        )
    with st.popover("As Python", key="explore-python"):
        program = registry_program("A polars frame of what is plotted.", "points", *_call(asked))
        st.caption(program.gives)
        st.code(program.text, language="python")
    return str(camera)


def _call(asked: Asked) -> tuple[str, ...]:
    said = format_filter(asked.filter, RUNS)
    filtered = f", filter=parse_filter({said!r}, RUNS)" if said else ""
    imports = ["from backend.queries import columns_catalogue"]
    imports += ["from backend.queries import RUNS, parse_filter"] if said else []
    y = _written(asked.y)
    imports.append("from backend.queries.quantities import quantity, worst_of")
    if asked.plot == BITS:
        return f"by_dcs_bits(session, y={y}{filtered})", "from backend.queries.exploring import by_dcs_bits", *imports
    colour = "" if asked.colour is None else f", colour={_written(asked.colour)}"
    call = f"runs_as_points(session, y={y}, x={_written(asked.x)}{colour}{filtered})"
    return call, "from backend.queries.exploring import runs_as_points", *imports


def _written(of: Quantity) -> str:
    if of.of is not None and of.status is None and of.bit is None:
        return f"worst_of({of.of!r})"
    return f"quantity({of.text!r}, columns_catalogue(session))"
