"""The Offline page in a real browser: ticks, keys, previews, what is done and undone, batch tools, and what is refused.

Every test that changes something works on runs of its own.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlparse

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from backend.access import demo_actor
from backend.certify.flags import Flag, flag_lumisections
from backend.certify.places import Place
from backend.db import engine_for, transaction
from backend.embedded import Embedded
from backend.record import DatasetKey
from backend.start import make_ready
from models.lumis import LumiRange, LumiSet
from models.vocabulary import Status
from scripts.benchmarks.season import ingest_season
from scripts.simulator.running import running_simulator
from tests.certified_season import open_datasets, sign_off_runs

pytestmark = pytest.mark.browser
ENTRY = Path(__file__).parents[2] / "dashboard" / "entry.py"
PROMPT = "/PromptReco/Collisions2018D/DQM"
CERTIFIERS = "cms-dqm-runregistry-offline-tracker-certifiers"


@pytest.fixture(scope="module")
def certified_url(postgresql: Embedded) -> Iterator[str]:
    """The URL of a season with twenty runs signed off, their datasets open but for the latest four."""
    with psycopg.connect(postgresql.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE offline_browser TEMPLATE template STRATEGY wal_log")
    on = engine_for(postgresql.url("offline_browser"))
    make_ready(on)
    with running_simulator("2018", pace="max") as simulator:
        ingest_season(on, simulator, most=30)
    sign_off_runs(on, most=20)
    open_datasets(on, leave_waiting=4)
    on.dispose()
    yield postgresql.url("offline_browser")


@pytest.fixture
def certifier(streamlit_app: Callable[..., str], certified_url: str) -> str:
    """The address of the page in front of A. Keller, who certifies the tracker."""
    return _address(streamlit_app, certified_url, "tracker-certifier")


@pytest.fixture
def expert(streamlit_app: Callable[..., str], certified_url: str) -> str:
    """The address of the page in front of J. Novak of data certification."""
    return _address(streamlit_app, certified_url, "dc-expert")


def _address(streamlit_app: Callable[..., str], url: str, role: str) -> str:
    return streamlit_app(ENTRY, DATABASE_URL=url, RR_AUTH="demo", RR_ENVIRONMENT="demo", RR_DEMO_ROLE=role)


def open_offline(page: Page, address: str, asked: str = "", **query: str) -> None:
    page.set_default_timeout(15_000)
    given = {"workspace": "tracker", "filter": asked, **query}
    page.goto(f"{address}/offline?" + "&".join(f"{k}={quote(v)}" for k, v in given.items() if v))
    page.wait_for_selector("[data-painted]")
    settled(page)


def settled(page: Page) -> None:
    """The script has run to its end."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached()


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def dataset(run: int, name: str = PROMPT) -> str:
    return f"{run}:{name}"


def tick(page: Page, *ids: str) -> None:
    for at, id_ in enumerate(ids, 1):
        page.get_by_role("checkbox", name=f"tick {id_}", exact=True).click()
        expect(page.locator(".rr-ticked b")).to_have_text(str(at))


def row(page: Page, id_: str):
    return page.locator(f'.row[data-id="{id_}"]')


def state_of(page: Page, id_: str):
    return row(page, id_).locator(".a.state")


def press(page: Page, key: str) -> None:
    """A key that no field hears."""
    page.locator(".rr-title").first.click()
    page.keyboard.press(key)


def preview(page: Page):
    return page.get_by_role("dialog").filter(has=page.locator(".st-key-offline-preview"))


def test_a_certifier_arrives_at_the_own_desk_and_sees_what_waits_and_what_is_open(page: Page, certifier: str) -> None:
    open_offline(page, certifier, workspace="")
    expect(page.get_by_role("radio", name="tracker")).to_be_checked()
    expect(page.locator(".st-key-offline-waiting")).to_contain_text("Waiting for DQM GUI")
    expect(page.locator(".rr-waits")).to_have_count(4)
    expect(page.get_by_role("columnheader", name="pixel")).to_be_visible()
    expect(row(page, dataset(325117)).locator(".k.paired")).to_have_count(3)


def test_what_one_may_not_do_is_shown_with_the_e_group(page: Page, certifier: str) -> None:
    open_offline(page, certifier)
    open_now = page.get_by_role("button", name="Open now").first
    expect(open_now).to_be_disabled()
    expect(page.locator(".st-key-offline-waiting")).to_contain_text("cms-dqm-runregistry-data-certification")
    open_offline(page, certifier, workspace="ecal")
    expect(page.get_by_role("button", name="Good")).to_be_disabled()
    expect(page.locator(".st-key-offline-ticked")).to_contain_text("cms-dqm-runregistry-offline-ecal-certifiers")


