"""Luminosity lost by category: bars, exclusive in inclusive; beneath them the total in one strip; and a pie."""

from enum import StrEnum

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from backend.golden.loss_mapping import Category
from dashboard import look
from dashboard.figures.template import faint, template
from dashboard.look import Theme

_ROW_PX, _STRIP_PX, _AROUND_PX = 17, 12, 110
_PALE = 0.28
_LABELLED = 0.03
"""A slice of the pie that is smaller is named by the pointer alone."""


class Measure(StrEnum):
    """What a loss is counted in, as the ends of the columns of ``backend.golden.loss_tables.by_category``."""

    RECORDED = "recorded_per_pb"
    DELIVERED = "delivered_per_pb"
    LUMISECTIONS = "lumisections"

    @property
    def unit(self) -> str:
        """The unit beside every number."""
        return "LS" if self is Measure.LUMISECTIONS else "/pb"


def losses_data(table: pl.DataFrame, measure: Measure = Measure.RECORDED) -> pl.DataFrame:
    """What the bars show: ``category str · exclusive · inclusive · share f64`` of the total; greatest exclusive first.

    ``inclusive`` is null for Mixed.
    """
    exclusive, inclusive = pl.col(f"exclusive_{measure}"), pl.col(f"inclusive_{measure}")
    total = exclusive.sum()
    share = pl.when(total > 0).then(exclusive / total).alias("share")
    shown = table.select("category", exclusive.alias("exclusive"), inclusive.alias("inclusive"), share)
    return shown.sort("exclusive", "inclusive", descending=True, nulls_last=True, maintain_order=True)


def loss_bars(table: pl.DataFrame, theme: Theme, measure: Measure = Measure.RECORDED) -> go.Figure:
    """Bars of the losses, exclusive solid and inclusive pale, and the strip of all exclusive ones, which add up.

    Parameters
    ----------
    table
        As ``backend.golden.loss_tables.by_category`` gives it.
    """
    shown = losses_data(table, measure)
    rows = max(len(shown), 1)
    bars_px, strip_px = rows * _ROW_PX, _STRIP_PX
    figure = make_subplots(rows=2, row_heights=[bars_px, strip_px], vertical_spacing=12 / (bars_px + strip_px + 12))
    for bar in _bars(shown, theme, measure):
        figure.add_trace(bar, row=1, col=1)
    figure.add_trace(_strip(shown, theme, measure), row=2, col=1)
    reach = max([*shown["exclusive"], *shown["inclusive"].drop_nulls()], default=0) or 1
    figure.update_layout(
        template=template(theme), barmode="overlay", bargap=0.35, showlegend=False,
        height=bars_px + strip_px + _AROUND_PX, margin={"l": 80, "r": 16, "t": 8, "b": 48},
    )  # fmt: skip
    figure.update_yaxes(row=1, autorange="reversed", showgrid=False, ticks="", ticklabelstandoff=6, showline=False)
    figure.update_xaxes(row=1, range=[0, reach * 1.18], showgrid=False, ticks="", showticklabels=False, showline=False)
    figure.update_yaxes(row=2, visible=False, range=[-0.5, 0.5])
    total = shown["exclusive"].sum() or 1
    figure.update_xaxes(row=2, range=[0, total], showticklabels=False, ticks="", showline=False)
    figure.update_xaxes(row=2, title={"text": total_line(table, measure), "standoff": 6})
    return figure


def total_line(table: pl.DataFrame, measure: Measure = Measure.RECORDED) -> str:
    """What adds up to the total, in words: ``3,990 /pb = 1,053 mixed + 512 tracker HV + 2,425 exclusive = …``."""
    shown = losses_data(table, measure)
    by_name = dict(zip(shown["category"], shown["exclusive"], strict=True))
    parts = [(name, by_name.pop(name.value)) for name in _CLASSES if name.value in by_name]
    words = [f"{number(amount, measure)} {_SAID[name]}" for name, amount in parts if amount]
    words.append(f"{number(sum(by_name.values()), measure)} exclusive")
    total = f"<b>{number(shown['exclusive'].sum(), measure)} {measure.unit}</b>"
    whole = {"recorded_per_pb": "recorded − kept", "delivered_per_pb": "delivered − kept"}.get(measure, "all − kept")
    return f"{total} = {' + '.join(words)} = {whole}"


