"""Explore: any quantity of the runs against any other, its distribution, and how it goes with the DCS bits."""

import streamlit as st

from dashboard.explore.asked import BITS, asked
from dashboard.explore.data import bits_now, points_now
from dashboard.explore.foot import figure_foot
from dashboard.explore.plot import draw, figure_of
from dashboard.explore.selected import selected_card
from dashboard.explore.taken import take_away


def explore() -> None:
    """The page, top to bottom: what is plotted, of which runs, the figure, and the runs chosen in it."""
    wanted = asked()
    if wanted is None:
        return
    data = bits_now(wanted) if wanted.plot == BITS else points_now(wanted)
    figure = figure_of(wanted, data)
    with st.session_state.pop("explore-ways-out"):
        camera = take_away(wanted, data, figure)
    drawn = data.drop_nulls("correlation" if wanted.plot == BITS else ["x", "y"])
    with st.container(key="explore-figure", gap=None):
        if not drawn.height:
            st.html(
                '<div class="ov-quiet ov-tall">No run that matches has both: choose others, or clear the filter.</div>'
            )
            return
        chosen = draw(wanted, data, figure, camera=camera)
        figure_foot(wanted, data, drawn, figure)
    if chosen.is_click:
        st.switch_page("views/run.py", query_params={"run": str(chosen.runs[0])})
    if wanted.plot != BITS:
        with st.container(key="explore-chosen", gap=None):
            selected_card(wanted, data, chosen)


explore()
