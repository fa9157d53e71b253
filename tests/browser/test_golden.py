"""The page Golden JSON in a real Chromium: one is made, downloaded, explained, compared, made official, undone."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine
from sqlmodel import Session

from backend.db import engine_for
from backend.embedded import Embedded
from backend.queries.golden_jsons import golden_json_facts, golden_jsons, latest_official
from models.lumi_formats import read_golden_json, read_lumisections, write_golden_json
from models.lumi_json import GoldenJson
from scripts.simulator.running import running_simulator
from scripts.simulator.season import Season
from scripts.simulator.seasons import season_named
from tests.browser.desk import arrived, settled
from tests.certified_season import RUNS_OF_PART, certify_season, part_of
from tests.conftest import an_empty_registry

pytestmark = pytest.mark.browser
ENTRY = Path(__file__).parents[2] / "dashboard" / "entry.py"


@pytest.fixture(scope="module")
def certified(postgresql: Embedded) -> Iterator[tuple[Engine, str, Season]]:
    """A registry with a part of the season of 2018 that people have certified."""
    with (
        an_empty_registry(postgresql) as url,
        running_simulator(part_of(season_named("2018")), pace="max") as simulator,
    ):
        on = engine_for(url)
        yield on, url, certify_season(on, simulator)
        on.dispose()


@pytest.fixture
def golden(certified: tuple[Engine, str, Season]) -> GoldenJson:
    """What of the season is golden."""
    return GoldenJson.of(certified[2].golden)


@pytest.fixture
def address(streamlit_app: Callable[..., str], certified: tuple[Engine, str, Season]) -> str:
    return streamlit_app(ENTRY, DATABASE_URL=certified[1], RR_AUTH="demo", RR_DEMO_ROLE="admin")


@pytest.fixture
def made(page: Page, address: str) -> Page:
    """The page, after one was made by the default recipe."""
    page.goto(f"{address}/golden")
    expect(page.locator(".gj-live")).to_contain_text(f"matches {RUNS_OF_PART} datasets")
    arrived(page)
    page.get_by_role("button", name="Make JSON").click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("is made and kept")
    expect(page.locator(".st-key-gj-why .gj-sub").first).to_be_visible()
    return page


def latest(on: Engine) -> int:
    with Session(on) as session:
        return golden_jsons(session).rows[0].id


def chosen(page: Page) -> Locator:
    return page.locator("[class*=st-key-gj-item-chosen]")


def downloaded(page: Page, key: str) -> str:
    with page.expect_download() as waiting:
        page.locator(f".st-key-{key} button").click()
    return Path(waiting.value.path()).read_text(encoding="utf-8")


def click_steady(page: Page, drawn: Locator) -> None:
    """Click the middle of what a figure draws: at rest, and once the figure says what is under the pointer."""
    settled(page)
    before, now = None, drawn.bounding_box()
    while now is None or now != before:
        page.wait_for_timeout(300)
        before, now = now, drawn.bounding_box()
    middle = now["x"] + now["width"] / 2, now["y"] + now["height"] / 2
    page.mouse.move(*middle, steps=5)
    expect(page.locator(".hoverlayer .hovertext").first).to_be_visible()
    page.mouse.click(*middle)


def test_what_is_made_and_downloaded_is_the_seasons_own_and_comes_again_bit_for_bit(
    made: Page, golden: GoldenJson
) -> None:
    expect(made.locator(".gj-figures")).to_contain_text(f"{golden.lumisections:,}")
    expect(chosen(made)).to_contain_text(f"{len(golden)} runs")
    assert read_golden_json(downloaded(made, "gj-file-json")) == golden
    assert downloaded(made, "gj-file-json") == write_golden_json(golden)
    assert read_lumisections(downloaded(made, "gj-file-csv")) == golden
    assert read_lumisections(downloaded(made, "gj-file-cmssw")) == golden
    made.get_by_role("button", name="Rebuild and compare").click()
    expect(made.get_by_text("the same file, bit for bit")).to_be_visible()


def test_a_lumisection_that_is_out_is_explained_by_clause_and_author(
    made: Page, golden: GoldenJson, certified: tuple[Engine, str, Season]
) -> None:
    verdict = next(v for v in certified[2].verdicts if v.run_number in golden)
    run, first = verdict.run_number, verdict.lumisections.first
    made.get_by_label("Run", exact=True).fill(str(run))
    made.get_by_label("Run", exact=True).press("Enter")
    made.get_by_label("LS", exact=True).fill(str(first))
    made.get_by_label("LS", exact=True).press("Enter")
    why = made.locator(".st-key-gj-why")
    expect(why.locator(".rr-pill")).to_have_text("not in JSON")
    expect(why).to_contain_text(f"LS {first} fails")
    failed = why.locator("tr", has_text="✕").filter(has_text=f"{verdict.component} is GOOD")
    expect(failed).to_contain_text("is BAD")
    expect(failed).to_contain_text(verdict.comment)
    inside = golden[run].ranges[0].first
    made.get_by_label("LS", exact=True).fill(str(inside))
    made.get_by_label("LS", exact=True).press("Enter")
    expect(why.locator(".rr-pill")).to_have_text("in JSON")
    expect(why).to_contain_text("passes all 48 clauses")


def test_making_is_undone_and_redone_from_the_act_bar(made: Page, certified: tuple[Engine, str, Season]) -> None:
    id_ = latest(certified[0])
    made.get_by_role("button", name="Undo").click()
    expect(made.locator(".st-key-act-bar")).to_contain_text(f"Golden JSON {id_} is deleted")
    expect(made.locator(f".st-key-gj-item-chosen-{id_}")).to_have_count(0)
    made.get_by_role("button", name="Undo").click()
    expect(made.locator(f".st-key-gj-item-chosen-{id_}")).to_have_count(1)


def test_losses_are_shown_by_clause_and_combination_and_a_bar_opens_its_runs(
    made: Page, certified: tuple[Engine, str, Season]
) -> None:
    id_ = latest(certified[0])
    lost = made.locator(".st-key-gj-loss")
    expect(lost.locator(".js-plotly-plot")).to_be_visible()
    click_steady(made, lost.locator(".barlayer .trace").nth(1).locator(".point").first)
    expect(lost.locator(".gj-sub")).to_contain_text("runs")
    lost.get_by_text("Clause", exact=True).click()
    expect(lost.locator("th", has_text="Inclusive")).to_be_visible()
    expect(lost.locator("td", has_text="hlt-hlt is GOOD")).to_be_visible()
    lost.get_by_text("Combination", exact=True).click()
    expect(lost.locator("th", has_text="What failed together")).to_be_visible()
    progress = made.locator(".st-key-gj-progress")
    for shown in ("Fill", "Run", "By fill", "Map"):
        progress.get_by_text(shown, exact=True).click()
        key = f"gj-progress-{id_}-{shown.replace(' ', '-')}"
        expect(progress.locator(f".st-key-{key} .js-plotly-plot")).to_be_visible()
    expect(progress.locator(".gj-foot")).to_contain_text("Certification")


def test_a_pasted_json_is_kept_and_compared_at_once(made: Page, golden: GoldenJson) -> None:
    run = next(iter(golden))
    less = {str(of): lumisections.as_pairs() for of, lumisections in golden.items() if of != run}
    made.get_by_role("button", name="Upload").click()
    made.get_by_label("or pasted").fill(json.dumps(less))
    made.get_by_role("button", name="Keep it").click()
    rows = made.locator(".st-key-gj-compare .gj-table").first
    expect(rows.locator("tr", has_text="only in A")).to_contain_text(f"{len(golden[run]):,}")
    expect(rows.locator("tr", has_text="in both")).to_contain_text(f"{golden.lumisections - len(golden[run]):,}")
    made.get_by_role("button", name="Take away").click()
    assert read_golden_json(downloaded(made, "gj-part-0")) == golden.restricted_to([run])


def test_what_is_no_json_is_refused_in_a_sentence(made: Page) -> None:
    made.get_by_role("button", name="Upload").click()
    made.get_by_label("or pasted").fill('{"315252": [[320, 31]]}')
    made.get_by_role("button", name="Keep it").click()
    expect(made.get_by_text("Run 315252: Lumisections 320 to 31 are not a range")).to_be_visible()


def test_one_is_marked_official_and_the_mark_is_undone(made: Page, certified: tuple[Engine, str, Season]) -> None:
    id_ = latest(certified[0])
    made.get_by_role("button", name="Mark official").click()
    dialog = made.get_by_role("dialog")
    expect(dialog).to_contain_text("is the first of its kind")
    dialog.get_by_role("button", name="Mark official").click()
    expect(made.locator(".gj-name")).to_contain_text("official: golden-2018")
    expect(made.locator(".st-key-act-bar")).to_contain_text("is the official golden-2018")
    with Session(certified[0]) as session:
        assert latest_official(session, "golden-2018").id == id_
    made.get_by_role("button", name="Undo").click()
    expect(made.locator(".gj-name")).not_to_contain_text("official")
    with Session(certified[0]) as session:
        assert golden_json_facts(session, id_).official is None


def test_one_is_labelled_found_by_its_tag_deleted_and_brought_back(
    made: Page, certified: tuple[Engine, str, Season]
) -> None:
    id_ = latest(certified[0])
    made.get_by_role("button", name="Edit", exact=True).click()
    made.get_by_label("Label", exact=True).first.fill("Prompt, whole year")
    made.get_by_label("Tags, with commas").fill("ReReco-ready, for B2G")
    made.get_by_role("button", name="Save", exact=True).click()
    expect(chosen(made)).to_contain_text("Prompt, whole year")
    expect(made.locator(".st-key-act-bar")).to_contain_text(f"Golden JSON {id_} described")
    with Session(certified[0]) as session:
        assert golden_json_facts(session, id_).tags == ("ReReco-ready", "for B2G")
    made.get_by_label("Find").fill("for B2G")
    made.get_by_label("Find").press("Enter")
    expect(made.locator("[class*=st-key-gj-item-]")).to_have_count(1)
    made.get_by_role("button", name="Delete").click()
    expect(made.get_by_text("None has “for B2G”")).to_be_visible()
    expect(made.locator(".st-key-act-bar")).to_contain_text(f"Golden JSON {id_} deleted")
    made.get_by_role("button", name="Undo").click()
    expect(made.locator("[class*=st-key-gj-item-]")).to_have_count(1)