def test_workspace_list_columns_filter_and_look_are_in_the_address_and_come_back(page: Page, certifier: str) -> None:
    open_offline(page, certifier, "run > 325000")
    page.get_by_text("States", exact=True).click()
    expect(page.get_by_role("columnheader", name="egamma")).to_be_visible()
    page.get_by_role("button", name=re.compile(r"more$")).click()
    page.get_by_role("button", name="ecal", exact=True).click()
    page.wait_for_url("**workspace=ecal**")
    assert query(page)["filter"] == ["run > 325000"]
    assert query(page)["columns"] == ["states"]
    page.reload()
    page.wait_for_selector("[data-painted]")
    expect(page.get_by_role("radio", name="ecal")).to_be_checked()
    expect(page.get_by_role("radio", name="States")).to_be_checked()


def test_a_rule_on_a_dataset_is_added_by_the_form(page: Page, certifier: str) -> None:
    open_offline(page, certifier)
    page.get_by_role("button", name="+ Rule").click()
    page.get_by_label("Value (text)").fill(PROMPT)
    page.keyboard.press("Tab")
    settled(page)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("button", name=f"dataset is {PROMPT} ×")).to_be_visible()
    expect(row(page, dataset(325117))).to_be_visible()
    expect(row(page, dataset(325117, "/Express/Collisions2018/DQM"))).to_have_count(0)


def test_e_ticks_where_express_agrees_and_the_odd_ones_are_left_to_be_looked_at(page: Page, certifier: str) -> None:
    open_offline(page, certifier, "run 325159 or run 325117")
    press(page, "e")
    expect(page.locator(".rr-ticked b")).to_have_text("2")
    page.get_by_text(re.compile(r"^To look at \d+$")).click()
    expect(row(page, dataset(325117))).to_have_count(0)
    expect(row(page, dataset(325159))).to_be_visible()
    expect(row(page, dataset(325159))).to_contain_text("LS BAD")


def test_ticks_are_datasets_and_stay_under_another_filter(page: Page, certifier: str) -> None:
    open_offline(page, certifier, "run 325110-325117")
    tick(page, dataset(325117))
    press(page, "/")
    page.keyboard.press("Control+a")
    page.keyboard.type("run 325110")
    page.keyboard.press("Enter")
    expect(row(page, dataset(325117))).to_have_count(0)
    expect(page.locator(".rr-ticked")).to_contain_text("1 editable, 534 LS")


def test_good_ones_are_certified_and_signed_off_with_two_keys_and_undone_with_one(page: Page, certifier: str) -> None:
    one, other = dataset(325113), dataset(325114)
    open_offline(page, certifier, f"run 325113-325114 and dataset = {PROMPT}")
    tick(page, one, other)
    press(page, "g")
    expect(preview(page)).to_contain_text("Certify 2 datasets in tracker")
    expect(preview(page)).to_contain_text("135 GOOD confirmed")
    page.get_by_label("Comment for all of them, optional for GOOD").fill("occupancy nominal")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".st-key-act-bar")).to_contain_text("2 datasets certified and signed off in tracker")
    expect(state_of(page, one)).to_have_text("SIGNOFF")
    expect(row(page, other)).to_contain_text("signed off, A. Keller")
    expect(page.locator(".rr-ticked b")).to_have_text("0")
    press(page, "u")
    expect(page.locator(".st-key-act-bar")).to_contain_text("Undone")
    expect(state_of(page, one)).to_have_text("OPEN")
    expect(state_of(page, other)).to_have_text("OPEN")


