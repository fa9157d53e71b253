"""A certifier takes every waiting dataset of the season to COMPLETED, the odd ones flagged by range, in a real browser.

The clicks, keys and seconds it takes are told by ``pytest -n0 --log-cli-level=INFO``, and stand in docs/workflows.md.
"""

import logging
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine, text

from backend.certify.gui_links import link_listed
from backend.db import transaction
from backend.embedded import Embedded
from backend.ingest.dqm_gui import open_dqm_gui
from backend.jobs.running import Bench
from backend.jobs.task_kinds import KINDS
from backend.jobs.task_work import work_on_one
from backend.queries.flags import flags_in_force
from backend.record import columns_by_name
from backend.settings import Settings
from models.lumis import LumiSet
from models.vocabulary import ONLINE, DatasetState, Origin, Status
from scripts.benchmarks.season import ingest_season
from scripts.simulator.running import running_simulator
from scripts.simulator.season import Season
from tests.browser.desk import a_registry, settled
from tests.browser.offline_desk import address_of, open_offline, preview
from tests.certified_season import sign_off_runs

pytestmark = [pytest.mark.browser, pytest.mark.long]
log = logging.getLogger(__name__)
DESK = "tracker"
PATIENCE_MS = 120_000
_STATES = text("SELECT states ->> :desk AS state, count(*) FROM dataset WHERE name <> :online GROUP BY 1")
_DATASETS = text("SELECT id, run_number FROM dataset WHERE name <> :online")


@dataclass(frozen=True)
class Odd:
    """What is bad of a component in a run, as the certifier has it from the plots: where, and why."""

    run: int
    component: str
    where: LumiSet
    cause: str
    comment: str


@dataclass(frozen=True)
class Taken:
    """A registry of a whole season that waits for the DQM GUI; ``gui`` is the job that looks there."""

    url: str
    on: Engine
    season: Season
    gui: Callable[[], object]


@dataclass
class Hand:
    """The hand of the certifier: everything it does is counted."""

    page: Page
    clicks: int = 0
    keys: int = 0

    def __str__(self) -> str:
        return f"{self.clicks} clicks, {self.keys} keys"

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, words: str) -> None:
        self.page.keyboard.insert_text(words)
        self.keys += len(words)


@pytest.fixture(scope="module")
def season(postgresql: Embedded) -> Iterator[Taken]:
    """The whole season with every run signed off: all its offline datasets wait for the DQM GUI."""
    with a_registry(postgresql, "season_walk") as (url, on), running_simulator("2018", pace="max") as simulator:
        ingest_season(on, simulator)
        sign_off_runs(on, most=len(simulator.feed.runs))
        assert simulator.feed.season is not None
        with open_dqm_gui(Settings(dqm_gui_url=simulator.dqm_gui_url)) as gui:
            listing = gui.datasets()
        yield Taken(url, on, simulator.feed.season, lambda: link_listed(on, listing))


def odd_ones(on: Engine, season: Season) -> list[Odd]:
    """What the season says is bad in the desk's components, of the runs that have datasets."""
    with transaction(on) as session:
        runs = {run for _, run in session.execute(_DATASETS, {"online": ONLINE})}
    found = defaultdict(list)
    for verdict in season.verdicts:
        if verdict.component.startswith(f"{DESK}-") and verdict.run_number in runs:
            found[verdict.run_number, verdict.component].append(verdict)
    return [
        Odd(run, component, LumiSet.of(v.lumisections for v in verdicts), verdicts[0].cause, verdicts[0].comment)
        for (run, component), verdicts in sorted(found.items())
    ]


def states(on: Engine) -> dict[str, int]:
    with transaction(on) as session:
        return {state: count for state, count in session.execute(_STATES, {"desk": DESK, "online": ONLINE})}


def work(on: Engine) -> None:
    """What the worker does when it looks for tasks: the one that waits."""
    assert work_on_one(Bench(on, "worker"), KINDS, settings=Settings()) is not None


def told(page: Page, sentence: str) -> None:
    expect(page.locator(".st-key-act-bar")).to_contain_text(sentence)
    settled(page)


def tick(hand: Hand, key: str) -> int:
    """Tick many by one key; gives how many."""
    hand.click(hand.page.locator(".rr-title").first)
    hand.press(key)
    figure = hand.page.locator(".rr-ticked b")
    expect(figure).not_to_have_text("0")
    settled(hand.page)
    return int(figure.inner_text().replace(",", ""))


def confirm(hand: Hand, on: Engine, comment: str) -> None:
    """Answer the preview that is open by its comment; what is left to the worker, the worker does."""
    expect(preview(hand.page).get_by_role("textbox")).to_be_focused()
    settled(hand.page)
    is_large = "left to the worker" in preview(hand.page).inner_text()
    hand.type(comment)
    hand.press("Control+Enter")
    expect(preview(hand.page)).to_have_count(0)
    if is_large:
        expect(hand.page.locator("[class*='st-key-task-watch-']").first).to_be_visible()
        work(on)


