"""What people wrote is text on every page, and no page runs, loads or asks anything that is not from this server.

One walk through every page, as a browser sees it under the Content-Security-Policy, on a registry in which somebody
wrote markup and Markdown wherever people write.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from playwright.sync_api import ConsoleMessage, Page, expect
from sqlalchemy import Engine

from backend.access import demo_actor
from backend.certify.accepted import write_accepted_dataset
from backend.certify.bits import set_bits
from backend.certify.configuring import write_piece
from backend.certify.cycles import create_cycle
from backend.certify.flags import flag_lumisections
from backend.certify.runs import edit_stop_reason
from backend.configuration import Cause, CausesBody
from backend.db import engine_for, transaction
from backend.embedded import Embedded
from backend.golden.publishing import describe
from backend.golden.uploading import keep_upload
from backend.queries.attributes import RUNS
from backend.queries.filter_text import parse_filter
from backend.queries.saved_filters import save_filter
from backend.start import make_ready
from models.vocabulary import ConfigurationKind, Status
from tests.browser.desk import settled
from tests.certifying import a_flag, a_place
from tests.factories import RUN
from tests.peoples_acts import ACCEPTED, BIT, EXPRESS, PROMPT, arrange, ids

pytestmark = pytest.mark.browser
APP = Path(__file__).parents[2] / "dashboard" / "app.py"
MARKUP = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'
MARKDOWN = "[look](https://evil.example/a) ![see](https://evil.example/b.png)"
EVIL = f"{MARKDOWN} {MARKUP}"
SHORT = "[look](https://evil.example) <b>bold</b>"
WRITER = demo_actor("admin")
PAGES = (
    "",
    "online?selected={run}",
    "offline?workspace=tracker",
    "offline?workspace=tracker&filter=[look](https://evil.example)",
    "run?run={run}&ls=10-20",
    "run?run={run}&tab=History",
    "run?run={run}&datasets=%2FPromptReco%2FCollisions2022%2FDQM&ls=30-40",
    "cycles?workspace=tracker&cycle=4",
    "classifiers?kind=component",
    "golden?json=1",
    "log",
    "log?act={act}",
    "settings?name=%2FReReco%2FCollisions2022%2FDQM",
    "settings?tab=Workspaces&name=offline/tracker",
    "settings?tab=Causes&name=ecal",
    "settings?tab=Permissions&name=cms-dqm-oncall",
    "settings?tab=Jobs+and+tasks",
    "explore",
)
OPENED = {
    "online?selected={run}": ".st-key-filter-saved button",
    "log?act={act}": ".st-key-log-take-back button",
    "cycles?workspace=tracker&cycle=4": ".st-key-cycle-delete button",
}
"""What opens a list or a question in which it stands again."""
TOLD = ("run?run={run}&ls=10-20", "cycles?workspace=tracker&cycle=4", "golden?json=1", "log", "log?act={act}")
"""Where what was written has to be seen."""


@pytest.fixture(scope="module")
def address(postgresql: Embedded, streamlit_app: Callable[..., str]) -> Iterator[tuple[str, int]]:
    """The dashboard as it is served, and the last act, on a registry full of markup."""
    with psycopg.connect(postgresql.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE markup TEMPLATE template STRATEGY wal_log")
    on = engine_for(postgresql.url("markup"))
    try:
        act = _write_markup(on)
    finally:
        on.dispose()
    demo = {"RR_AUTH": "demo", "RR_ENVIRONMENT": "demo", "RR_DEMO_ROLE": "admin"}
    yield streamlit_app(APP, DATABASE_URL=postgresql.url("markup"), **demo), act
    with psycopg.connect(postgresql.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE markup WITH (FORCE)")


def _write_markup(on: Engine) -> int:
    """Write it wherever people write; gives the change set of a flag."""
    arrange(on)
    make_ready(on)
    with transaction(on) as session:
        edit_stop_reason(session, WRITER, RUN, EVIL, why=EVIL, seen=None)
        flag_lumisections(session, WRITER, [a_flag(of=(10, 20), comment=EVIL)], why=EVIL, seen=None)
        said = a_flag(Status.BAD, "tracker-strip", dataset=PROMPT, of=(30, 40), comment=EVIL)
        act = flag_lumisections(session, WRITER, [said], why=EVIL, seen=None).change_set
        set_bits(session, WRITER, [a_place(BIT, dataset=PROMPT)], True, comment=EVIL, seen=None)
        create_cycle(
            session,
            WRITER,
            name=SHORT,
            deadline=date(2099, 1, 1),
            ids=ids(session, PROMPT, EXPRESS),
            desks=("tracker",),
            description=EVIL,
        )
        json = keep_upload(session, WRITER, b'{"355100": [[1, 2]]}', came_as="<b>x</b>.json", label=SHORT, note=EVIL)
        describe(session, WRITER, json, tags=("<b>tag</b>",), seen=None)
        causes = CausesBody(causes=(Cause(word="<b>cause</b>", meaning=EVIL),))
        write_piece(session, WRITER, ConfigurationKind.CAUSE, name="ecal", body=causes, why=EVIL, seen=None)
        changed = ACCEPTED.model_copy(update={"run_to": 400_000})
        write_accepted_dataset(session, WRITER, name=ACCEPTED.name, body=changed, why=EVIL, seen=None)
        save_filter(session, WRITER, subject="run", name=SHORT, filter=parse_filter("run > 1", RUNS))
    return act


def test_what_people_wrote_is_text_and_no_page_leaves_this_server(page: Page, address: tuple[str, int]) -> None:
    base, act = address
    hosts: set[str] = set()
    refused: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "violates" in message.text:
            refused.append(f"{page.url}: {message.text[:300]}")

    page.on("console", hear)
    page.on("request", lambda request: hosts.add(urlsplit(request.url.removeprefix("blob:")).netloc))
    page.on("websocket", lambda socket: hosts.add(urlsplit(socket.url).netloc))
    for asked in PAGES:
        page.goto(f"{base}/{asked.format(run=RUN, act=act)}")
        expect(page.locator(".rr-banner")).to_be_visible()
        settled(page)
        _hover_over_what_was_said(page)
        if asked in OPENED:
            page.locator(OPENED[asked]).first.click()
            opened = page.locator("[data-testid=stPopoverBody], [role=dialog]").filter(visible=True)
            expect(opened.last).to_contain_text("[look](https://evil.example")
        _see_that_it_is_text(page, asked)
        if asked in TOLD:
            words = "<b>bold</b>" if asked.startswith(("cycles", "golden")) else "<img src=x"
            expect(page.get_by_text(words).first).to_be_visible()
    assert hosts - {""} == {urlsplit(base).netloc}
    assert refused == []


def _hover_over_what_was_said(page: Page) -> None:
    """Let the cards come up that tell of a cell or a lumisection."""
    for canvas in page.locator("canvas, .row .cell, [data-painted] .q").all()[:3]:
        if canvas.is_visible():
            canvas.hover(force=True)


def _see_that_it_is_text(page: Page, asked: str) -> None:
    """Nothing in the page is markup that somebody wrote; an address that is written out may be a link to itself."""
    found = page.evaluate("""() => {
        const seen = [], all = [document];
        while (all.length) {
            const root = all.pop();
            for (const one of root.querySelectorAll("*")) {
                if (one.shadowRoot) all.push(one.shadowRoot);
                const said = one.getAttribute("href") || one.getAttribute("src") || "";
                const leads = said.includes("evil.example") && one.textContent !== said;
                const isEvil = leads || one.hasAttribute("onerror") || said === "x";
                if (isEvil) seen.push(one.outerHTML);
                if (one.tagName === "B" && one.textContent === "bold") seen.push(one.outerHTML);
            }
        }
        return [seen.map((html) => html.slice(0, 200)), window.ran ?? null];
    }""")
    assert found == [[], None], asked


def test_no_answer_goes_without_its_headers(address: tuple[str, int]) -> None:
    for path in ("/", "/online", "/api/health", "/_stcore/health", "/static/nothing"):
        told = httpx.get(f"{address[0]}{path}").headers
        assert "default-src 'none'" in told["Content-Security-Policy"], path
        assert (told["X-Content-Type-Options"], told["X-Frame-Options"]) == ("nosniff", "DENY"), path
