"""The quality grid in a real Chromium: what it paints, what it sends, and what it says when it is worked."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, WebSocket, expect

from dashboard import look

pytestmark = pytest.mark.browser

APP = Path(__file__).parent / "apps" / "grid_app.py"
LONG_RUN = "325158"
ROW_PX = 26


@pytest.fixture
def address(streamlit_app: Callable[..., str]) -> str:
    return streamlit_app(APP)


def open_grid(page: Page, address: str, query: str = "rows=40&columns=24") -> Locator:
    """Go to the page and wait until the grid is painted."""
    page.goto(f"{address}/?{query}")
    page.wait_for_function("performance.getEntriesByName('quality-grid-painted').length > 0", timeout=20_000)
    return page.locator(".rr .scroll")


def row(page: Page, run: str) -> Locator:
    return page.locator(f'.row[data-id="{run}"]')


def cell(page: Page, run: str, column: str) -> Locator:
    return row(page, run).locator(f'.k[data-column="{column}"]')


def told(page: Page) -> dict[str, Any]:
    """What the app was told so far, as it prints it."""
    return json.loads(page.locator('[data-testid="stCode"]').inner_text())


def wait_told(page: Page, what: str) -> list[dict[str, Any]]:
    """The events that the app has got, once one of this kind is among them."""
    page.wait_for_function(
        "what => JSON.parse(document.querySelector('[data-testid=stCode]').innerText).events"
        ".some(event => event[what] !== null)",
        arg=what,
    )
    return told(page)["events"]


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


def current(page: Page) -> str | None:
    return page.evaluate(
        "document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot"
        ".querySelector('.row.current')?.dataset.id ?? null"
    )


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


def test_a_click_selects_by_id_and_the_selection_survives_a_filter_that_removes_rows(page, address):
    open_grid(page, address)
    row(page, "325150").locator(".a.link").click()
    assert wait_told(page, "selected")[-1]["selected"] == "325150"
    expect(page).to_have_url(f"{address}/?rows=40&columns=24&selected=325150")
    page.get_by_label("From run").fill("325140")
    page.get_by_label("From run").press("Enter")
    expect(row(page, "325139")).to_have_count(0)
    expect(row(page, "325150")).to_have_class("row current")
    page.get_by_label("From run").fill("325160")
    page.get_by_label("From run").press("Enter")
    expect(row(page, "325150")).to_have_count(0)
    expect(page.locator(".row")).to_have_count(16)
    assert current(page) is None, "no other run may take its place"
    assert told(page)["events"][-1]["selected"] == "325150"


def test_ticks_are_ids_and_stay_while_their_rows_are_filtered_away(page, address):
    open_grid(page, address)
    for run in ("325174", "325150"):
        row(page, run).locator(".tick").click()
    expect(page.locator(".foot")).to_contain_text("2 selected")
    page.get_by_label("From run").fill("325160")
    page.get_by_label("From run").press("Enter")
    expect(row(page, "325150")).to_have_count(0)
    row(page, "325173").locator(".tick").click()
    expect(page.locator(".foot")).to_contain_text("3 selected")
    expect(page.locator('[data-testid="stCode"]')).to_contain_text('"ticked": ["325150", "325173", "325174"]')


def test_a_shift_click_ticks_through_and_the_head_ticks_all(page, address):
    open_grid(page, address, "rows=30&columns=5")
    row(page, "325175").locator(".tick").click()
    row(page, "325170").locator(".tick").click(modifiers=["Shift"])
    expect(page.locator(".foot")).to_contain_text("6 selected")
    expect(page.locator(".head .box")).to_have_attribute("aria-checked", "mixed")
    page.locator(".head .tick").click()
    expect(page.locator(".foot")).to_contain_text("30 selected")
    expect(page.locator(".head .box")).to_have_attribute("aria-checked", "true")


def test_a_click_on_a_header_asks_the_server_to_sort(page, address):
    open_grid(page, address)
    header = page.locator('.name[data-column="lumisections"]')
    header.click()
    assert wait_told(page, "sort")[-1]["sort"] == ["lumisections", True]
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(page.locator(".row").first.locator(".a.number")).to_have_text("2,345")
    header.click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(page.locator(".row").first.locator(".a.number")).not_to_have_text("2,345")


def test_a_cell_that_is_clicked_travels_as_row_and_column(page, address):
    open_grid(page, address)
    cell(page, "325170", "ecal-es").click()
    event = wait_told(page, "cell")[-1]
    assert event["cell"] == ["325170", "ecal-es"]
    assert event["selected"] == "325170"


def test_a_double_click_opens_the_run(page, address):
    open_grid(page, address)
    row(page, "325172").locator(".a.class").dblclick()
    assert wait_told(page, "opened")[-1]["opened"] == "325172"


def test_keys_move_tick_and_open(page, address):
    grid = open_grid(page, address, f"rows=40&columns=24&selected={LONG_RUN}")
    grid.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert current(page) == "325157", "painted before the server answers"
    page.keyboard.press("Space")
    expect(row(page, "325157").locator(".box")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Enter")
    assert wait_told(page, "opened")[-1]["opened"] == "325157"
    expect(page.locator('[data-testid="stCode"]')).to_contain_text('"ticked": ["325157"]')
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Enter")
    assert wait_told(page, "cell")[-1]["cell"] == ["325157", "lumi-lumi"]
    assert grid.get_attribute("aria-activedescendant") == cell(page, "325157", "lumi-lumi").get_attribute("id")


def test_an_arrow_held_down_never_jumps_back_when_the_server_answers(page, address):
    grid = open_grid(page, address, "rows=200&columns=24&selected=325175")
    grid.focus()
    seen = []
    for _ in range(40):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(35)
        seen.append(int(current(page)))
    page.wait_for_timeout(600)
    seen.append(int(current(page)))
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] == 325175 - 40
    expect(row(page, "325135")).to_be_in_viewport()


def test_a_row_that_is_reached_and_ticked_at_once_is_selected_too(page, address):
    grid = open_grid(page, address, "rows=40&columns=24&selected=325175")
    grid.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator('[data-testid="stCode"]')).to_contain_text('"ticked": ["325174"]')
    page.wait_for_timeout(500)
    assert current(page) == "325174"
    assert "325174" in [event["selected"] for event in told(page)["events"]]


def test_cells_are_picked_one_by_one_and_as_a_block(page, address):
    open_grid(page, address)
    cell(page, "325170", "ecal-es").click(modifiers=["Control"])
    cell(page, "325169", "hcal-hb").click(modifiers=["Shift"])
    cell(page, "325150", "cms-cms").click(modifiers=["Control"])
    expect(page.locator(".foot")).to_contain_text("7 cells")
    expect(page.locator(".k.picked")).to_have_count(7)
    expect(page.locator('[data-testid="stCode"]')).to_contain_text('"picked": [["325150", "cms-cms"], ')
    assert ["325169", "hcal-hcal"] in told(page)["picked"]
    page.locator(".scroll").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".k.picked")).to_have_count(0)


def test_a_page_that_runs_every_second_keeps_scroll_focus_and_card(page, address):
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    grid = open_grid(page, address, "rows=1000&columns=40&live=1&selected=325100")
    grid.evaluate(f"scroll => scroll.scrollTo(64, {70 * ROW_PX})")
    grid.focus()
    cell(page, "325100", "ecal-es").hover()
    expect(page.locator(".card")).to_contain_text("HV trip")
    before, _ = told(page)["turns"], received.clear()
    page.wait_for_function(
        "before => JSON.parse(document.querySelector('[data-testid=stCode]').innerText).turns >= before + 2", arg=before
    )
    assert sum(received) < 40_000
    assert grid.evaluate("scroll => [scroll.scrollLeft, scroll.scrollTop]") == [64, 70 * ROW_PX]
    assert grid.evaluate("scroll => scroll.getRootNode().activeElement === scroll")
    expect(page.locator(".card")).to_be_visible()


def test_without_a_height_the_grid_ends_at_the_lower_edge_of_the_window(page, address):
    open_grid(page, address, "rows=1000&columns=24&height=fill")
    for height in (1000, 700):
        page.set_viewport_size({"width": 1600, "height": height})
        page.wait_for_timeout(100)
        box = page.locator(".rr").bounding_box()
        assert abs(box["y"] + box["height"] - (height - 12)) < 1


def test_end_goes_to_the_last_row_and_home_to_the_first(page, address):
    grid = open_grid(page, address, "rows=1000&columns=24&selected=325175")
    grid.focus()
    page.keyboard.press("End")
    expect(row(page, "324176")).to_be_in_viewport()
    assert current(page) == "324176"
    page.keyboard.press("Home")
    assert current(page) == "325175"


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


def test_scroll_and_selection_stay_when_rows_change_under_the_same_key(page, address):
    grid = open_grid(page, address, "rows=400&columns=24&selected=325100")
    grid.evaluate(f"scroll => scroll.scrollTo(0, {100 * ROW_PX + 7})")
    expect(row(page, "325075")).to_be_in_viewport()
    before = row(page, "325070").bounding_box()["y"]
    page.get_by_label("From run").fill("324900")
    page.get_by_label("From run").press("Enter")
    expect(page.locator(".foot")).to_contain_text("Rows 1–276")
    assert row(page, "325070").bounding_box()["y"] == before
    grid.evaluate(f"scroll => scroll.scrollTo(0, {70 * ROW_PX})")
    expect(row(page, "325100")).to_have_class("row current")


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