def loss_pie(table: pl.DataFrame, theme: Theme, measure: Measure = Measure.RECORDED) -> go.Figure:
    """The exclusive losses as parts of the total, the greatest first, clockwise from the top."""
    shown = losses_data(table, measure).filter(pl.col("exclusive") > 0)
    names = [
        name if (share or 0) >= _LABELLED else "" for name, share in zip(shown["category"], shown["share"], strict=True)
    ]
    texts = [f"{name} {share:.1%}" if name else "" for name, share in zip(names, shown["share"], strict=True)]
    line = look.outline_colour(theme) or look.ui_colour("panel", theme)
    pie = go.Pie(
        labels=shown["category"].to_list(), values=shown["exclusive"].to_list(), text=texts, textinfo="text",
        textposition="outside", sort=False, direction="clockwise", hole=0.55,
        marker={"colors": _colours(shown), "line": {"color": line, "width": 1}},
        hovertemplate=f"%{{label}}<br>%{{value:,.4~f}} {measure.unit} · %{{percent}}<extra></extra>",
    )  # fmt: skip
    middle = f"<b>{number(shown['exclusive'].sum(), measure)}</b><br>{measure.unit} lost"
    figure = go.Figure(pie)
    figure.add_annotation(text=middle, showarrow=False, x=0.5, y=0.5, font={"size": 14})
    figure.update_layout(template=template(theme), showlegend=False, margin={"l": 80, "r": 80, "t": 32, "b": 32})
    return figure


def number(value: float, measure: Measure) -> str:
    """An amount as short as it can be read: whole lumisections, three figures of small luminosities.

    >>> number(1053.4, Measure.RECORDED), number(0.01234, Measure.RECORDED)
    ('1,053', '0.0123')
    """
    if measure is Measure.LUMISECTIONS or value >= 100 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.3g}"


_CLASSES = (Category.MIXED, Category.TRACKER_HV, Category.SHORT_RUN)
_SAID = {Category.MIXED: "mixed", Category.TRACKER_HV: "tracker HV", Category.SHORT_RUN: "short runs"}


def _bars(shown: pl.DataFrame, theme: Theme, measure: Measure) -> tuple[go.Bar, go.Bar]:
    """The pale bars with both numbers behind them, and the solid ones on top."""
    category, colours = shown["category"].to_list(), _colours(shown)
    reach = shown.select(pl.max_horizontal("exclusive", "inclusive")).to_series().to_list()
    line = look.outline_colour(theme)
    widths = [1 if line and alone else 0 for alone in shown["exclusive"]]
    quiet = look.ui_colour("ink3", theme)
    texts = [
        f"<b>{number(alone, measure)}</b>"
        + ("" if wide is None or wide == alone else f" <span style='color:{quiet}'>{number(wide, measure)}</span>")
        for alone, wide in zip(shown["exclusive"], shown["inclusive"], strict=True)
    ]
    hover = f"<b>%{{y}}</b><br>%{{x:,.4~f}} {measure.unit}"
    pale = go.Bar(
        x=reach, y=category, orientation="h", text=texts, textposition="outside", cliponaxis=False,
        constraintext="none",
        marker={"color": [faint(colour, _PALE) for colour in colours], "line": _pale_line(line)}, name="inclusive",
        hovertemplate=f"{hover} inclusive<extra></extra>", textfont={"size": 11.5}, customdata=category,
    )  # fmt: skip
    solid = go.Bar(
        x=shown["exclusive"].to_list(), y=category, orientation="h", name="exclusive", customdata=category,
        marker={"color": colours, "line": {"color": line, "width": widths}},
        hovertemplate=f"{hover} exclusive<extra></extra>",
    )  # fmt: skip
    return pale, solid


def _pale_line(line: str | None) -> dict[str, object]:
    return {"color": faint(line, 0.5), "width": 1} if line else {"width": 0}


def _strip(shown: pl.DataFrame, theme: Theme, measure: Measure) -> go.Bar:
    widths = shown["exclusive"].to_list()
    begins = [sum(widths[:at]) for at in range(len(widths))]
    line = {"color": look.outline_colour(theme) or look.ui_colour("panel", theme), "width": 1}
    return go.Bar(
        x=widths, base=begins, y=[0] * len(widths), orientation="h", width=1, showlegend=False,
        marker={"color": _colours(shown), "line": line}, customdata=shown["category"].to_list(),
        hovertemplate=f"<b>%{{customdata}}</b><br>%{{x:,.4~f}} {measure.unit}<extra></extra>",
    )  # fmt: skip


def _colours(shown: pl.DataFrame) -> list[str]:
    return [look.loss_colour(category) for category in shown["category"]]
