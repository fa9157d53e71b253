"""The quality grid in a real Chromium, worked by hand and by keys: what it sends, and what it keeps."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.grid import APP, LONG_RUN, ROW_PX, cell, current, open_grid, row, told, wait_told

pytestmark = pytest.mark.browser


@pytest.fixture
def address(streamlit_app: Callable[..., str]) -> str:
    return streamlit_app(APP)


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
    expect(page.locator('[data-testid="stCode"]')).to_contain_text('"ticked": ["325157"]')
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


def test_a_tick_is_not_lost_to_what_follows_while_the_server_is_busy(page, address):
    grid = open_grid(page, address, "rows=40&columns=24&selected=325175&slow=800")
    row(page, "325170").locator(".tick").click()
    page.wait_for_timeout(150)
    grid.focus()
    for key in ("Space", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(20)
    expect(page.locator('[data-testid="stCode"]')).to_contain_text('"ticked": ["325170", "325175"]')
    assert [event["opened"] for event in told(page)["events"] if event["opened"]] == ["325175"]
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(f"{address}/?rows=40&columns=24&selected=325174&slow=800")
    assert [event["opened"] for event in told(page)["events"] if event["opened"]] == ["325175"]


def test_a_tick_is_not_lost_to_a_button_that_stops_the_script_before_it_is_read(page, address):
    open_grid(page, address, "rows=40&columns=24&slow=800")
    row(page, "325170").locator(".tick").click()
    page.wait_for_timeout(150)
    page.get_by_role("button", name="Run again").click()
    expect(page.locator('[data-testid="stCode"]')).to_contain_text('"turns": 2')
    expect(page.locator('[data-testid="stCode"]')).to_contain_text('"ticked": ["325170"]')


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


def test_end_goes_to_the_last_row_and_home_to_the_first(page, address):
    grid = open_grid(page, address, "rows=1000&columns=24&selected=325175")
    grid.focus()
    page.keyboard.press("End")
    expect(row(page, "324176")).to_be_in_viewport()
    assert current(page) == "324176"
    page.keyboard.press("Home")
    assert current(page) == "325175"


def test_scroll_and_selection_stay_when_rows_change_under_the_same_key(page, address):
    grid = open_grid(page, address, "rows=400&columns=24&selected=325100")
    grid.evaluate(f"scroll => scroll.scrollTo(0, {100 * ROW_PX + 7})")
    expect(row(page, "325075")).to_be_in_viewport()
    before = row(page, "325070").bounding_box()["y"]
    page.get_by_label("From run").fill("324900")
    page.get_by_label("From run").press("Enter")
    expect(page.locator(".foot")).to_contain_text("Rows 1–276")
    expect(grid).to_have_attribute("aria-rowcount", "277")
    assert row(page, "325070").bounding_box()["y"] == before
    grid.evaluate(f"scroll => scroll.scrollTo(0, {70 * ROW_PX})")
    expect(row(page, "325100")).to_have_class("row current")
