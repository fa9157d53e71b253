"""How a quantity goes with the DCS bits: a bar for each bit, to the right where it grows with the bit being false."""

import plotly.graph_objects as go
import polars as pl

from dashboard import look
from dashboard.figures.template import template
from dashboard.look import Theme
from models.vocabulary import Bit

ROW_PX = 18


def bits_figure(bits: pl.DataFrame, theme: Theme) -> go.Figure:
    """The bars, the strongest on top; a bit that never differs has none.

    Parameters
    ----------
    bits
        As ``backend.queries.exploring.by_dcs_bits`` gives them.
    """
    shown = bits.drop_nulls("correlation").sort(pl.col("correlation").abs(), maintain_order=True)
    values = shown["correlation"].to_list()
    colours = [
        look.bit_colour(Bit.FALSE, theme) if v > 0 else look.luminosity_colour("dcs_good", theme) for v in values
    ]
    bar = go.Bar(
        x=values, y=shown["bit"].to_list(), orientation="h", marker={"color": colours},
        text=[f"{v:+.2f}" for v in values], textposition="outside", cliponaxis=False,
        customdata=shown.select("mean_all_true", "mean_some_false", "runs_all_true", "runs_some_false").rows(),
        hovertemplate="<b>%{y}</b> correlation %{x:+.3f}"
        "<br>never false in %{customdata[2]:,} runs: mean %{customdata[0]:,.4~g}"
        "<br>false somewhere in %{customdata[3]:,} runs: mean %{customdata[1]:,.4~g}<extra></extra>",
    )  # fmt: skip
    figure = go.Figure(bar)
    figure.update_layout(
        template=template(theme), showlegend=False, bargap=0.3, margin={"l": 120, "r": 40, "t": 12, "b": 44},
        height=max(240, 70 + ROW_PX * shown.height),
    )  # fmt: skip
    figure.update_xaxes(range=[-1.1, 1.1], title={"text": "correlation with the bit being false"}, zeroline=True,
                        zerolinecolor=look.ui_colour("border_strong", theme))  # fmt: skip
    figure.update_yaxes(showgrid=False, ticks="")
    return figure