def test_what_is_bad_stays_bad_and_the_preview_counts_it(page: Page, certifier: str) -> None:
    open_offline(page, certifier, "run 325159")
    tick(page, dataset(325159))
    press(page, "g")
    expect(preview(page)).to_contain_text("7 BAD stay")
    page.get_by_text("Then move 1 dataset OPEN").click()
    expect(preview(page).get_by_role("button", name="Set 1 dataset to GOOD")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(preview(page)).to_have_count(0)
    expect(state_of(page, dataset(325159))).to_have_text("OPEN")


def test_bad_needs_a_comment_and_goes_to_one_component_if_one_wants(page: Page, certifier: str) -> None:
    id_ = dataset(325111)
    open_offline(page, certifier, "run 325111")
    tick(page, id_)
    press(page, "2")
    press(page, "b")
    expect(preview(page)).to_contain_text("Set 1 dataset to BAD")
    expect(preview(page)).to_contain_text("tracker-pixel")
    expect(preview(page)).not_to_contain_text("tracker-strip")
    confirm = preview(page).get_by_role("button", name="Set 1 dataset to BAD")
    expect(confirm).to_be_disabled()
    page.get_by_label("Comment for all of them, needed for BAD").fill("HV trip")
    page.keyboard.press("Tab")
    expect(confirm).to_be_enabled()
    confirm.click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("1 dataset set to BAD in tracker-pixel")
    expect(row(page, id_).get_by_role("gridcell", name=re.compile("^tracker-pixel: 27 BAD, commented"))).to_be_visible()
    expect(row(page, id_)).to_contain_text("HV trip")


def test_no_key_opens_another_preview_behind_one_that_is_open(page: Page, certifier: str) -> None:
    open_offline(page, certifier, "run 325110")
    tick(page, dataset(325110))
    press(page, "g")
    expect(preview(page)).to_contain_text("Certify 1 dataset")
    settled(page)
    page.keyboard.press("x")
    page.wait_for_timeout(500)
    expect(preview(page)).to_contain_text("Certify 1 dataset")
    page.keyboard.press("Escape")
    expect(preview(page)).to_have_count(0)
    expect(page.locator(".st-key-offline-set-excluded")).to_contain_text("X")
    press(page, "x")
    expect(preview(page)).to_contain_text("Set 1 dataset to EXCLUDED")


def test_signed_off_ones_are_completed_and_left_out_of_what_comes_after(page: Page, certifier: str) -> None:
    id_ = dataset(325101)
    open_offline(page, certifier, f"run 325100-325101 and dataset = {PROMPT}")
    tick(page, id_)
    press(page, "Shift+s")
    preview(page).get_by_role("button", name="Move 1 dataset to SIGNOFF").click()
    expect(state_of(page, id_)).to_have_text("SIGNOFF")
    tick(page, id_)
    press(page, "Shift+d")
    preview(page).get_by_role("button", name="Move 1 dataset to COMPLETED").click()
    expect(state_of(page, id_)).to_have_text("COMPLETED")
    expect(row(page, id_)).to_contain_text("closed, A. Keller")
    tick(page, id_, dataset(325100))
    expect(page.locator(".rr-ticked")).to_contain_text("1 closed, will be left out")
    press(page, "g")
    expect(preview(page)).to_contain_text("1 left out")
    expect(preview(page)).to_contain_text("COMPLETED in tracker")


def test_somebody_was_faster_and_one_is_told_who_and_asked_to_look_again(
    page: Page, certifier: str, certified_url: str
) -> None:
    id_ = dataset(325099)
    open_offline(page, certifier, f"run 325099 and dataset = {PROMPT}")
    tick(page, id_)
    press(page, "g")
    expect(preview(page)).to_contain_text("Certify 1 dataset")
    _flag(certified_url, DatasetKey(325099, PROMPT), LumiRange(3, 5))
    preview(page).get_by_role("button", name="Certify and sign off 1 dataset").click()
    refused = page.locator(".st-key-refusal")
    expect(refused).to_contain_text(re.compile(r"A\. Petrov changed tracker-strip 3–5 at \d\d:\d\d UTC"))
    expect(state_of(page, id_)).to_have_text("OPEN")
    strip = row(page, id_).get_by_role("gridcell", name=re.compile("^tracker-strip: .*3 BAD"))
    expect(strip).to_be_visible()
    refused.get_by_role("button", name="Look again").click()
    expect(refused).to_have_count(0)


def _flag(url: str, key: DatasetKey, where: LumiRange) -> None:
    on = engine_for(url)
    with transaction(on) as session:
        place = Place(key, ("tracker-strip",), LumiSet((where,)))
        flag_lumisections(session, demo_actor("tracker-admin"), [Flag(place, Status.BAD, comment="HV trip")], seen=None)
    on.dispose()


def test_what_waits_is_opened_by_hand_after_a_preview_and_undone(page: Page, expert: str) -> None:
    open_offline(page, expert, workspace="global")
    expect(page.locator(".rr-waits")).to_have_count(4)
    page.get_by_role("button", name="Open now").first.click()
    expect(preview(page)).to_contain_text("waiting dqm gui → OPEN in 20 workspaces")
    preview(page).get_by_role("button", name="Move 1 dataset to OPEN").click()
    expect(page.locator(".rr-waits")).to_have_count(3)
    expect(page.locator(".st-key-act-bar")).to_contain_text("1 dataset moved to OPEN in global")
    press(page, "u")
    expect(page.locator(".rr-waits")).to_have_count(4)
    page.get_by_role("button", name="Fold").click()
    expect(page.locator(".rr-waits")).to_have_count(0)
    page.wait_for_url("**waiting=folded**")


def tool(page: Page, name: str, *, on: str | None = None) -> None:
    """Open the batch tools at this tool."""
    page.get_by_role("button", name="Batch tools").click()
    if on:
        page.get_by_text(on).click()
    page.get_by_label("Tool", exact=True).click()
    page.get_by_role("option", name=name, exact=True).click()


def column(page: Page, name: str) -> None:
    page.get_by_label("Columns", exact=True).last.click()
    page.get_by_role("option", name=name, exact=True).click()
    page.keyboard.press("Escape")


def test_columns_of_the_whole_filter_are_set_after_an_exact_preview(page: Page, expert: str) -> None:
    open_offline(page, expert, "run 325097-325098")
    tool(page, "Set columns")
    expect(page.get_by_text("all 4 of the filter")).to_be_visible()
    column(page, "tracker-strip")
    page.get_by_role("radio", name="STANDBY").last.locator("..").click()
    page.get_by_role("button", name="Preview on 4…").click()
    expect(preview(page)).to_contain_text("Set columns of 4 datasets to STANDBY")
    expect(preview(page)).to_contain_text("GOOD → STANDBY")
    preview(page).get_by_role("button", name="Set columns of 4 datasets to STANDBY").click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("columns of 4 datasets set to STANDBY")
    standby = page.get_by_role("gridcell", name=re.compile(r"^tracker-strip: \d+ STANDBY$"))
    expect(standby).to_have_count(4)


def test_columns_are_copied_from_express(page: Page, expert: str) -> None:
    open_offline(page, expert, f"run 325057 and dataset = {PROMPT}")
    tick(page, dataset(325057))
    press(page, "n")
    preview(page).get_by_role("button", name="Set 1 dataset to NOTSET").click()
    expect(
        row(page, dataset(325057)).get_by_role("gridcell", name=re.compile("^tracker-strip: .*NOTSET"))
    ).to_be_visible()
    tool(page, "Copy columns")
    column(page, "tracker-strip")
    page.get_by_role("button", name="Preview on 1…").click()
    expect(preview(page)).to_contain_text("Copy columns into 1 dataset")
    preview(page).get_by_role("button", name="Copy columns into 1 dataset").click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("copied into 1 dataset")
    expect(
        row(page, dataset(325057)).get_by_role("gridcell", name=re.compile("^tracker-strip: .*NOTSET"))
    ).to_have_count(0)


def test_datasets_are_copied_under_another_name(page: Page, expert: str) -> None:
    open_offline(page, expert, f"run 325022 and dataset = {PROMPT}")
    tool(page, "Copy datasets")
    page.get_by_label("Name of the copies").fill("/ReReco/Collisions2018D/DQM")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Preview on 1…").click()
    preview(page).get_by_role("button", name=re.compile("^Copy 1 dataset to")).click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("1 dataset copied to /ReReco/Collisions2018D/DQM")
    open_offline(page, expert, "run 325022")
    expect(row(page, dataset(325022, "/ReReco/Collisions2018D/DQM"))).to_be_visible()


def test_states_are_moved_in_all_workspaces(page: Page, expert: str) -> None:
    open_offline(page, expert, f"run 325001 and dataset = {PROMPT}", columns="States")
    tool(page, "Move states")
    page.get_by_text("In all workspaces").click()
    page.get_by_role("button", name="Preview on 1…").click()
    expect(preview(page)).to_contain_text("OPEN → SIGNOFF in 20 workspaces")
    preview(page).get_by_role("button", name="Move 1 dataset to SIGNOFF").click()
    expect(row(page, dataset(325001)).locator(".a.state", has_text="SIGNOFF").first).to_be_visible()


def test_a_dataset_is_hidden_for_a_reason_and_shown_again(page: Page, expert: str) -> None:
    id_ = dataset(325000)
    open_offline(page, expert, f"run 325000 and dataset = {PROMPT}")
    tick(page, id_)
    tool(page, "Hide")
    page.get_by_role("button", name="Preview on 1…").click()
    confirm = preview(page).get_by_role("button", name="Hide 1 dataset")
    expect(confirm).to_be_disabled()
    page.get_by_label("Why they are hidden").fill("wrong era")
    page.keyboard.press("Tab")
    confirm.click()
    expect(row(page, id_)).to_have_count(0)
    open_offline(page, expert, f"run 325000 and dataset = {PROMPT}", list="Hidden")
    tick(page, id_)
    tool(page, "Show hidden again")
    page.get_by_role("button", name="Preview on 1…").click()
    preview(page).get_by_role("button", name="Show 1 dataset again").click()
    expect(row(page, id_)).to_have_count(0)
    open_offline(page, expert, f"run 325000 and dataset = {PROMPT}")
    expect(row(page, id_)).to_be_visible()


def test_the_batch_tools_of_who_may_not_say_which_e_group_may(page: Page, certifier: str) -> None:
    open_offline(page, certifier)
    tool(page, "Hide")
    expect(page.get_by_role("button", name=re.compile("^Preview on"))).to_be_disabled()
    expect(page.locator("[data-testid=stPopoverBody]")).to_contain_text("cms-dqm-runregistry-data-certification")


def test_the_table_is_taken_away_as_csv_as_python_and_as_links(page: Page, certifier: str) -> None:
    open_offline(page, certifier, f"dataset = {PROMPT}")
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Datasets as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert "tracker-strip.BAD" in lines[0]
    assert "tracker_state" in lines[0]
    assert len(lines) > 10
    page.keyboard.press("Escape")
    page.get_by_role("button", name="As Python").click()
    expect(page.get_by_text("runregistry.get_datasets(")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Links", exact=True).click()
    hdqm = page.get_by_role("link", name="These datasets in HDQM")
    expect(hdqm).to_have_attribute("href", re.compile("^https://cms-hdqm.web.cern.ch/\\?filter=rr&filterValue="))


def test_every_row_leads_to_the_other_systems_and_a_click_there_does_not_tick(page: Page, certifier: str) -> None:
    open_offline(page, certifier, f"run 325117 and dataset = {PROMPT}")
    link = row(page, dataset(325117)).get_by_role("link", name="OMS")
    expect(link).to_have_attribute("href", re.compile("cms_run=325117"))
    expect(link).to_have_attribute("target", "_blank")


def test_enter_opens_the_strip_of_the_dataset(page: Page, certifier: str) -> None:
    open_offline(page, certifier, f"run 325117 and dataset = {PROMPT}")
    row(page, dataset(325117)).get_by_role("gridcell", name="325117", exact=True).click()
    page.keyboard.press("Enter")
    page.wait_for_url("**/run?run=325117**")
    assert query(page)["datasets"] == [PROMPT]


def test_the_grid_is_sorted_by_a_component_and_by_what_is_no_attribute_it_is_not(page: Page, certifier: str) -> None:
    open_offline(page, certifier)
    page.get_by_role("columnheader", name="strip").click()
    page.wait_for_url("**sort=-tracker-strip**")
    expect(page.locator(".row").first).to_have_attribute("data-id", re.compile("^325159:"))
    page.get_by_role("columnheader", name="Express says").click()
    settled(page)
    assert query(page)["sort"] == ["-tracker-strip"]


def test_what_was_said_of_a_cell_is_there_on_hover_with_what_express_says(page: Page, certifier: str) -> None:
    open_offline(page, certifier, f"run 325159 and dataset = {PROMPT}")
    row(page, dataset(325159)).locator('.k[data-column="tracker-strip"]').hover()
    card = page.locator(".card")
    expect(card).to_contain_text("BAD LS")
    expect(card).to_contain_text("Express")


def test_the_dark_theme_is_dark(new_context: Callable[..., BrowserContext], certifier: str) -> None:
    page = new_context(color_scheme="dark").new_page()
    open_offline(page, certifier)
    background = page.evaluate("getComputedStyle(document.querySelector('.st-key-offline-ticked')).backgroundColor")
    assert background == "rgb(22, 27, 34)"


def test_what_others_change_while_one_looks_is_said_with_who_and_nothing_moves(
    page: Page, certifier: str, certified_url: str
) -> None:
    id_ = dataset(325110)
    open_offline(page, certifier, f"run 325110 and dataset = {PROMPT}")
    tick(page, id_)
    _flag(certified_url, DatasetKey(325110, PROMPT), LumiRange(2, 3))
    banner = page.locator(".st-key-offline-moved-on")
    expect(banner).to_contain_text("A. Petrov changed 325110", timeout=30_000)
    expect(banner).to_contain_text("1 of them among your ticked datasets")
    expect(page.locator(".rr-ticked b")).to_have_text("1")
    banner.get_by_role("button", name="Look again").click()
    expect(banner).to_have_count(0)
    expect(row(page, id_).get_by_role("gridcell", name=re.compile("^tracker-strip: .*2 BAD"))).to_be_visible()
