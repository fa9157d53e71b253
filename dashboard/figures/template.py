"""The one template of every plotly figure: the registry's type, lines and colours, for each theme.

Figures are shown with ``st.plotly_chart(figure, theme=None)``, so that Streamlit's own template stays out of it.
"""

from functools import cache

import plotly.graph_objects as go

from dashboard import look
from dashboard.look import Theme


@cache
def template(theme: Theme) -> go.layout.Template:
    """The template for a theme: quiet grid, no legend box, tabular type, zoom replaced by selecting.

    The colour way is the luminosity's, from certified to delivered; statuses and subsystems are coloured by name.
    """
    ink, quiet, line = (look.ui_colour(name, theme) for name in ("ink", "ink3", "border"))
    axis = {
        "gridcolor": line,
        "linecolor": look.ui_colour("border_strong", theme),
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": line,
        "tickfont": {"color": quiet, "size": look.tokens()["type"]["scale"]["label"]},
        "title": {"font": {"color": look.ui_colour("ink2", theme), "size": look.tokens()["type"]["scale"]["label"]}},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": look.tokens()["type"]["family"], "size": 12, "color": ink},
            "title": {"font": {"size": look.tokens()["type"]["scale"]["h2"]}, "x": 0, "xanchor": "left"},
            "colorway": [
                look.luminosity_colour(step, theme) for step in ("certified", "dcs_good", "recorded", "delivered")
            ],
            "paper_bgcolor": look.ui_colour("panel", theme),
            "plot_bgcolor": look.ui_colour("panel", theme),
            "xaxis": {**axis, "showgrid": False},
            "yaxis": axis,
            "hoverlabel": {
                "bgcolor": look.ui_colour("panel", theme),
                "bordercolor": look.ui_colour("border_strong", theme),
                "font": {"color": ink, "size": 12},
                "align": "left",
            },
            "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "font": {"size": 12}},
            "margin": {"l": 48, "r": 16, "t": 32, "b": 40},
            "dragmode": "select",
            "separators": ".,",
        }
    )


def faint(colour: str, opacity: float) -> str:
    """A hex colour, to be seen through.

    >>> faint("#16307A", 0.1)
    'rgba(22,48,122,0.1)'
    """
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
