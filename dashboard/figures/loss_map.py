"""Runs against lumisections: where data are kept, and to what they are lost."""

import numpy as np
import plotly.graph_objects as go
import polars as pl

from backend.golden.loss_map import KEPT, NOTHING, LossMap
from backend.golden.loss_mapping import Category
from dashboard import look
from dashboard.figures.template import template
from dashboard.look import Theme

_MOST_ROW_PX, _LEAST_PX, _MOST_PX = 16, 240, 900
_MOST_LABELS = 16
"""So many runs are named beside the map, which may be drawn as low as a card."""


def loss_map_data(drawn: LossMap) -> pl.DataFrame:
    """What the map shows: ``run_number i64 · first i64 · last i64 · class str``, as :meth:`LossMap.places` gives it."""
    return drawn.places()


def loss_map_figure(drawn: LossMap, theme: Theme) -> go.Figure:
    """The map, a row for each run, the first at the top."""
    found = sorted(set(np.unique(drawn.codes).tolist()) - {NOTHING})
    colours = [_colour(drawn.name_of(code), code, theme) for code in found]
    position = np.zeros(256, np.int16)
    position[found] = np.arange(len(found))
    shown = np.where(drawn.codes == NOTHING, np.nan, position[drawn.codes]).astype(np.float32)
    names = np.array([drawn.name_of(code) for code in range(int(drawn.codes.max(initial=0)) + 1)], object)
    figure = go.Figure(
        go.Heatmap(
            z=shown, x0=(drawn.width + 1) / 2, dx=drawn.width, y=[str(run) for run in drawn.runs.tolist()],
            zmin=-0.5, zmax=max(len(found), 1) - 0.5, colorscale=_steps(colours), hoverongaps=False,
            text=names[drawn.codes],
            hovertemplate="<b>run %{y}</b>, LS about %{x:.0f}<br>%{text}<extra></extra>",
            colorbar={
                "tickvals": list(range(len(found))), "ticktext": [drawn.name_of(code) for code in found],
                "thickness": 12, "outlinewidth": 0, "ticks": "", "len": 1,
            },
        )
    )  # fmt: skip
    height = min(max(len(drawn.runs) * _MOST_ROW_PX, _LEAST_PX), _MOST_PX)
    figure.update_layout(template=template(theme), height=height, margin={"l": 64, "r": 16, "t": 8, "b": 40})
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, nticks=_MOST_LABELS)
    figure.update_xaxes(title={"text": "lumisection"}, rangemode="tozero")
    return figure


def _colour(name: str, code: int, theme: Theme) -> str:
    """Kept is the one quiet colour of the map; in dark it is light enough for black Strip to be seen.

    The grey of the tracker's high voltage would not be told from it there, and is drawn light.
    """
    if code == KEPT:
        return look.ui_colour("border_strong" if theme == "dark" else "border", theme)
    return look.ui_colour("ink2", theme) if (name, theme) == (Category.TRACKER_HV, "dark") else look.loss_colour(name)


def _steps(colours: list[str]) -> list[tuple[float, str]]:
    """A colour scale that knows only these colours, each over an equal part."""
    whole = max(len(colours), 1)
    steps = [(at / whole, colour) for at, colour in enumerate(colours)]
    stops = [((at + 1) / whole, colour) for at, colour in enumerate(colours)]
    return [step for pair in zip(steps, stops, strict=True) for step in pair] or [(0, "#888888"), (1, "#888888")]
