"""The lumisection strip in a real Chromium: what is painted, in which place and colour."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboard import look
from models.vocabulary import Status
from tests.browser.strip import APP, Strip, rgb

pytestmark = pytest.mark.browser


def test_one_bad_lumisection_in_two_thousand_is_two_pixels_wide(open_strip: Callable[..., Strip]) -> None:
    strip = open_strip("hole", last=2000)
    bad = rgb(look.status_look(Status.BAD).light.fill)

    found = strip.pixels(strip.x(1500) - 6, strip.y(0), 12, 1)

    assert found[bad] == 2


def test_a_hole_stays_a_gap_though_words_were_said_over_it(open_strip: Callable[..., Strip]) -> None:
    strip = open_strip("hole", last=2000)
    begin, end = strip.x(1001), strip.x(1040)

    over = [strip.pixels(begin + 1, strip.y(row), int(end - begin - 2), 4) for row in range(4)]

    words = {rgb(status.light.fill) for status in map(look.status_look, Status)} - {(255, 255, 255)}
    assert all(not words & set(found) for found in over)
    assert strip.plot.locator(".hole").count() == 2
    assert strip.plot.locator('.hole[data-first="1700"]').bounding_box()["width"] >= 2


def test_unknown_luminosity_is_a_gap_and_zero_is_a_line(open_strip: Callable[..., Strip]) -> None:
    strip = open_strip("hole", last=2000)
    base = strip.plot.locator(".luminosity .base").bounding_box()["y"]
    curve = rgb(look.luminosity_colour("dcs_good", "light"))

    zero = strip.pixels(strip.x(540), base - 3, 20, 6)
    unknown = strip.pixels(strip.x(840), base - 3, 20, 6)

    assert curve in zero
    assert curve not in unknown
    assert strip.plot.locator(".luminosity .area").count() == 4


def test_words_of_persons_carry_the_ink_underline_and_words_of_rules_do_not(open_strip: Callable[..., Strip]) -> None:
    strip = open_strip("drawn", last=2345)

    assert strip.plot.locator('[data-row="hcal-hcal"] .person').count() == 1
    assert strip.plot.locator('[data-row="cms-cms"] .person').count() == 0


def test_three_thousand_lumisections_in_sixty_rows_are_painted(open_strip: Callable[..., Strip]) -> None:
    strip = open_strip("long", last=3000)

    assert strip.plot.locator(".lanes").count() == 60


def test_a_run_of_which_oms_knows_nothing_says_so(page: Page, streamlit_app: Callable[..., str]) -> None:
    page.goto(f"{streamlit_app(APP)}/?case=none")

    expect(page.get_by_text("OMS knows no lumisection of this run yet.")).to_be_visible()


def test_the_dark_theme_paints_with_its_own_colours(
    new_context: Callable[..., BrowserContext], streamlit_app: Callable[..., str]
) -> None:
    page = new_context(color_scheme="dark").new_page()
    page.goto(f"{streamlit_app(APP)}/?case=hole")
    strip = Strip(page, last=2000)

    good = look.status_look(Status.GOOD).dark.fill
    assert rgb(good) in strip.pixels(strip.x(700), strip.y(0), 10, 2)
    assert rgb(look.ui_colour("panel", "dark")) in strip.pixels(strip.x(700), strip.y(0) - 40, 10, 12)
