"""How luminosity became certified: added up along time, fills or runs; by fill; or run by run on a map."""

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from backend.golden.loss import View
from backend.golden.loss_map import loss_map
from backend.golden.progress import Along, by_fill
from backend.queries.golden_jsons import GoldenJsonFacts
from dashboard import look
from dashboard.figures.loss_map import loss_map_data, loss_map_figure
from dashboard.figures.luminosity import cumulative_data, cumulative_figure, fills_figure
from dashboard.golden.data import Analysis
from dashboard.golden.figure import csv_button, draw
from dashboard.golden.words import share

_FILLS, _MAP = "By fill", "Map"
_HEIGHT = 330


def progress_card(facts: GoldenJsonFacts, analysis: Analysis) -> None:
    """Draw the card."""
    with st.container(key="gj-progress-head", horizontal=True, vertical_alignment="center"):
        st.html('<div class="gj-title"><h2>Luminosity</h2></div>', width="content")
        st.space("stretch")
        shown = st.segmented_control(
            "Along",
            [*Along, _FILLS, _MAP],
            key="gj-along",
            default=Along.TIME,
            required=True,
            label_visibility="collapsed",
        )
        name = f"golden-json-{facts.id}-{str(shown).lower().replace(' ', '-')}"
        figure, data = _figure(analysis, str(shown))
        csv_button(data, key=f"gj-progress-csv-{shown}", name=name)
    draw(figure, key=f"gj-progress-{facts.id}-{shown}", name=name, height=_HEIGHT)
    of = analysis.efficiencies
    st.html(
        f'<div class="gj-foot"><span>Data taking <b>{share(of.data_taking)}</b></span>'
        f"<span>DCS-good <b>{share(of.dcs_good)}</b></span><span>Certification <b>{share(of.certification)}</b></span>"
        f"<span>Golden over DCS <b>{share(of.golden_over_dcs)}</b></span></div>"
    )


def _figure(analysis: Analysis, shown: str) -> tuple[go.Figure, pl.DataFrame]:
    """The figure and what it shows."""
    if shown == _MAP:
        drawn = loss_map(analysis.losses[View.ALL])
        return loss_map_figure(drawn, look.current_theme()), loss_map_data(drawn)
    if shown == _FILLS:
        fills = by_fill(analysis.runs)
        return fills_figure(fills, look.current_theme()), fills
    along = Along(shown)
    return cumulative_figure(analysis.runs, along, look.current_theme()), cumulative_data(analysis.runs, along)
