"""DCS bits of an offline dataset in a real browser: overridden with a comment, given back, and refused to others."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from backend.db import engine_for
from backend.queries import datasets_page, strip_of
from models.vocabulary import Bit
from tests.browser.desk import arrived, settled
from tests.browser.offline_desk import address_of

pytestmark = pytest.mark.browser
BIT = "bpix_ready"


def an_open_dataset(url: str) -> tuple[int, str]:
    on = engine_for(url)
    with Session(on) as session:
        row = datasets_page(session, workspace="global", which="editable", limit=1).rows[0]
    on.dispose()
    return row.run_number, row.name


def values(url: str, run: int, name: str) -> set[tuple[int, int, object]]:
    """First, last and value of the bit in lumisections 5 to 9."""
    on = engine_for(url)
    with Session(on) as session:
        (column,) = (c for c in strip_of(session, run, name).columns if c.column.name == BIT)
    on.dispose()
    return {(s.range.first, s.range.last, s.value) for s in column.segments if s.range.first <= 9 and s.range.last >= 5}


def open_run(page: Page, address: str, run: int, name: str) -> None:
    page.goto(f"{address}/run?run={run}&datasets={name}&ls=5-9")
    page.locator("svg.plot").wait_for()
    arrived(page)
    page.locator(".st-key-bits summary").click()
    expect(page.get_by_label("Bits", exact=True)).to_be_visible()
    page.wait_for_timeout(1_000)
    settled(page)


def test_a_bit_is_overridden_and_given_back_to_oms(page: Page, expert: str, certified_url: str) -> None:
    run, name = an_open_dataset(certified_url)
    before = values(certified_url, run, name)
    open_run(page, expert, run, name)
    page.get_by_label("Bits", exact=True).click()
    page.get_by_role("option", name="bpix", exact=True).click()
    page.keyboard.press("Escape")
    page.locator(".st-key-bits-value").get_by_text("false", exact=True).click()
    expect(page.get_by_role("button", name="Set in 5 LS")).to_be_disabled()
    field = page.locator(".st-key-bits-comment input")
    field.fill("DCS archive was frozen")
    field.press("Tab")
    page.get_by_role("button", name="Set in 5 LS").click()
    expect(page.locator(".st-key-act-bar")).to_contain_text(f"{BIT} 5–9 → false")
    assert (5, 9, Bit.FALSE) in values(certified_url, run, name)
    page.get_by_role("button", name="As OMS says").click()
    expect(page.locator(".st-key-act-bar")).to_contain_text("as OMS says again")
    assert values(certified_url, run, name) == before


def test_who_may_not_is_told_which_egroup_may(
    page: Page, streamlit_app: Callable[..., str], certified_url: str
) -> None:
    open_run(page, address_of(streamlit_app, certified_url, "shifter"), *an_open_dataset(certified_url))
    expect(page.get_by_role("button", name="As OMS says")).to_be_disabled()
    expect(page.get_by_text("To override DCS bits of a dataset needs e-group")).to_be_visible()