def flag(hand: Hand, odd: Odd) -> None:
    """Go to the run by its number, and say in both datasets where the component is bad, and why."""
    page = hand.page
    heading = page.get_by_role("heading", name=f"Run {odd.run}", exact=True)
    if not heading.is_visible():
        hand.click(page.get_by_label("Jump to a run or fill"))
        hand.type(str(odd.run))
        hand.press("Enter")
    expect(heading).to_be_visible()
    settled(page)
    expect(page.locator("svg.plot")).to_have_count(1)
    for box in page.get_by_role("checkbox", name=re.compile(f"^Tick {DESK}-")).all():
        if (box.get_attribute("aria-label") == f"Tick {odd.component}") != box.is_checked():
            hand.click(box)
    hand.click(page.get_by_label("Lumisections", exact=True))
    hand.press("Control+a")
    hand.type(", ".join(f"{r.first}-{r.last}" for r in odd.where.ranges))
    hand.press("Enter")
    expect(page.locator(".st-key-range-card")).to_contain_text(f"{len(odd.where):,} lumisections")
    settled(page)
    hand.click(page.get_by_label("Cause", exact=True))
    hand.type(odd.cause)
    hand.press("Enter")
    both = page.get_by_role("checkbox", name="In both datasets")
    if not both.is_checked():
        hand.click(page.get_by_text("In both datasets"))
        settled(page)
    hand.click(page.get_by_label("Comment, shown in the grid"))
    hand.type(odd.comment)
    hand.press("Control+Enter")
    expect(page.locator(".rr-preview")).to_contain_text(f"{2 * len(odd.where):,} flags")
    settled(page)
    hand.press("Control+Enter")
    told(page, f"{odd.component} {odd.where} in both datasets → BAD")


def test_a_certifier_takes_the_seasons_waiting_datasets_to_completed(
    page: Page, streamlit_app: Callable[..., str], season: Taken
) -> None:
    on = season.on
    odd, waiting = odd_ones(on, season.season), states(on)[DatasetState.WAITING]
    open_offline(page, address_of(streamlit_app, season.url, f"{DESK}-certifier"), workspace=DESK)
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    hand, begun = Hand(page), time.monotonic()

    expect(page.locator(".st-key-offline-waiting-head")).to_contain_text(f"{waiting:,}")
    season.gui()
    before = states(on)
    many = before.pop(DatasetState.OPEN)
    hand.press("F5")
    page.reload()
    expect(page.locator(".st-key-offline-tick-a")).to_contain_text(f"All {many:,}")
    settled(page)
    hand.click(page.locator('.row[data-id*="PromptReco"]').first.locator(".a").first)
    hand.press("Enter")
    page.locator("svg.plot").wait_for()
    settled(page)
    for one in odd:
        flag(hand, one)
    log.info("%s %s: %s, %.0f s", "flagged", len(odd), hand, time.monotonic() - begun)

    hand.click(page.get_by_role("link", name="Offline", exact=True))
    page.wait_for_selector("[data-painted]")
    settled(page)
    agreeing = tick(hand, "e")
    hand.press("g")
    confirm(hand, on, "occupancy nominal")
    told(page, f"{agreeing:,} datasets certified and signed off in {DESK}")
    hand.press("/")
    hand.type(f"state.{DESK} = OPEN")
    hand.press("Enter")
    expect(page.locator(".st-key-offline-tick-a")).to_contain_text(f"All {many - agreeing:,}")
    settled(page)
    assert tick(hand, "a") == many - agreeing
    hand.press("g")
    confirm(hand, on, "looked at, the rest is nominal")
    told(page, f"{many - agreeing:,} datasets certified and signed off in {DESK}")
    hand.click(page.get_by_role("button", name="Clear", exact=True))
    expect(page.locator(".st-key-offline-tick-a")).to_contain_text(f"All {many:,}")
    settled(page)
    assert tick(hand, "a") == many
    hand.press("Shift+D")
    confirm(hand, on, "")
    told(page, f"{many:,} datasets moved to COMPLETED in {DESK}")
    log.info("%s %s: %s, %.0f s", "completed", many, hand, time.monotonic() - begun)

    assert states(on) == {**before, DatasetState.COMPLETED: many}
    assert said_bad(on) == {(o.run, o.component): o.where for o in odd}


def said_bad(on: Engine) -> dict[tuple[int, str], LumiSet]:
    """Where people said BAD, by run and component: the same in every dataset of the run."""
    found: dict[tuple[int, str], set[LumiSet]] = defaultdict(set)
    with transaction(on) as session:
        names = {
            id_.id: str(name) for name, id_ in columns_by_name(session).items() if str(name).startswith(f"{DESK}-")
        }
        runs = {id_: run for id_, run in session.execute(_DATASETS, {"online": ONLINE})}
        for (dataset, column), flags in flags_in_force(session, list(runs), list(names)).items():
            bad = LumiSet.of(f.range for f in flags if f.origin is Origin.PERSON and f.status is Status.BAD)
            found[runs[dataset], names[column]].add(bad)
    assert all(len(of) == 1 for of in found.values())
    return {at: where for at, (where,) in found.items() if where}
