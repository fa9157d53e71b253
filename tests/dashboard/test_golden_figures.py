"""The figures of the Golden JSON page: they draw what their data say, in the field's colours, in both themes."""

import numpy as np
import plotly.graph_objects as go
import pytest
from plotly.basedatatypes import BaseTraceType

from backend.golden.loss import account
from backend.golden.loss_map import loss_map
from backend.golden.loss_mapping import Category
from backend.golden.loss_tables import by_category
from backend.golden.progress import Along, by_fill
from dashboard import look
from dashboard.figures.loss_map import loss_map_data, loss_map_figure
from dashboard.figures.losses import Measure, loss_bars, loss_pie, losses_data, total_line
from dashboard.figures.luminosity import (
    cumulative_data,
    cumulative_figure,
    fills_data,
    fills_figure,
    label_places,
)
from tests.lossy import Stretch, clause_about
from tests.unit.test_progress import CLAUSES, HCAL, of_three, weighed

JETMET, STRIP = clause_about(CLAUSES, "-jetmet"), clause_about(CLAUSES, "-strip")
LOSS = account(
    weighed(
        Stretch(1, 1, 6, frozenset({HCAL})),
        Stretch(1, 7, 9, frozenset({HCAL, JETMET})),
        Stretch(2, 1, 2, frozenset({STRIP})),
        Stretch(2, 3, 20),
    )
)
TABLE = by_category(LOSS)


def drawn(figure: go.Figure, *traces: int) -> list[BaseTraceType]:
    """The traces."""
    return [figure.data[at] for at in traces]


@pytest.mark.parametrize("theme", look.THEMES)
def test_the_bars_are_the_exclusive_losses_in_the_inclusive_ones(theme):
    assert losses_data(TABLE).rows() == [
        ("HCAL", 6.0, 9.0, pytest.approx(6 / 11)),
        ("Mixed", 3.0, None, pytest.approx(3 / 11)),
        ("Strip", 2.0, 2.0, pytest.approx(2 / 11)),
        ("JetMET", 0.0, 3.0, 0.0),
    ]
    pale, solid, strip = drawn(loss_bars(TABLE, theme), 0, 1, 2)
    assert list(pale["x"]) == [9.0, 3.0, 2.0, 3.0]
    assert list(solid["x"]) == list(strip["x"]) == [6.0, 3.0, 2.0, 0.0]
    assert list(strip["base"]) == [0, 6.0, 9.0, 11.0]
    assert list(solid["marker"]["color"]) == ["#000080", "#f58231", "#000000", "#f032e6"]
    assert pale["text"][0].startswith("<b>6</b>")
    assert ">9<" in pale["text"][0]
    assert pale["text"][1:3] == ("<b>3</b>", "<b>2</b>")


def test_black_strip_is_outlined_on_dark_ground_alone():
    dark, light = (drawn(loss_bars(TABLE, theme), 1)[0]["marker"]["line"] for theme in ("dark", "light"))
    assert (dark["color"], list(dark["width"])) == (look.outline_colour("dark"), [1, 1, 1, 0])
    assert list(light["width"]) == [0, 0, 0, 0]


def test_the_total_is_said_in_words_that_add_up():
    assert total_line(TABLE) == "<b>11 /pb</b> = 3 mixed + 8 exclusive = recorded − kept"
    assert total_line(TABLE, Measure.LUMISECTIONS) == "<b>11 LS</b> = 3 mixed + 8 exclusive = all − kept"
    assert total_line(by_category(account(weighed()))) == "<b>0 /pb</b> = 0 exclusive = recorded − kept"


@pytest.mark.parametrize("theme", look.THEMES)
def test_the_pie_is_the_exclusive_losses(theme):
    (pie,) = drawn(loss_pie(TABLE, theme), 0)
    assert dict(zip(pie["labels"], pie["values"], strict=True)) == {"HCAL": 6.0, "Mixed": 3.0, "Strip": 2.0}
    assert pie["text"] == ("HCAL 54.5%", "Mixed 27.3%", "Strip 18.2%")


@pytest.mark.parametrize("theme", look.THEMES)
@pytest.mark.parametrize("along", Along)
def test_the_curves_end_at_the_sums_beside_them(theme, along):
    figure = cumulative_figure(of_three(), along, theme)
    shown = cumulative_data(of_three(), along)
    steps = ("delivered", "recorded", "dcs_good", "certified")
    assert [list(trace["y"]) for trace in drawn(figure, 0, 1, 2, 3)] == [shown[f"{s}_per_fb"].to_list() for s in steps]
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert texts[:2] == ["<b>2018A</b>", "<b>2018B</b>"]
    assert [text.partition("</span> ")[2] for text in texts[2:]] == [
        "<b>0.05</b> Delivered",
        "<b>0.03</b> Recorded",
        "<b>0.02</b> DCS-good",
        "<b>0.02</b> Certified",
    ]
    assert len(figure.layout.shapes) == 2


def test_labels_that_stand_too_close_move_apart():
    assert label_places([1.0, 0.99, 0.5]) == pytest.approx([1.0, 0.945, 0.5])


@pytest.mark.parametrize("theme", look.THEMES)
def test_every_fill_has_a_point_for_each_efficiency(theme):
    fills = by_fill(of_three())
    figure = fills_figure(fills, theme)
    assert [trace["name"] for trace in drawn(figure, 0, 1, 2)] == ["data taking", "DCS-good", "certification"]
    assert list(drawn(figure, 2)[0]["y"]) == fills_data(fills)["certification"].to_list() == pytest.approx([0.8, 0.4])


@pytest.mark.parametrize("theme", look.THEMES)
def test_the_map_gives_every_class_its_colour(theme):
    grid = loss_map(LOSS, columns=20)
    (heat,) = drawn(loss_map_figure(grid, theme), 0)
    assert loss_map_data(grid)["class"].to_list() == ["HCAL", "Mixed", "Strip", "kept"]
    names = list(heat["colorbar"]["ticktext"])
    colours = [colour for _, colour in heat["colorscale"]][::2]
    assert dict(zip(names, colours, strict=True)).items() >= {"HCAL": "#000080", "Mixed": "#f58231"}.items()
    shown = np.asarray(heat["z"])
    assert [names[int(shown[row, column])] for row, column in ((0, 0), (0, 8), (1, 0), (1, 19))] == [
        "HCAL", "Mixed", "Strip", "kept",
    ]  # fmt: skip
    assert np.isnan(shown[0, 9:]).all()


def test_a_map_of_five_hundred_runs_is_light_enough_for_a_page():
    stretches = [Stretch(run, 1 + 300 * at, 300 * (at + 1), frozenset({HCAL} if (run + at) % 7 == 0 else ()))
                 for run in range(1, 501) for at in range(10)]  # fmt: skip
    figure = loss_map_figure(loss_map(account(weighed(*stretches))), "light")
    assert len(figure.to_json()) < 3_000_000


@pytest.mark.parametrize("theme", look.THEMES)
def test_every_figure_of_nothing_is_drawn_empty(theme):
    nothing = account(weighed())
    table, runs = by_category(nothing), of_three().clear()
    for figure in (
        loss_bars(table, theme), loss_pie(table, theme), cumulative_figure(runs, Along.TIME, theme),
        fills_figure(by_fill(runs), theme), loss_map_figure(loss_map(nothing), theme),
    ):  # fmt: skip
        assert figure.to_json()


def test_every_category_has_a_colour_of_its_own():
    colours = [look.loss_colour(category.value).lower() for category in Category]
    assert len(set(colours)) == len(colours)
