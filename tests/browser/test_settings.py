"""The Settings page in a real browser: each action, on a registry of its own beside a simulated DQM GUI."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from backend.certify.accepted_defaults import ensure_default_accepted_datasets
from backend.embedded import Embedded
from scripts.simulator.running import Simulator, running_simulator
from tests.brilcalc import a_file
from tests.browser.desk import Open, a_registry, done, opener, row, settled, typed

pytestmark = pytest.mark.browser
NAME = "/PromptReco/Collisions2018D/DQM"
TRACKER = "cms-dqm-runregistry-admins-tracker"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with running_simulator("2018", pace="max") as running:
        yield running


@pytest.fixture(scope="module")
def url(postgresql: Embedded) -> Iterator[str]:
    """A registry with what a fresh one starts with, for these tests to write in."""
    with a_registry(postgresql, "settings") as (address, on):
        ensure_default_accepted_datasets(on)
        yield address


@pytest.fixture
def open_as(streamlit_app: Callable[..., str], url: str, simulator: Simulator, page: Page) -> Open:
    gui = simulator.dqm_gui_url
    return opener(streamlit_app, page, path="settings", heading="Settings", DATABASE_URL=url, RR_DQM_GUI_URL=gui)


def test_an_accepted_dataset_is_tried_saved_put_out_of_play_and_that_is_undone(open_as: Open) -> None:
    page = open_as("admin")
    row(page, NAME).click()
    page.wait_for_url("**name=%2FPromptReco%2FCollisions2018D%2FDQM**")
    typed(page, "Patterns, one per line", "^/ZeroBias/Run2018D-PromptReco-v[0-9]+/DQMIO$\n^/NoSuchDataset/")
    page.get_by_role("button", name="Try against the DQM GUI").click()
    expect(page.locator(".rr-trial").first).to_contain_text("/ZeroBias/Run2018D-PromptReco-v2/DQMIO")
    expect(page.locator(".rr-trial").last).to_contain_text("finds nothing in the listing")
    typed(page, "Why", "a second place to look")
    page.get_by_role("button", name="Save", exact=True).click()
    done(page, f"{NAME} is accepted as written")
    expect(page.locator(".rr-timeline")).to_contain_text("a second place to look")
    typed(page, "Why", "the era is over")
    page.get_by_role("button", name="Accept no more").click()
    expect(row(page, NAME)).to_contain_text("out of play")
    page.locator(".st-key-act-bar-undo button").click()
    expect(row(page, NAME)).not_to_contain_text("out of play")


def test_a_new_accepted_dataset_is_written_and_taken_away(open_as: Open) -> None:
    page, name = open_as("admin"), "/PromptReco/Collisions2027A/DQM"
    page.get_by_role("button", name="New", exact=True).click()
    typed(page, "Dataset", name)
    typed(page, "Class", "Collisions27")
    typed(page, "Patterns, one per line", "^/ZeroBias/Run2027A")
    page.get_by_role("button", name="Try against the DQM GUI").click()
    expect(page.locator(".rr-trial")).to_contain_text("finds nothing")
    typed(page, "Why", "next year")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(row(page, name)).to_have_attribute("aria-selected", "true")
    typed(page, "Why", "too early")
    page.get_by_role("button", name="Take away").click()
    done(page, f"{name} is taken away")
    expect(row(page, name)).to_have_count(0)


def test_arrows_walk_through_the_list(open_as: Open) -> None:
    page = open_as("admin", f"?name={NAME}")
    row(page, NAME).click()
    page.keyboard.press("ArrowDown")
    expect(row(page, NAME)).to_have_attribute("aria-selected", "false")
    expect(page.locator(f'input[aria-label="Dataset"][value="{NAME}"]')).to_have_count(0)


def test_what_one_may_not_is_disabled_and_names_the_egroup(open_as: Open) -> None:
    page = open_as("shifter", f"?name={NAME}")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    expect(page.locator(".st-key-settings-side")).to_contain_text("cms-dqm-runregistry-data-certification")


def add_row(page: Page, place: int, line: int, text: str) -> None:
    """Click the empty last row of the table in the form and type; it is a canvas, so it is met where it is drawn."""
    page.locator('[data-testid="stDataFrame"] .dvn-scroller').click(position={"x": place, "y": 44 + 29 * line})
    field = page.locator("textarea.gdg-input")
    field.fill(text)
    field.press("Enter")
    expect(page.locator('[data-testid="stDataFrame"] canvas td').filter(has_text=text)).to_be_attached()
    page.wait_for_timeout(800)  # the page hears of an edit a moment after it is shown; nothing says when


def test_causes_of_a_workspace_are_written(open_as: Open) -> None:
    page = open_as("admin", "?tab=Causes&name=tracker")
    typed(page, "Why", "we count others")
    page.get_by_role("button", name="Take away").click()
    done(page, "Took away the causes of tracker")
    expect(row(page, "tracker")).to_contain_text("none yet")
    open_as("admin", "?tab=Causes&name=tracker")
    add_row(page, 170, 0, "HV trip")
    typed(page, "Why", "it recurs")
    page.get_by_role("button", name="Save", exact=True).click()
    done(page, "Saved the causes of tracker")
    expect(row(page, "tracker")).to_contain_text("HV trip")
    open_as("shifter", "?tab=Causes&name=tracker")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()


def test_a_workspace_is_called_otherwise(open_as: Open) -> None:
    page = open_as("admin", "?tab=Workspaces&name=offline/tracker")
    typed(page, "Called", "Silicon tracker")
    typed(page, "Why", "as people say")
    page.get_by_role("button", name="Save", exact=True).click()
    done(page, "Saved the workspace offline/tracker")
    expect(row(page, "offline/tracker")).to_contain_text("Silicon tracker")
    page.locator(".st-key-act-bar-undo button").click()
    expect(row(page, "offline/tracker")).not_to_contain_text("Silicon tracker")
    settled(page)
    expect(page.get_by_label("Called", exact=True)).not_to_have_value("Silicon tracker")
    expect(page.locator(".st-key-form-moved-on")).to_have_count(0)
    open_as("admin", "?tab=Workspaces&name=offline/tracker")
    typed(page, "Why", "nobody certifies it")
    page.get_by_role("button", name="Take away", exact=True).click()
    done(page, "Took away the workspace offline/tracker")
    expect(row(page, "offline/tracker")).to_have_count(0)
    page.locator(".st-key-act-bar-undo button").click()
    expect(row(page, "offline/tracker")).to_be_visible()


def test_rights_are_asked_for_and_changed_with_the_difference_shown(open_as: Open) -> None:
    page = open_as("admin", f"?tab=Permissions&name={TRACKER}")
    expect(page.locator(".st-key-settings-side")).to_contain_text("flag lumisections of an offline dataset in tracker")
    rights = page.get_by_label("Rights, one per line", exact=True)
    typed(page, "Rights, one per line", rights.input_value() + "\nrun.class")
    expect(page.locator(".rr-may").last).to_contain_text("given run.class")
    typed(page, "Why", "they set classes now")
    page.get_by_role("button", name="Save", exact=True).click()
    done(page, f"The rights of {TRACKER} are changed")
    expect(page.locator(".rr-answer")).to_contain_text(TRACKER)


def test_of_two_who_change_the_same_the_second_is_told_who_was_first(
    open_as: Open, new_context: Callable[..., BrowserContext]
) -> None:
    search = "?tab=Permissions&name=cms-dqm-oncall"
    second = open_as("admin", search, on=new_context().new_page())
    typed(second, "Rights, one per line", "undo")
    typed(second, "Why", "less")
    first = open_as("admin", search)
    typed(first, "Rights, one per line", "undo\nrun.class")
    typed(first, "Why", "a little more")
    first.get_by_role("button", name="Save", exact=True).click()
    done(first, "The rights of cms-dqm-oncall are changed")
    second.get_by_role("button", name="Save", exact=True).click()
    expect(second.locator(".st-key-refusal")).to_contain_text("Nothing was overwritten")
    rights = second.get_by_label("Rights, one per line", exact=True)
    expect(rights).to_have_value("undo")
    second.locator(".st-key-form-moved-on").get_by_role("button", name="Look again").click()
    expect(second.locator(".st-key-form-moved-on")).to_have_count(0)
    expect(rights).to_have_count(1)
    expect(rights).to_have_value("undo\nrun.class")
    typed(second, "Why", "nobody is on call")
    second.get_by_role("button", name="Take every right away").click()
    done(second, "cms-dqm-oncall")
    expect(row(second, "cms-dqm-oncall")).to_have_count(0)
    second.locator(".st-key-act-bar-undo button").click()
    expect(row(second, "cms-dqm-oncall")).to_be_visible()


def test_a_back_fill_is_started_and_cancelled(open_as: Open) -> None:
    page = open_as("admin", "?tab=Jobs+and+tasks")
    typed(page, "Back-fill: from run", "325000")
    typed(page, "to run", "325175")
    page.get_by_role("button", name="Start the back-fill").click()
    done(page, "back-fill of runs 325000–325175 was asked for")
    expect(page.get_by_role("grid", name="Tasks")).to_contain_text("waiting")
    page.get_by_role("button", name="Cancel task").click()
    expect(page.get_by_role("grid", name="Tasks")).to_contain_text("cancelled")


def test_a_file_of_luminosities_is_looked_at_and_asked_to_be_imported(open_as: Open) -> None:
    page = open_as("admin", "?tab=Jobs+and+tasks")
    page.get_by_role("button", name="Import luminosities").click()
    choose = page.locator(".st-key-luminosity-file input[type=file]")
    choose.set_input_files({"name": "no.csv", "mimeType": "text/csv", "buffer": b"run,ls\n1,2\n"})
    expect(page.locator("[data-testid=stAlert]")).to_be_visible()
    content = a_file([(325172, 1, 0.5, 0.25), (325172, 2, 0.5, 0.25)]).encode()
    choose.set_input_files({"name": "byls.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.get_by_text("2 lumisections, 0.500 /pb recorded of 1.000 /pb delivered")).to_be_visible()
    typed(page, "Why", "the new norm tag")
    page.get_by_role("button", name="Import", exact=True).click()
    done(page, "the import of byls.csv was asked for")
    expect(page.get_by_role("grid", name="Tasks")).to_contain_text("import luminosity")
