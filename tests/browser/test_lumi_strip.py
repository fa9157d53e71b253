"""The lumisection strip in a real Chromium: what the hand and the keyboard say to Python, and what is said back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.strip import APP, Strip

pytestmark = pytest.mark.browser


def heard(page: Page, text: str) -> None:
    """The page has heard this from the strip."""
    expect(page.get_by_text(re.compile(f"^range {text}$"))).to_be_visible()


def test_a_drag_says_first_and_last_in_either_direction(open_strip: Callable[..., Strip], page: Page) -> None:
    strip = open_strip("drawn", last=2345)

    strip.drag(969, 1004)
    heard(page, r"969–1004 ticked none component None")
    assert strip.label() == "LS 969–1,004 · 36"

    strip.drag(300, 200)
    heard(page, r"200–300 ticked none component None")


def test_a_drag_in_a_zoomed_strip_says_the_lumisections_under_the_hand(
    open_strip: Callable[..., Strip], page: Page
) -> None:
    strip = open_strip("drawn", last=2345)

    strip.zoom(901, 1100)
    expect(page.get_by_role("button", name="all 2,345 LS")).to_be_visible()
    strip.drag(971, 971 + 32)

    heard(page, r"971–1003 ticked none component None")


def test_a_double_click_shows_everything_again(open_strip: Callable[..., Strip], page: Page) -> None:
    strip = open_strip("drawn", last=2345)
    strip.zoom(901, 1100)

    page.mouse.dblclick(strip.x(1000), strip.y(2))

    expect(page.get_by_role("button", name="all 2,345 LS")).to_have_count(0)
    expect(strip.plot.locator(".axes text").first).to_have_text("1")
    heard(page, r"None ticked none component None")


def test_a_handle_moves_one_end_of_the_range(open_strip: Callable[..., Strip], page: Page) -> None:
    strip = open_strip("drawn", last=2345)
    strip.drag(500, 700)

    page.mouse.move(strip.x(700.5), strip.y(5))
    page.mouse.down()
    page.mouse.move(strip.x(800), strip.y(5))
    page.mouse.move(strip.x(900), strip.y(5))
    page.mouse.up()

    heard(page, r"500–900 ticked none component None")


def test_holes_are_not_counted_and_no_range_ends_in_one(open_strip: Callable[..., Strip], page: Page) -> None:
    strip = open_strip("hole", last=2000)

    strip.drag(991, 1050)
    heard(page, r"991–1050 ticked none component None")
    assert strip.label() == "LS 991–1,050 · 20"

    strip.drag(951, 1020)
    heard(page, r"951–1000 ticked none component None")
    assert strip.label() == "LS 951–1,000 · 50"


def test_escape_clears_the_range(open_strip: Callable[..., Strip], page: Page) -> None:
    strip = open_strip("drawn", last=2345)
    strip.drag(100, 200)
    heard(page, r"100–200 ticked none component None")

    page.keyboard.press("Escape")

    heard(page, r"None ticked none component None")
    expect(strip.plot.locator(".shade")).to_have_count(0)


def test_ticks_carry_names_and_stay_with_the_range(open_strip: Callable[..., Strip], page: Page) -> None:
    strip = open_strip("drawn", last=2345)
    strip.drag(100, 200)

    page.get_by_label("Tick hcal-hcal", exact=True).check()
    page.get_by_label("Tick tracker-strip", exact=True).check()
    heard(page, r"100–200 ticked hcal-hcal,tracker-strip component None")

    page.get_by_label("Tick hcal-hcal", exact=True).uncheck()
    heard(page, r"100–200 ticked tracker-strip component None")


def test_a_click_on_a_row_label_names_the_component(open_strip: Callable[..., Strip], page: Page) -> None:
    open_strip("drawn", last=2345)

    page.locator('.labels [data-row="ecal-es"] .name').click()

    heard(page, r"None ticked none component ecal-es")


def test_a_click_on_a_word_selects_its_range_and_names_its_component(
    open_strip: Callable[..., Strip], page: Page
) -> None:
    strip = open_strip("drawn", last=2345)

    page.mouse.click(strip.x(1494), strip.y(7))

    heard(page, r"1486–1502 ticked none component hcal-hcal")


def test_full_stop_and_comma_walk_through_the_differences(open_strip: Callable[..., Strip], page: Page) -> None:
    strip = open_strip("drawn", last=2345)
    page.get_by_label("Tick hcal-hcal", exact=True).check()
    strip.plot.focus()

    page.keyboard.press(".")
    heard(page, r"1–2 ticked hcal-hcal component None")
    page.keyboard.press(".")
    heard(page, r"1486–1502 ticked hcal-hcal component None")
    page.keyboard.press(",")
    heard(page, r"1–2 ticked hcal-hcal component None")


def test_letters_typed_into_a_field_do_not_move_the_strip(open_strip: Callable[..., Strip], page: Page) -> None:
    strip = open_strip("drawn", last=2345)
    strip.drag(100, 200)
    heard(page, r"100–200 ticked none component None")

    page.get_by_label("comment").press_sequentially("a.b,c")

    assert strip.label() == "LS 100–200 · 101"


def test_arrows_move_the_range_and_shift_moves_its_end(open_strip: Callable[..., Strip], page: Page) -> None:
    strip = open_strip("drawn", last=2345)
    strip.drag(100, 200)

    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")

    heard(page, r"101–202 ticked none component None")
    expect(page.locator(".status")).to_have_text("LS 101–202 · 102 lumisections selected")


def test_a_quick_second_act_is_not_undone_by_the_answer_to_the_first(
    open_strip: Callable[..., Strip], page: Page
) -> None:
    strip = open_strip("drawn", last=2345)

    for first in (100, 300, 500, 700):
        strip.drag(first, first + 50)
    heard(page, r"700–750 ticked none component None")
    page.get_by_label("Tick dt-dt", exact=True).check()
    heard(page, r"700–750 ticked dt-dt component None")

    assert strip.label() == "LS 700–750 · 51"


def test_the_card_says_who_and_why_after_a_moment(open_strip: Callable[..., Strip], page: Page) -> None:
    strip = open_strip("drawn", last=2345)

    page.mouse.move(strip.x(1494), strip.y(7))

    card = page.locator(".card")
    expect(card.locator(".title")).to_have_text("hcal-hcal · LS 1,486–1,502 · 17 LS")
    expect(card.locator(".said")).to_have_text(
        "ExpressB BAD since 22 Oct 10:14, cause HF timingPrompt GOOD by rule hcal v9"
    )
    expect(card.locator(".quote")).to_have_text("“HF− timing jump after resync.” K. Ito, person")


def test_a_comment_is_text_and_never_markup(page: Page, streamlit_app: Callable[..., str]) -> None:
    page.goto(f"{streamlit_app(APP)}/?case=markup")
    strip = Strip(page, last=100)

    page.mouse.move(strip.x(50), strip.y(0) - 18 + 6)

    expect(page.locator(".card .quote")).to_contain_text("<b>not markup</b>")
    expect(page.locator(".card .quote b")).to_have_count(0)


def test_components_that_are_good_throughout_stand_behind_one_line(
    open_strip: Callable[..., Strip], page: Page
) -> None:
    open_strip("drawn", last=2345)
    expect(page.locator(".labels .row")).to_have_count(16)

    page.get_by_role("button", name="7 more, GOOD throughout in both").click()

    expect(page.locator(".labels .row")).to_have_count(23)


def test_the_line_of_changes_says_which_change_set_was_chosen(open_strip: Callable[..., Strip], page: Page) -> None:
    open_strip("drawn", last=2345)
    expect(page.locator(".track .mark.person")).to_have_count(4)
    expect(page.locator(".track .mark.rule")).to_have_count(4)

    page.locator(".track .mark").nth(2).click(force=True)
    expect(page.get_by_text("as of 110", exact=True)).to_be_visible()

    page.get_by_role("slider", name="As of").press("End")
    expect(page.get_by_text("as of None", exact=True)).to_be_visible()


def test_a_range_that_the_page_sets_is_painted(open_strip: Callable[..., Strip], page: Page) -> None:
    strip = open_strip("drawn", last=2345)
    strip.drag(100, 200)
    heard(page, r"100–200 ticked none component None")

    page.get_by_role("button", name="Set 10–20").click()

    expect(page.locator(".brush .label text")).to_have_text("LS 10–20 · 11")
    assert strip.plot.locator(".shade").bounding_box()["x"] == pytest.approx(strip.x(10), abs=2)


def test_the_drawing_follows_its_container(open_strip: Callable[..., Strip], page: Page) -> None:
    strip = open_strip("drawn", last=2345)
    wide = strip.plot.bounding_box()["width"]

    page.set_viewport_size({"width": 1200, "height": 1000})

    expect(strip.plot).not_to_have_attribute("width", str(round(wide)))
    strip.drag(900, 1500)
    assert strip.plot.bounding_box()["width"] < wide
    heard(page, r"900–1500 ticked none component None")
