"""Six things that somebody who knows CMS does from the first page on, with as many clicks as docs/journeys.md says."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from backend.access import demo_actor
from backend.certify.runs import edit_stop_reason
from backend.db import engine_for, transaction
from backend.queries.golden_jsons import golden_jsons
from models.lumi_formats import read_golden_json
from tests.browser.desk import arrived, settled
from tests.browser.hands import Hands
from tests.browser.offline_desk import address_of, preview

pytestmark = pytest.mark.browser
DOCS = Path(__file__).parents[2] / "docs" / "journeys.md"
_ROW = re.compile(r"^\| ([^|]+?) \| [^|]+ \| (\d+) \| (\d+) \| [\d.]+ \|$", re.MULTILINE)
OPEN_RUN, OUT = 324_998, 325_159


@pytest.fixture
def first_page(page: Page, streamlit_app: Callable[..., str], certified_url: str) -> Iterator[Page]:
    """The page that the address alone opens, in front of L. Moreau, who may everything."""
    page.goto(address_of(streamlit_app, certified_url, "admin"))
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    arrived(page)
    yield page


@pytest.fixture
def hands(first_page: Page) -> Hands:
    return Hands(first_page)


def ended(hands: Hands, journey: str) -> None:
    """See that the docs tell of this journey, with these clicks and keys."""
    told = {name: (int(clicks), int(keys)) for name, clicks, keys in _ROW.findall(DOCS.read_text(encoding="utf-8"))}
    assert hands.end(journey) == told[journey]


def to(hands: Hands, page: Page, name: str) -> None:
    """Go to a page by the menu."""
    hands.click(page.get_by_role("link", name=name, exact=True).first)


def act_bar(page: Page, sentence: str | re.Pattern[str]) -> None:
    expect(page.locator(".st-key-act-bar")).to_contain_text(sentence)


def test_journey_sign_off_a_run(first_page: Page, hands: Hands) -> None:
    page = first_page
    hands.click(page.get_by_role("link", name="Open", exact=True).first)
    page.wait_for_url("**/online?*")
    hands.click(page.locator(f'.row[data-id="{OPEN_RUN}"]').get_by_text(str(OPEN_RUN)), times=2)
    hands.click(page.get_by_role("button", name="Sign off"))
    act_bar(page, f"Run {OPEN_RUN} signed off")
    ended(hands, "sign off a run")


def test_journey_certify_ten_datasets_in_a_workspace(first_page: Page, hands: Hands) -> None:
    page = first_page
    hands.click(page.get_by_role("combobox").first)
    hands.click(page.get_by_role("option", name="tracker", exact=True))
    expect(page.get_by_text("datasets open in tracker")).to_be_visible()
    settled(page)
    hands.click(page.get_by_role("link", name="Certify", exact=True))
    page.wait_for_url("**/offline?*workspace=tracker*")
    boxes = page.get_by_role("checkbox", name=re.compile(r"^tick \d+:"))
    hands.click(boxes.first)
    expect(page.locator(".rr-ticked b")).to_have_text("1")
    hands.click(boxes.nth(9), modifiers=["Shift"])
    expect(page.locator(".rr-ticked b")).to_have_text("10")
    settled(page)
    hands.press("g")
    expect(preview(page)).to_contain_text("Certify 10 datasets in tracker")
    settled(page)
    hands.press("Control+Enter")
    act_bar(page, "10 datasets certified and signed off in tracker")
    ended(hands, "certify ten datasets in a workspace")


def test_journey_make_compare_and_download_a_golden_json(first_page: Page, hands: Hands, certified_url: str) -> None:
    page = first_page
    to(hands, page, "Golden JSON")
    expect(page.locator(".gj-live")).to_contain_text("matches")
    hands.click(page.get_by_role("button", name="Make JSON"))
    act_bar(page, "is made and kept")
    settled(page)
    hands.click(page.get_by_role("button", name="Upload"))
    hands.type(page.get_by_label("or pasted"), f'{{"{OUT}": [[1, 268]]}}')
    hands.click(page.get_by_role("button", name="Keep it"))
    compared = page.locator(".st-key-gj-compare .gj-table").first
    expect(compared.locator("tr", has_text="in both")).to_be_visible()
    with page.expect_download() as waiting:
        hands.click(page.locator(".st-key-gj-file-json button"))
    content = Path(waiting.value.path()).read_text(encoding="utf-8")
    on = engine_for(certified_url)
    with Session(on) as session:
        kept = golden_jsons(session).rows
    on.dispose()
    assert OUT in read_golden_json(content)
    assert len(read_golden_json(content)) in {row.runs for row in kept}
    ended(hands, "make, compare and download a golden JSON")


def test_journey_see_why_a_run_is_not_in_the_golden_json(first_page: Page, hands: Hands) -> None:
    page = first_page
    to(hands, page, "Golden JSON")
    expect(page.locator(".gj-live")).to_contain_text("matches")
    settled(page)
    page.get_by_role("button", name="Make JSON").click()
    act_bar(page, "is made and kept")
    why = page.locator(".st-key-gj-why")
    expect(why.locator(".gj-sub").first).to_be_visible()
    settled(page)
    hands.type(page.get_by_label("Run", exact=True), str(OUT), end="Enter")
    expect(why).to_contain_text("49 out")
    expect(why).to_contain_text("tracker-pixel")
    ended(hands, "see why a run is not in the golden JSON")


def test_journey_change_a_rule_and_see_what_it_would_do(first_page: Page, hands: Hands) -> None:
    page = first_page
    to(hands, page, "Classifiers")
    page.wait_for_selector(".cl-val")
    hands.type(page.get_by_label("Find", exact=True), "online strip bad", end="Enter")
    found = page.locator("[class*=st-key-cl-item-]", has_text="online tracker-strip BAD")
    hands.click(found.get_by_role("button").first)
    expect(page.locator(".cl-title")).to_contain_text("strip BAD")
    page.wait_for_selector(".st-key-cl-landing .rr-bar")
    rule = page.get_by_label("Rule", exact=True)
    hands.type(rule, rule.input_value().replace('"tob_ready" }, false', '"cms_active" }, true'))
    expect(page.locator(".cl-title")).to_contain_text("draft v2")
    expect(page.locator(".cl-figures")).to_contain_text("runs change")
    expect(page.locator(".cl-it tbody tr").first).to_contain_text("Collisions18")
    ended(hands, "change a rule and see what it would do")


def test_journey_undo_a_mistake(first_page: Page, hands: Hands, certified_url: str) -> None:
    page = first_page
    on = engine_for(certified_url)
    with transaction(on) as session:
        act = edit_stop_reason(session, demo_actor("admin"), 324_997, "wrong run", why="", seen=None).change_set
    on.dispose()
    to(hands, page, "Log")
    hands.click(page.locator(f'tr[data-id="{act}"]'))
    hands.click(page.get_by_role("button", name="Undo …"))
    hands.click(page.get_by_role("button", name="Undo on 1 run"))
    act_bar(page, f"Undone: change set {act}")
    ended(hands, "undo a mistake")
