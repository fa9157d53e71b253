"""The Offline page in front of somebody, on a season with twenty runs signed off; what tests do there in few words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlparse

from playwright.sync_api import Page, expect

from backend.access import demo_actor
from backend.certify.flags import Flag, flag_lumisections
from backend.certify.places import Place
from backend.db import engine_for, transaction
from backend.embedded import Embedded
from backend.record import DatasetKey
from models.lumis import LumiRange, LumiSet
from models.vocabulary import Status
from scripts.benchmarks.season import ingest_season
from scripts.simulator.running import running_simulator
from tests.browser.desk import a_registry, arrived, settled
from tests.certified_season import open_datasets, sign_off_runs

ENTRY = Path(__file__).parents[2] / "dashboard" / "entry.py"
PROMPT = "/PromptReco/Collisions2018D/DQM"


@contextmanager
def a_certified_season(server: Embedded) -> Iterator[str]:
    """The URL of a season with twenty runs signed off, their datasets open but for the latest four."""
    with a_registry(server, "offline_browser") as (url, on):
        with running_simulator("2018", pace="max") as simulator:
            ingest_season(on, simulator, most=30)
        sign_off_runs(on, most=20)
        open_datasets(on, leave_waiting=4)
        on.dispose()
        yield url


def address_of(streamlit_app: Callable[..., str], url: str, role: str, **more: str) -> str:
    return streamlit_app(ENTRY, DATABASE_URL=url, RR_AUTH="demo", RR_ENVIRONMENT="demo", RR_DEMO_ROLE=role, **more)


def open_offline(page: Page, address: str, asked: str = "", **query: str) -> None:
    given = {"workspace": "tracker", "filter": asked, **query}
    page.goto(f"{address}/offline?" + "&".join(f"{k}={quote(v)}" for k, v in given.items() if v))
    page.wait_for_selector("[data-painted]")
    arrived(page)


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
    """A key that no field hears, once the buttons that it stands for are drawn."""
    settled(page)
    page.locator(".rr-title").first.click()
    page.keyboard.press(key)


def preview(page: Page):
    return page.get_by_role("dialog").filter(has=page.locator(".st-key-offline-preview"))


def flagged(url: str, key: DatasetKey, where: LumiRange) -> None:
    on = engine_for(url)
    with transaction(on) as session:
        place = Place(key, ("tracker-strip",), LumiSet((where,)))
        flag_lumisections(session, demo_actor("tracker-admin"), [Flag(place, Status.BAD, comment="HV trip")], seen=None)
    on.dispose()
