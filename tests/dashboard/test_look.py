"""The tokens are the one source: what the theme file says is theirs, and every status can be told apart."""

import re
import tomllib
from pathlib import Path

import pytest

from dashboard import look
from dashboard.figures.template import template
from models.vocabulary import Bit, Status

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("status", [*Status, None])
def test_every_status_has_a_letter_and_is_in_the_drawing_order(status):
    assert look.status_look(status).letter
    assert look.token_of(status) in look.draw_order()


def test_the_worst_is_drawn_first_and_good_last():
    assert look.draw_order()[0] == "BAD"
    assert look.draw_order()[-1] == "GOOD"


def test_unsaid_looks_like_no_value_found():
    assert look.status_look(None) is look.status_look(Status.NO_VALUE_FOUND)


@pytest.mark.parametrize("theme", look.THEMES)
@pytest.mark.parametrize("status", list(Status))
def test_text_on_a_status_can_be_read(status, theme):
    paint = look.status_look(status).paint(theme)
    assert contrast(paint.fill, paint.on) >= 4.5


def test_a_false_bit_is_red_like_bad():
    for theme in look.THEMES:
        assert look.bit_colour(Bit.FALSE, theme) == look.status_look(Status.BAD).paint(theme).fill


def test_css_variables_carry_both_themes_in_one_rule():
    css = look.css_variables(":host")
    assert css.startswith(":host {")
    assert "--rr-good-fill: light-dark(#7FC6A6, #1F6550);" in css
    assert "--rr-border-strong: light-dark(#BCC5D0, #414C59);" in css
    assert "--rr-size-row: 26px;" in css
    assert "light-dark(rgba(22,32,44,.16), transparent)" in css


def test_a_page_says_its_colour_scheme_for_its_dialogs():
    assert look.page_css() == look.css_variables(":root") + ":root { color-scheme: light; }\n"


def test_css_variables_are_each_given_once():
    names = re.findall(r"--rr-[a-z0-9-]+(?=:)", look.css_variables())
    assert len(names) == len(set(names)) > 60


@pytest.mark.parametrize("theme", look.THEMES)
def test_the_streamlit_theme_is_painted_with_the_tokens(theme):
    ui = look.tokens()["ui"][theme]
    said = CONFIG["theme"][theme]
    expected = {
        "primaryColor": ui["accent"],
        "backgroundColor": ui["bg"],
        "secondaryBackgroundColor": ui["panel"],
        "textColor": ui["ink"],
        "linkColor": ui["accent"],
        "borderColor": ui["border"],
        "dataframeBorderColor": ui["border"],
        "dataframeHeaderBackgroundColor": ui["sunken"],
        "codeBackgroundColor": ui["sunken"],
        "redColor": look.status_look(Status.BAD).paint(theme).fill,
        "greenColor": ui["ok_ink"],
        "yellowColor": ui["warn_edge"],
        "blueColor": ui["accent"],
        "chartCategoricalColors": [
            look.luminosity_colour(step, theme) for step in ("certified", "dcs_good", "recorded", "delivered")
        ],
    }
    assert {name: said[name] for name in expected} == expected
    assert CONFIG["theme"]["baseFontSize"] == look.tokens()["type"]["scale"]["body"]


def test_nothing_is_told_to_streamlit_and_no_error_detail_reaches_a_browser():
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"] == {"toolbarMode": "viewer", "showErrorDetails": "type", "showErrorLinks": False}


@pytest.mark.parametrize("theme", look.THEMES)
def test_figures_stand_on_the_panel_of_their_theme(theme):
    layout = template(theme).layout
    assert layout.paper_bgcolor == look.ui_colour("panel", theme)
    assert layout.colorway[0] == look.luminosity_colour("certified", theme)


def test_subsystems_keep_the_colours_of_the_field():
    colours = look.subsystem_colours()
    assert colours["Pix"] == "#3cb44b"
    assert not any(name.startswith("_") for name in colours)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 counts it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
