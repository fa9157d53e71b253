"""Reports without a browser: both kinds, what the address asks for, and the files that are made of them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.reports.page import body_html, file_html
from dashboard.reports.pdf import pdf_of
from dashboard.reports.tables import Figure, Sheet
from tests.pages import open_page, speaking_to

MADE = datetime(2018, 10, 25, 6, tzinfo=UTC)
FIGURES = (Figure("Runs", "2", "1 significant"), Figure("Recorded", "409.4 /pb", "95.8 % of delivered"))
SHEETS = (
    Sheet(
        "Runs", ("Run", "LS", "Not good"), (("325001", "596", "a <b> & Čerenkov – 5 × 3"),), "none", frozenset({1}), 0
    ),
    Sheet("Cycles", ("Cycle",), (), "No cycle is pending."),
)


@pytest.fixture
def season(season_url: str) -> Iterator[None]:
    with speaking_to(season_url):
        yield


def html(app: AppTest) -> str:
    return "\n".join(str(one.proto.body) for one in app.get("html"))


@pytest.mark.usefixtures("season")
def test_without_a_period_the_last_day_is_reported_and_a_week_when_asked() -> None:
    app = open_page("reports")
    assert not app.exception
    assert "Daily shift report, Thursday 25 Oct 2018" in html(app)
    app = open_page("reports", period="2018-W43")
    assert not app.exception
    said = html(app)
    assert "Weekly data certification report, week 43" in said
    assert 'href="run?run=325172"' in said
    assert said.index("Express against Prompt") < said.index("Open items") < said.index("Flags changed")


@pytest.mark.usefixtures("season")
def test_a_day_on_which_nothing_began_is_empty_and_one_that_is_none_is_a_sentence() -> None:
    app = open_page("reports", period="2001-01-01")
    assert not app.exception and "No run began in this time." in html(app)
    app = open_page("reports", period="never")
    assert not app.exception and "is no period" in app.warning[0].value


def test_the_file_of_html_holds_all_it_needs_and_escapes_what_people_wrote() -> None:
    body = body_html("A day", FIGURES, SHEETS, made_at=MADE, change_set=7, links=False)
    file = file_html(body, "A day").decode()
    assert "a &lt;b&gt; &amp; Čerenkov" in file and "No cycle is pending." in file and "change set 7" in file
    assert not re.search(r'(?:src|href)="|@import|url\(', file)


def test_a_long_report_becomes_a_pdf_of_several_pages_with_any_letter_in_it() -> None:
    rows = tuple(
        (str(run), "10", "x" * 300 if run % 9 == 0 else "strip BAD 3 → “trip”") for run in range(300_000, 300_200)
    )
    long = Sheet("Runs", ("Run", "LS", "Not good"), rows, "none", frozenset({1}), 0)
    file = pdf_of("A week", FIGURES, (long, *SHEETS), made_at=MADE, change_set=7)
    pages = len(re.findall(rb"/Type /Page\b(?!s)", file))
    assert file.startswith(b"%PDF-") and pages > 3
    assert file.rstrip().endswith(b"%%EOF")
