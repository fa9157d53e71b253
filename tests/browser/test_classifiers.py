"""The page Classifiers in a real Chromium: a rule is edited, previewed, saved, compared, restored; and runs say why."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.desk import settled

pytestmark = pytest.mark.browser
ENTRY = Path(__file__).parents[2] / "dashboard" / "entry.py"
SLOW = Path(__file__).with_name("apps") / "slow_classifiers_app.py"
NAME = "online/tracker-strip/BAD"
RUN = "325172"


@pytest.fixture
def address(streamlit_app: Callable[..., str], small_season_url: str) -> str:
    return streamlit_app(ENTRY, DATABASE_URL=small_season_url, RR_AUTH="demo", RR_DEMO_ROLE="admin")


def open_classifiers(page: Page, address: str, path: str = "/classifiers", **search: str) -> None:
    page.goto(f"{address}{path}?{urlencode({'name': NAME, 'run': RUN} | search)}")
    page.wait_for_selector(".cl-val")
    page.wait_for_selector(".st-key-cl-landing .rr-bar")
    settled(page)


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def rule(page: Page) -> Locator:
    return page.get_by_label("Rule", exact=True)


def confirm(page: Page, why: str, button: str) -> None:
    field = page.get_by_label("Why", exact=True)
    field.fill(why)
    field.press("Tab")
    page.get_by_role("button", name=button, exact=True).last.click()


def test_a_rule_is_edited_previewed_saved_compared_and_restored(page: Page, address: str) -> None:
    open_classifiers(page, address)
    before = rule(page).input_value()
    rule(page).fill(before.replace('"tob_ready" }, false', '"cms_active" }, true'))
    expect(page.locator(".cl-title")).to_contain_text("draft v2")
    expect(page.locator(".cl-figures")).to_contain_text("runs change")
    expect(page.locator(".st-key-cl-impact-head")).to_contain_text("evaluated in")
    expect(page.locator(".cl-it tbody tr").first).to_contain_text("Collisions18")
    assert "draft" in query(page)

    page.get_by_role("button", name="Save as v2").click()
    confirm(page, "whenever CMS is active", "Save v2")
    expect(page.locator(".st-key-act-bar")).to_contain_text(f"{NAME} v2 is saved")
    expect(page.locator(".st-key-cl-version-2")).to_contain_text("in force")
    expect(page.locator(".st-key-cl-version-2")).to_contain_text("whenever CMS is active")
    assert "draft" not in query(page)

    expect(page.locator(".rr-side .del")).to_contain_text("TOB is off")
    expect(page.locator(".rr-side .add")).to_contain_text("CMS is active")
    expect(page.locator(".cl-figures")).to_contain_text("runs change")

    page.locator(".st-key-cl-version-1").get_by_role("button", name="Restore").click()
    confirm(page, "too strict", "Restore v1")
    expect(page.locator(".st-key-act-bar")).to_contain_text("is again as in v1")
    expect(page.locator(".st-key-cl-version-3")).to_contain_text("in force")
    expect(rule(page)).to_have_value(before)


def test_a_switch_takes_a_rule_out_of_play_and_undo_puts_it_back(page: Page, address: str) -> None:
    open_classifiers(page, address)
    page.locator("[class*=st-key-cl-item-chosen]").get_by_role("button", name="Take out of play").click()
    confirm(page, "too noisy tonight", "Take out of play")
    expect(page.locator("[class*=st-key-cl-item-chosen]")).to_contain_text("· out of play")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[class*=st-key-cl-item-chosen]")).not_to_contain_text("· out of play")


def test_a_typo_is_told_with_its_line_and_the_line_is_marked(page: Page, address: str) -> None:
    open_classifiers(page, address)
    rule(page).fill(rule(page).input_value().replace("tob_ready", "tob_redy"))
    expect(page.locator(".cl-val")).to_have_text(
        re.compile(r"Line 3: There is no fact 'tob_redy'; did you mean 'tob_ready'\?")
    )
    expect(page.locator(".line.wrong")).to_contain_text("tob_redy")
    expect(page.get_by_role("button", name=re.compile("Save as"))).to_be_disabled()
    rule(page).fill('{ "or": [')
    expect(page.locator(".cl-val")).to_contain_text("The rule is no JSON")


def test_facts_are_completed_by_the_keyboard_with_unit_and_last_value(page: Page, address: str) -> None:
    open_classifiers(page, address)
    field = rule(page)
    field.fill('{ ">": [{ "var": "init" }, 1] }')
    field.evaluate("f => { const at = f.value.indexOf('init') + 4; f.focus(); f.setSelectionRange(at, at); }")
    page.keyboard.type("_l")
    offers = page.get_by_role("listbox")
    expect(offers).to_contain_text("init_lumi")
    expect(offers).to_contain_text("10³⁴ cm⁻²s⁻¹")
    page.keyboard.press("Enter")
    expect(field).to_have_value('{ ">": [{ "var": "init_lumi" }, 1] }')
    expect(page.locator(".rr-tree")).to_contain_text("initial luminosity > 1")


@pytest.mark.parametrize("script", [ENTRY, SLOW], ids=["as it is", "slow"])
def test_what_is_typed_while_the_page_works_is_not_lost(
    page: Page, streamlit_app: Callable[..., str], small_season_url: str, script: Path
) -> None:
    address = streamlit_app(script, DATABASE_URL=small_season_url, RR_AUTH="demo", RR_DEMO_ROLE="admin")
    open_classifiers(page, address, "/classifiers" if script is ENTRY else "/")
    field = rule(page).element_handle()
    rule(page).fill('{ "==": [{ "var": "cms_active" }, true] }')
    page.wait_for_url("**draft=**")
    before = query(page)["draft"]
    rule(page).press_sequentially("     ", delay=250)
    page.wait_for_url(lambda url: parse_qs(urlparse(url).query).get("draft") not in (None, before))
    settled(page)
    assert field.evaluate("field => field.isConnected")
    expect(rule(page)).to_have_value('{ "==": [{ "var": "cms_active" }, true] }     ')
    page.reload()
    expect(rule(page)).to_have_value('{ "==": [{ "var": "cms_active" }, true] }     ')


def test_a_click_on_the_ribbon_explains_that_lumisection(page: Page, address: str) -> None:
    open_classifiers(page, address)
    ribbon = page.get_by_role("slider", name="Lumisection")
    box = ribbon.bounding_box()
    assert box is not None
    ribbon.click(position={"x": box["width"] - 1, "y": 6})
    page.wait_for_url(re.compile(r"ls=\d+"))
    expect(page.locator(".cl-other")).to_contain_text(f"LS {query(page)['ls'][0]} is given")


def test_the_link_of_a_draft_shows_a_colleague_the_same(
    page: Page, new_context: Callable[..., BrowserContext], address: str
) -> None:
    open_classifiers(page, address)
    rule(page).fill('{ "==": [{ "var": "cms_active" }, true] }')
    page.wait_for_url(re.compile("draft="))
    colleague = new_context().new_page()
    colleague.goto(page.url)
    expect(rule(colleague)).to_have_value('{ "==": [{ "var": "cms_active" }, true] }')
    expect(colleague.locator(".cl-title")).to_contain_text("draft")


def test_another_kind_and_the_text_of_versions_are_in_the_address(page: Page, address: str) -> None:
    open_classifiers(page, address)
    page.get_by_role("radio", name="Run class").click()
    page.wait_for_url(re.compile(r"kind=run\+class"))
    expect(page.locator(".rr-tree")).to_contain_text("the run is")
    page.get_by_role("radio", name="Text").click()
    page.wait_for_url(re.compile("view=text"))


def test_the_run_page_names_the_clause_and_the_value(page: Page, address: str) -> None:
    page.goto(f"{address}/run?run={RUN}&tab=Why&ls=1-30&why=tracker-strip")
    expect(page.locator(".st-key-why-class")).to_contain_text("the run is Collisions18 when all of")
    expect(page.locator(".st-key-why-class")).to_contain_text("collisions2018")
    expect(page.locator(".st-key-why-flag")).to_contain_text("TOB is ready")


@pytest.mark.parametrize("theme,panel", [("light", "rgb(255, 255, 255)"), ("dark", "rgb(22, 27, 34)")])
def test_the_cards_have_the_colours_of_the_theme(
    new_context: Callable[..., BrowserContext], address: str, theme: str, panel: str
) -> None:
    page = new_context(color_scheme=theme).new_page()
    open_classifiers(page, address)
    for card in (".st-key-cl-editor", ".st-key-cl-try", ".st-key-cl-sides-card", ".st-key-cl-impact-card"):
        box = page.locator(card).bounding_box()
        assert box is not None
        assert box["height"] > 380
        assert page.eval_on_selector(card, "card => getComputedStyle(card).backgroundColor") == panel
