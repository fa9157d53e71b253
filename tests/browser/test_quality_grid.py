"""The quality grid in a real Chromium: what it paints, and how little it sends for it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, WebSocket, expect

from dashboard import look
from tests.browser.grid import APP, LONG_RUN, cell, open_grid, rgb, row, told, wait_told

pytestmark = pytest.mark.browser


@pytest.fixture
def address(streamlit_app: Callable[..., str]) -> str:
    return streamlit_app(APP)


def test_a_thousand_rows_by_forty_columns_are_painted(page, address):
    grid = open_grid(page, address, "rows=1000&columns=40")
    expect(grid).to_have_attribute("aria-rowcount", "1001")
    expect(grid).to_have_attribute("aria-colcount", "46")


def test_only_what_is_in_view_is_drawn_and_scrolling_to_the_end_shows_the_last_row_and_column(page, address):
    page.set_viewport_size({"width": 1100, "height": 1000})
    grid = open_grid(page, address, "rows=1000&columns=40")
    assert page.locator(".row").count() < 80
    assert row(page, "325175").locator(".k").count() < 40
    grid.evaluate("scroll => scroll.scrollTo(9999, 1e6)")
    expect(row(page, "324176")).to_be_visible()
    expect(cell(page, "324176", "oms-hbheb_ready")).to_be_visible()
    run = row(page, "324176").locator(".a.link").bounding_box()
    assert run["x"] < grid.bounding_box()["x"] + 90, "the run number stays at the left"


def test_one_bad_lumisection_among_two_thousand_is_a_visible_hairline_at_the_left_edge(page, address):
    open_grid(page, address)
    bar = cell(page, LONG_RUN, "tracker-strip").locator(".bar")
    bad = bar.locator("b").first
    expect(bad).to_have_css("background-color", rgb(look.status_look(look.Status.BAD).light.fill))
    assert bad.bounding_box()["width"] >= 2
    assert bad.bounding_box()["x"] == bar.bounding_box()["x"]
    expect(bar).to_have_text("B1")


def test_a_bar_is_in_true_proportion_of_lumisections(page, address):
    open_grid(page, address)
    bar = cell(page, "325175", "dt-dt").locator(".bar")  # 38 STANDBY of 103
    share = bar.locator("b.standby").bounding_box()["width"] / bar.bounding_box()["width"]
    assert abs(share - 38 / 103) < 0.01


def test_segments_fill_the_bar_exactly_even_with_hairlines(page, address):
    open_grid(page, address, "rows=300&columns=25")
    gaps = page.evaluate(
        "[...document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot.querySelectorAll('.bar.mixed')]"
        ".map(bar => bar.clientWidth - [...bar.querySelectorAll('b')]"
        ".reduce((sum, b) => sum + b.getBoundingClientRect().width, 0))"
    )
    assert len(gaps) > 50
    assert max(abs(gap) for gap in gaps) < 1


def test_each_cell_says_in_words_what_it_draws(page, address):
    open_grid(page, address, "rows=40&columns=42")
    expect(cell(page, LONG_RUN, "tracker-strip")).to_have_attribute(
        "aria-label", "tracker-strip: 1 BAD, 2,344 GOOD, commented"
    )
    expect(cell(page, "325175", "castor-castor")).to_have_attribute("aria-label", "castor-castor: 103 EXCLUDED")
    expect(cell(page, "325175", "cms-cms")).to_have_attribute("aria-label", "cms-cms: 100 NO VALUE FOUND, 3 no value")
    expect(cell(page, "325175", "castor-castor")).to_have_text("X")


def test_an_inverted_flag_is_drawn_without_red(page, address):
    open_grid(page, address, "rows=40&columns=25")
    bar = cell(page, "325174", "dc-lowlumi").locator(".bar")
    expect(bar).to_have_class("bar kept")
    expect(bar).to_have_text("")


def test_a_running_run_and_a_change_after_sign_off_are_marked(page, address):
    open_grid(page, address)
    expect(row(page, "325175").locator(".pill")).to_have_text("LIVE")
    expect(row(page, "325165").locator(".changed")).to_have_attribute("title", "OMS changed this after the sign-off")


def test_a_run_that_is_not_significant_says_so_and_offers_the_act(page, address):
    open_grid(page, address)
    expect(row(page, "325171").locator(".k")).to_have_count(0)
    expect(row(page, "325171")).to_contain_text("not significant, no flags")
    row(page, "325171").get_by_role("button", name="Mark significant").click()
    assert wait_told(page, "acted")[-1]["acted"] == "325171"


def test_times_are_utc_and_the_local_time_is_in_the_title(page, address):
    open_grid(page, address)
    started = row(page, "325175").locator(".a.time")
    expect(started).to_have_text("24 Oct 09:01")
    assert started.get_attribute("title") == "2018-10-24 09:01:12 UTC · 24 Oct 2018, 11:01:12 local"


def test_without_a_height_the_grid_ends_at_the_lower_edge_of_the_window(page, address):
    open_grid(page, address, "rows=1000&columns=24&height=fill")
    for height in (1000, 700):
        page.set_viewport_size({"width": 1600, "height": height})
        page.wait_for_timeout(100)
        box = page.locator(".rr").bounding_box()
        assert abs(box["y"] + box["height"] - (height - 12)) < 1


def test_the_card_shows_counts_at_once_and_then_what_was_said_as_text(page, address):
    open_grid(page, address)
    cell(page, LONG_RUN, "tracker-strip").hover()
    card = page.locator(".card")
    expect(card).to_contain_text("tracker-strip · run 325158")
    expect(card.locator(".counts")).to_have_text("BBAD 1GOOD 2,344of 2,345 LS")
    expect(card).to_contain_text("BAD LS 969–1004 · HV trip")
    expect(card).to_contain_text("“TEC+ group 4 <b>power</b> supply trip”")
    assert told(page)["events"] == [], "hovering does not run the page"
    page.locator(".foot").hover()
    expect(card).to_be_hidden()


def test_a_pointer_that_only_passes_shows_nothing(page, address):
    open_grid(page, address)
    cell(page, LONG_RUN, "tracker-strip").hover()
    page.locator(".foot").hover()
    page.wait_for_timeout(200)
    expect(page.locator(".card")).to_be_hidden()


def test_a_script_run_without_changed_rows_sends_no_rows(page, address):
    received: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: received.append(len(frame)))

    page.on("websocket", listen)
    open_grid(page, address, "rows=1000&columns=40")
    page.wait_for_timeout(500)
    first = sum(received)
    assert first > 150_000
    for act in (
        lambda: page.get_by_role("button", name="Run again").click(),
        lambda: row(page, "325174").locator(".a.link").click(),
        lambda: row(page, "325173").locator(".tick").click(),
        lambda: cell(page, "325170", "ecal-es").hover(),
    ):
        received.clear()
        act()
        page.wait_for_timeout(700)
        assert 0 < sum(received) < 12_000


def test_a_selected_run_far_down_is_brought_into_view_when_the_page_opens(page, address):
    open_grid(page, address, "rows=1000&columns=24&selected=324500")
    expect(row(page, "324500")).to_be_in_viewport()


def test_no_row_is_said_in_words(page, address):
    open_grid(page, address, "rows=0&columns=24")
    expect(page.locator(".nothing")).to_have_text("No run from this one up.")


@pytest.mark.parametrize("place", ["", "&dialog=1"])
@pytest.mark.parametrize("theme", look.THEMES)
def test_each_theme_has_the_colours_of_the_tokens(new_context: Callable[..., BrowserContext], address, theme, place):
    page = new_context(color_scheme=theme).new_page()
    open_grid(page, address, f"rows=40&columns=24{place}")
    good = look.status_look(look.Status.GOOD).paint(theme)
    expect(cell(page, LONG_RUN, "lumi-lumi").locator(".bar")).to_have_css("background-color", rgb(good.fill))
    expect(page.locator(".rr")).to_have_css("background-color", rgb(look.ui_colour("panel", theme)))
    expect(page.locator('[data-testid="stApp"]')).to_have_css("background-color", rgb(look.ui_colour("bg", theme)))


def test_the_focus_is_visible(page, address):
    grid = open_grid(page, address, f"rows=40&columns=24&selected={LONG_RUN}")
    grid.focus()
    page.keyboard.press("ArrowDown")
    ring = row(page, "325157").locator(".fz").evaluate("fz => getComputedStyle(fz, '::after').borderTopWidth")
    assert float(ring.removesuffix("px")) >= 1
