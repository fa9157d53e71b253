"""Tokens in a real browser: let in by a trusted proxy one makes a token, a script writes with it, and it is revoked."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from backend.db import transaction
from backend.embedded import Embedded
from tests.browser.desk import ENTRY, a_registry, done, typed
from tests.browser.login_proxy import login_proxy
from tests.certifying import a_judged_run
from tests.factories import RUN

pytestmark = pytest.mark.browser
SECRET = "a-secret-of-more-than-thirty-two-characters"
KELLER = {"X-Forwarded-User": "akeller", "X-Forwarded-Name": "A. Keller"}
CLASS = f"/api/manual_run_edit/{RUN}/class"


@pytest.fixture(scope="module")
def url(postgresql: Embedded) -> Iterator[str]:
    with a_registry(postgresql, "tokens") as (address, on):
        with transaction(on) as session:
            a_judged_run(session)
        yield address


@pytest.fixture(scope="module")
def port(streamlit_app: Callable[..., str], url: str) -> int:
    """Where the registry listens, which believes a proxy on this machine."""
    chosen = {"RR_AUTH": "proxy", "RR_PROXY_NETWORKS": "127.0.0.1/32", "RR_PROXY_SECRET": SECRET}
    address = streamlit_app(
        ENTRY.with_name("app.py"), DATABASE_URL=url, RR_PROXY_NAME_HEADER="X-Forwarded-Name", **chosen
    )
    return urlsplit(address).port or 0


def test_a_token_is_made_used_and_revoked_by_whoever_the_proxy_lets_in(page: Page, port: int) -> None:
    groups = {"X-Forwarded-Groups": "cms-members,cms-dqm-oncall"}
    with login_proxy(port, {**KELLER, **groups, "X-RR-Proxy-Secret": SECRET}) as address:
        page.goto(f"{address}/settings?tab=Tokens")
        expect(page.locator(".st-key-settings-side")).to_contain_text("A new token")
        typed(page, "Name", "nightly")
        page.get_by_text("Chosen rights", exact=True).click()
        page.get_by_role("combobox", name="Rights").fill("run.class")
        page.get_by_role("option", name="run.class", exact=True).click()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Make the token").click()
        done(page, "The token 'nightly' was made")
        secret = page.locator(".st-key-settings-side code").first.inner_text()
        assert re.fullmatch(r"rr_[0-9a-f]{64}", secret)
        page.get_by_role("button", name="I have copied it").click()
        expect(page.get_by_text(secret)).to_have_count(0)

        script = {"Authorization": f"Bearer {secret}"}
        here = f"http://127.0.0.1:{port}"
        answer = httpx.put(here + CLASS, json={"class": "Cosmics22"}, headers=script)
        assert answer.status_code == 200, answer.text
        assert httpx.put(here + CLASS, json={"class": "X22"}, headers=KELLER | groups).status_code == 401
        stop = here + CLASS.replace("class", "stop_reason")
        assert httpx.put(stop, json={"stop_reason": "x"}, headers=script).status_code == 403
        assert httpx.put(address + CLASS, json={"class": "Cosmics23"}).status_code == 200

        with login_proxy(port, {**KELLER, "X-Forwarded-Groups": "cms-members", "X-RR-Proxy-Secret": SECRET}) as later:
            page.goto(f"{later}/settings?tab=Tokens")
            expect(page.get_by_role("grid", name="Tokens")).to_contain_text("nightly")
        left = httpx.put(here + CLASS, json={"class": "X22"}, headers=script)
        assert (left.status_code, "may not set the class of a run" in left.text) == (403, True)

        page.goto(f"{address}/settings?tab=Tokens")
        nightly = page.get_by_role("grid", name="Tokens").locator("tr", has_text="nightly")
        nightly.click()
        page.get_by_role("button", name="Revoke").click()
        done(page, "The token 'nightly' is revoked")
        expect(nightly).to_contain_text("revoked")
        assert httpx.put(here + CLASS, json={"class": "X22"}, headers=script).status_code == 401


def test_who_comes_without_the_proxy_is_nobody(
    new_context: Callable[..., BrowserContext], page: Page, port: int
) -> None:
    page.goto(f"http://127.0.0.1:{port}/settings?tab=Tokens")
    expect(page.locator(".st-key-login-page")).to_be_visible()
    with login_proxy(port, {**KELLER, "X-Forwarded-Groups": "cms-dqm-runregistry-experts"}) as without_secret:
        other = new_context().new_page()
        other.goto(f"{without_secret}/settings?tab=Tokens")
        expect(other.locator(".st-key-login-page")).to_be_visible()
